#include "watch/spool/crc32c.h"

#include <array>

namespace shoji::spool {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;  // bits reversed

// Four tables, so that four bytes are taken at once.
using Tables = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit) {
            value = (value >> 1U) ^ ((value & 1U) != 0 ? polynomial : 0);
        }
        tables[0][byte] = value;
    }
    for (std::size_t table = 1; table < tables.size(); ++table) {
        for (std::size_t byte = 0; byte < 256; ++byte) {
            const std::uint32_t value = tables[table - 1][byte];
            tables[table][byte] = (value >> 8U) ^ tables[0][value & 0xffU];
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

}  // namespace

std::uint32_t crc32c(std::span<const std::uint8_t> bytes, std::uint32_t before) {
    std::uint32_t value = ~before;
    while (bytes.size() >= 4) {
        value ^= std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8U |
                 std::uint32_t{bytes[2]} << 16U | std::uint32_t{bytes[3]} << 24U;
        value = tables[3][value & 0xffU] ^ tables[2][(value >> 8U) & 0xffU] ^
                tables[1][(value >> 16U) & 0xffU] ^ tables[0][value >> 24U];
        bytes = bytes.subspan(4);
    }
    for (const std::uint8_t byte : bytes) value = (value >> 8U) ^ tables[0][(value ^ byte) & 0xffU];
    return ~value;
}

}  // namespace shoji::spool
