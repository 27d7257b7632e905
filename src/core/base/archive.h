// Writing state to bytes and reading it back by one description: a class lists its members once, in
// `template <class Archive> void transfer(Archive& archive) { archive(a, b, c); }`. All is
// little-endian and of fixed width.
//
// What is read may be anybody's bytes. Texts are bounded, lists by the limit that the description
// gives them and by the bytes that are left, so that a count alone makes nothing grow. A truth
// value is 0 or 1, a real number is a number, and a signed one is not negative unless the bounds
// allow it, so that one time may be taken from another. A class may say with `bool sound() const`
// whether what was read is a state that it can be in; of a value of an enumeration only that class
// can say. After the first thing that is wrong the loader stays failed and yields zeros.
#pragma once

#include "core/base/bytes.h"

#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace shoji::base {

struct ArchiveBounds {
    std::size_t most_text = 4096;  // bytes; a longer one is cut when it is saved; up to 65535
    bool negative = false;         // signed numbers may be
};

class Saver {
  public:
    static constexpr bool loading = false;

    explicit Saver(ArchiveBounds bounds = {}) : bounds_(bounds) {}

    template <class... Members>
    void operator()(const Members&... members) {
        (put(members), ...);
    }
    // A std::vector or the like.
    template <class List>
    void list(const List& list, std::size_t /*most*/) {
        writer_.write(static_cast<std::uint32_t>(list.size()));
        for (const auto& one : list) put(one);
    }
    // What another saver made, which a reader can pass over. Precondition: less than 2^32 bytes.
    void part(std::span<const std::uint8_t> bytes) {
        writer_.write(static_cast<std::uint32_t>(bytes.size()));
        writer_.write_bytes(bytes);
    }
    // As the loader has them, for descriptions that ask.
    [[nodiscard]] bool ok() const { return true; }
    void fail() {}
    [[nodiscard]] std::vector<std::uint8_t> take() { return writer_.take(); }

  private:
    template <class T>
    void put(const T& value) {
        if constexpr (std::same_as<T, bool>) {
            writer_.write(static_cast<std::uint8_t>(value));
        } else if constexpr (std::integral<T>) {
            writer_.write(value);
        } else if constexpr (std::same_as<T, double>) {
            writer_.write(std::bit_cast<std::uint64_t>(value));
        } else if constexpr (std::is_enum_v<T>) {
            writer_.write(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::same_as<T, std::string>) {
            writer_.write_string(std::string_view(value).substr(0, bounds_.most_text));
        } else if constexpr (requires(ByteWriter & writer) { value.save(writer); }) {
            value.save(writer_);
        } else if constexpr (requires { std::tuple_size<T>::value; }) {
            for (const auto& one : value) put(one);
        } else {
            // A description serves both directions; saving does not change what it names.
            const_cast<T&>(value).transfer(*this);
        }
    }

    ArchiveBounds bounds_;
    ByteWriter writer_;
};

class Loader {
  public:
    static constexpr bool loading = true;

    explicit Loader(std::span<const std::uint8_t> bytes, ArchiveBounds bounds = {})
        : bounds_(bounds), reader_(bytes) {}

    template <class... Members>
    void operator()(Members&... members) {
        (get(members), ...);
    }
    // Of at most `most`, each of which takes at least one byte.
    template <class List>
    void list(List& list, std::size_t most) {
        list.clear();
        const auto count = reader_.read<std::uint32_t>();
        if (count > most || count > reader_.remaining()) return fail();
        for (std::uint32_t i = 0; i < count && ok(); ++i) get(list.emplace_back());
    }
    // A view into the input, for another loader.
    [[nodiscard]] std::span<const std::uint8_t> part() {
        return reader_.read_bytes(reader_.read<std::uint32_t>());
    }
    void fail() { reader_.fail(); }
    [[nodiscard]] bool ok() const { return reader_.ok(); }
    // Everything was read and nothing was wrong.
    [[nodiscard]] bool finished() const { return reader_.finished(); }
    [[nodiscard]] std::size_t remaining() const { return reader_.remaining(); }

  private:
    template <class T>
    void get(T& value) {
        if constexpr (std::same_as<T, bool>) {
            const auto byte = reader_.read<std::uint8_t>();
            if (byte > 1) fail();
            value = byte == 1;
        } else if constexpr (std::integral<T>) {
            value = reader_.read<T>();
            if constexpr (std::signed_integral<T>) {
                if (value < 0 && !bounds_.negative) fail();
            }
        } else if constexpr (std::same_as<T, double>) {
            value = std::bit_cast<double>(reader_.read<std::uint64_t>());
            if (std::isnan(value)) fail();
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(reader_.read<std::underlying_type_t<T>>());
        } else if constexpr (std::same_as<T, std::string>) {
            value = reader_.read_string(bounds_.most_text);
        } else if constexpr (requires { value.load(reader_); }) {
            if (!value.load(reader_)) fail();
        } else if constexpr (requires { std::tuple_size<T>::value; }) {
            for (auto& one : value) get(one);
        } else {
            value.transfer(*this);
            if constexpr (requires { value.sound(); }) {
                if (!value.sound()) fail();
            }
        }
    }

    ArchiveBounds bounds_;
    ByteReader reader_;
};

}  // namespace shoji::base
