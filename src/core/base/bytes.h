// Bounded reading and writing of little-endian binary messages. The reader never reads past its
// end: after the first short read it stays failed and yields zeros, so that a parser checks once at
// the end, but must check counts and sizes before it allocates or loops by them.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::base {

class ByteReader {
  public:
    explicit ByteReader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

    template <std::integral T>
    T read() {
        if (rest_.size() < sizeof(T)) {
            fail();
            return T{};
        }
        std::uint64_t value = 0;
        for (std::size_t i = 0; i < sizeof(T); ++i) value |= std::uint64_t{rest_[i]} << (8 * i);
        rest_ = rest_.subspan(sizeof(T));
        return static_cast<T>(value);
    }

    // The next `count` bytes, a view into the input.
    std::span<const std::uint8_t> read_bytes(std::size_t count) {
        if (rest_.size() < count) {
            fail();
            return {};
        }
        const auto taken = rest_.first(count);
        rest_ = rest_.subspan(count);
        return taken;
    }

    // A string with a 16-bit length before it, of at most `limit` bytes. Its encoding is not
    // checked.
    std::string_view read_string(std::size_t limit) {
        const auto length = read<std::uint16_t>();
        if (length > limit) {
            fail();
            return {};
        }
        const auto bytes = read_bytes(length);
        return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }

    void fail() {
        failed_ = true;
        rest_ = {};
    }
    [[nodiscard]] bool ok() const { return !failed_; }
    // Everything was read and nothing was short: what a whole message must be.
    [[nodiscard]] bool finished() const { return !failed_ && rest_.empty(); }
    [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  private:
    std::span<const std::uint8_t> rest_;
    bool failed_ = false;
};

class ByteWriter {
  public:
    template <std::integral T>
    void write(T value) {
        const auto wide = static_cast<std::uint64_t>(value);
        const auto at = bytes_.size();
        bytes_.resize(at + sizeof(T));
        for (std::size_t i = 0; i < sizeof(T); ++i) {
            bytes_[at + i] = static_cast<std::uint8_t>(wide >> (8 * i));
        }
    }
    void write_bytes(std::span<const std::uint8_t> bytes) {
        bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    }
    // Precondition: at most 65535 bytes.
    void write_string(std::string_view text) {
        write(static_cast<std::uint16_t>(text.size()));
        bytes_.insert(bytes_.end(), text.begin(), text.end());
    }
    // Overwrites four bytes written before, for lengths known only later.
    void patch(std::size_t offset, std::uint32_t value) {
        for (std::size_t i = 0; i < sizeof value; ++i) {
            bytes_.at(offset + i) = static_cast<std::uint8_t>(value >> (8 * i));
        }
    }
    [[nodiscard]] std::size_t size() const { return bytes_.size(); }
    [[nodiscard]] const std::vector<std::uint8_t>& bytes() const { return bytes_; }
    [[nodiscard]] std::vector<std::uint8_t> take() { return std::move(bytes_); }

  private:
    std::vector<std::uint8_t> bytes_;
};

// True when `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
bool is_utf8(std::string_view text);

}  // namespace shoji::base
