// The values of Windows' binary XML as text, in the form in which Windows shows them.
// Source: [MS-EVEN6] 2.2.12 "BinXml"; libevtx, "Windows XML Event Log (EVTX) format".
#pragma once

#include "watch/event/event.h"

#include <cstdint>
#include <span>
#include <string>

namespace shoji::event {

enum class EvtxType : std::uint8_t {
    null = 0x00,
    utf16 = 0x01,
    ansi = 0x02,
    int8 = 0x03,
    uint8 = 0x04,
    int16 = 0x05,
    uint16 = 0x06,
    int32 = 0x07,
    uint32 = 0x08,
    int64 = 0x09,
    uint64 = 0x0a,
    real32 = 0x0b,
    real64 = 0x0c,
    boolean = 0x0d,
    binary = 0x0e,
    guid = 0x0f,
    size = 0x10,
    file_time = 0x11,
    system_time = 0x12,
    sid = 0x13,
    hex32 = 0x14,
    hex64 = 0x15,
    xml = 0x21,
    array = 0x80,  // added to the type of its items
};

// Appends the value to `text` and says what it is. A value of a wrong size is shown as its bytes;
// so are types that are not known. The items of a list are separated by commas.
Type append_value(EvtxType type, std::span<const std::uint8_t> bytes, std::string& text);

}  // namespace shoji::event
