#include "watch/event/evtx_value.h"

#include "core/base/bytes.h"
#include "watch/event/time.h"
#include "watch/event/utf16.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

namespace shoji::event {
namespace {

using Bytes = std::span<const std::uint8_t>;

template <class T>
T number(Bytes bytes) {
    return base::ByteReader(bytes).read<T>();
}

void append_hexadecimal(Bytes bytes, std::string& text) {
    for (const auto byte : bytes) fmt::format_to(std::back_inserter(text), "{:02X}", byte);
}

void append_guid(Bytes bytes, std::string& text) {
    base::ByteReader reader(bytes);
    const auto first = reader.read<std::uint32_t>();
    const auto second = reader.read<std::uint16_t>();
    const auto third = reader.read<std::uint16_t>();
    fmt::format_to(std::back_inserter(text), "{{{:08X}-{:04X}-{:04X}-", first, second, third);
    append_hexadecimal(reader.read_bytes(2), text);
    text += '-';
    append_hexadecimal(reader.read_bytes(6), text);
    text += '}';
}

// [MS-DTYP] 2.4.2: revision, count, a 48-bit big-endian authority, 32-bit little-endian parts.
bool append_sid(Bytes bytes, std::string& text) {
    constexpr std::size_t head = 8;
    constexpr std::size_t part = 4;
    if (bytes.size() < head || bytes.size() < head + part * bytes[1]) return false;
    std::uint64_t authority = 0;
    for (const auto byte : bytes.subspan(2, 6)) authority = authority << 8U | byte;
    fmt::format_to(std::back_inserter(text), "S-{}-{}", bytes[0], authority);
    base::ByteReader parts(bytes.subspan(head, part * bytes[1]));
    while (parts.remaining() > 0) {
        fmt::format_to(std::back_inserter(text), "-{}", parts.read<std::uint32_t>());
    }
    return true;
}

// 100 nanoseconds since 1601-01-01 UTC.
void append_file_time(std::uint64_t value, std::string& text) {
    constexpr std::uint64_t unix_epoch = 116'444'736'000'000'000;
    constexpr std::uint64_t last = 0x7fffffffffffffffU / 100;
    if (value < unix_epoch || value - unix_epoch > last) {
        fmt::format_to(std::back_inserter(text), "0x{:x}", value);
        return;
    }
    auto shown = format_time(static_cast<Time>((value - unix_epoch) * 100));
    shown.erase(shown.size() - 3, 2);  // seven digits, as Windows has them
    text += shown;
}

void append_system_time(Bytes bytes, std::string& text) {
    base::ByteReader reader(bytes);
    std::array<std::uint16_t, 8>
        parts{};  // year, month, weekday, day, hour, minute, second, milliseconds
    for (auto& part : parts) part = reader.read<std::uint16_t>();
    fmt::format_to(std::back_inserter(text), "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts[0],
                   parts[1], parts[3], parts[4], parts[5], parts[6], parts[7]);
}

// Up to the first zero: some values carry their terminator.
void append_text(Bytes bytes, std::string& text) {
    std::size_t end = 0;
    while (end + 1 < bytes.size() && (bytes[end] != 0 || bytes[end + 1] != 0)) end += 2;
    append_utf16(bytes.first(std::min(end, bytes.size())), text);
}

// Windows-1252 is what most machines take for 'ANSI'; bytes beyond ASCII are shown as Latin-1.
void append_ansi(Bytes bytes, std::string& text) {
    for (const auto byte : bytes) {
        if (byte == 0) return;
        const std::uint8_t unit[2] = {byte, 0};
        append_utf16(unit, text);
    }
}

// Bytes that a value of the type has; 0: as many as there are.
std::size_t size_of(EvtxType type) {
    switch (type) {
        case EvtxType::int8:
        case EvtxType::uint8:
            return 1;
        case EvtxType::int16:
        case EvtxType::uint16:
            return 2;
        case EvtxType::int32:
        case EvtxType::uint32:
        case EvtxType::real32:
        case EvtxType::boolean:
        case EvtxType::hex32:
            return 4;
        case EvtxType::int64:
        case EvtxType::uint64:
        case EvtxType::real64:
        case EvtxType::file_time:
        case EvtxType::hex64:
            return 8;
        case EvtxType::guid:
        case EvtxType::system_time:
            return 16;
        default:
            return 0;
    }
}

template <class T>
Type append_number(T value, std::string& text) {
    fmt::format_to(std::back_inserter(text), "{}", value);
    return Type::number;
}

Type append_hexadecimal(std::uint64_t value, std::string& text) {
    fmt::format_to(std::back_inserter(text), "0x{:x}", value);
    return Type::text;
}

Type append_numeric(EvtxType type, Bytes bytes, std::string& text) {
    switch (type) {
        case EvtxType::int8:
            return append_number(int{static_cast<std::int8_t>(bytes[0])}, text);
        case EvtxType::uint8:
            return append_number(unsigned{bytes[0]}, text);
        case EvtxType::int16:
            return append_number(number<std::int16_t>(bytes), text);
        case EvtxType::uint16:
            return append_number(number<std::uint16_t>(bytes), text);
        case EvtxType::int32:
            return append_number(number<std::int32_t>(bytes), text);
        case EvtxType::uint32:
            return append_number(number<std::uint32_t>(bytes), text);
        case EvtxType::int64:
            return append_number(number<std::int64_t>(bytes), text);
        case EvtxType::uint64:
            return append_number(number<std::uint64_t>(bytes), text);
        case EvtxType::real32:
            return append_number(std::bit_cast<float>(number<std::uint32_t>(bytes)), text);
        case EvtxType::real64:
            return append_number(std::bit_cast<double>(number<std::uint64_t>(bytes)), text);
        case EvtxType::hex32:
            return append_hexadecimal(number<std::uint32_t>(bytes), text);
        default:
            return append_hexadecimal(number<std::uint64_t>(bytes), text);
    }
}

Type append_one(EvtxType type, Bytes bytes, std::string& text) {
    const std::size_t size = size_of(type);
    const bool wrong = size != 0 && bytes.size() != size;
    switch (wrong ? EvtxType::binary : type) {
        case EvtxType::null:
            return Type::null;
        case EvtxType::utf16:
            append_text(bytes, text);
            break;
        case EvtxType::ansi:
            append_ansi(bytes, text);
            break;
        case EvtxType::boolean:
            text += number<std::uint32_t>(bytes) != 0 ? "true" : "false";
            return Type::boolean;
        case EvtxType::guid:
            append_guid(bytes, text);
            break;
        case EvtxType::file_time:
            append_file_time(number<std::uint64_t>(bytes), text);
            break;
        case EvtxType::system_time:
            append_system_time(bytes, text);
            break;
        case EvtxType::size:
            if (bytes.size() == 4) return append_numeric(EvtxType::hex32, bytes, text);
            if (bytes.size() == 8) return append_numeric(EvtxType::hex64, bytes, text);
            append_hexadecimal(bytes, text);
            break;
        case EvtxType::sid:
            if (!append_sid(bytes, text)) append_hexadecimal(bytes, text);
            break;
        default:
            if (size != 0 && !wrong) return append_numeric(type, bytes, text);
            append_hexadecimal(bytes, text);
    }
    return Type::text;
}

// Texts end with a zero each; other items stand one behind the other.
void append_items(EvtxType type, Bytes bytes, std::string& text) {
    bool first = true;
    while (!bytes.empty()) {
        std::size_t size = size_of(type);
        if (type == EvtxType::utf16) {
            size = 0;
            while (size + 1 < bytes.size() && (bytes[size] != 0 || bytes[size + 1] != 0)) size += 2;
            size += 2;
        }
        size = size == 0 ? bytes.size() : std::min(size, bytes.size());
        if (!first) text += ", ";
        first = false;
        append_one(type, bytes.first(size), text);
        bytes = bytes.subspan(size);
    }
}

}  // namespace

Type append_value(EvtxType type, Bytes bytes, std::string& text) {
    const auto bits = static_cast<std::uint8_t>(type);
    constexpr auto array = static_cast<std::uint8_t>(EvtxType::array);
    if ((bits & array) == 0) return append_one(type, bytes, text);
    append_items(static_cast<EvtxType>(bits & ~array), bytes, text);
    return Type::text;
}

}  // namespace shoji::event
