// The formats of logs, told by what stands in them, never by their names.
#pragma once

#include <cstdint>
#include <span>

namespace shoji::event {

enum class LogFormat : std::uint8_t {
    unknown,
    nothing,  // blank
    evtx,     // its signature
    stream,   // of events: its magic
    json,     // a line that begins with '{', or a list
    audit,    // type=… msg=audit(…):, with or without node=…
    text      // syslog in any form, CEF, LEEF, key=value, lines of proxies and web servers
};

// Of all of a file's bytes. The first of its first lines that one of the formats has decides.
LogFormat format_of(std::span<const std::uint8_t> bytes);

}  // namespace shoji::event
