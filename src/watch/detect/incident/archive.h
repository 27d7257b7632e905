// Writing state to bytes and reading it back by one description: a class lists its members once, in
// `template <class Archive> void transfer(Archive& archive) { archive(a, b, c); }`. What is read is
// bounded: texts by `most_text`, lists by the limit that the description gives them and by the
// bytes that are left, so that a count alone makes nothing grow; times, the only signed numbers
// here, are not negative, so that one may be taken from another. A class may say with `bool sound()
// const` whether what was read is a state that it can be in.
#pragma once

#include "core/base/bytes.h"

#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace shoji::incident {

constexpr std::size_t most_text = 4096;

class Saver {
  public:
    static constexpr bool loading = false;

    template <class... Members>
    void operator()(const Members&... members) {
        (put(members), ...);
    }
    template <class List>
    void list(const List& list, std::size_t /*most*/) {
        writer_.write(static_cast<std::uint32_t>(list.size()));
        for (const auto& one : list) put(one);
    }
    [[nodiscard]] bool ok() const { return true; }
    void fail() {}
    std::vector<std::uint8_t> take() { return writer_.take(); }

  private:
    template <class T>
    void put(const T& value) {
        if constexpr (std::same_as<T, bool>) {
            writer_.write(static_cast<std::uint8_t>(value));
        } else if constexpr (std::integral<T>) {
            writer_.write(value);
        } else if constexpr (std::is_enum_v<T>) {
            writer_.write(static_cast<std::underlying_type_t<T>>(value));
        } else if constexpr (std::same_as<T, std::string>) {
            writer_.write_string(std::string_view(value).substr(0, most_text));
        } else {
            // A description serves both directions; saving does not change what it names.
            const_cast<T&>(value).transfer(*this);
        }
    }

    base::ByteWriter writer_;
};

class Loader {
  public:
    static constexpr bool loading = true;

    explicit Loader(std::span<const std::uint8_t> bytes) : reader_(bytes) {}

    template <class... Members>
    void operator()(Members&... members) {
        (get(members), ...);
    }
    template <class List>
    void list(List& list, std::size_t most) {
        const auto count = reader_.read<std::uint32_t>();
        if (count > most || count > reader_.remaining()) return fail();
        list.clear();
        for (std::uint32_t i = 0; i < count && ok(); ++i) get(list.emplace_back());
    }
    void fail() { reader_.fail(); }
    [[nodiscard]] bool ok() const { return reader_.ok(); }
    [[nodiscard]] bool finished() const { return reader_.finished(); }
    [[nodiscard]] std::size_t remaining() const { return reader_.remaining(); }

  private:
    template <class T>
    void get(T& value) {
        if constexpr (std::same_as<T, bool>) {
            value = reader_.read<std::uint8_t>() != 0;
        } else if constexpr (std::integral<T>) {
            value = reader_.read<T>();
            if constexpr (std::signed_integral<T>) {
                if (value < 0) fail();
            }
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(reader_.read<std::underlying_type_t<T>>());
        } else if constexpr (std::same_as<T, std::string>) {
            value = reader_.read_string(most_text);
        } else {
            value.transfer(*this);
            if constexpr (requires { value.sound(); }) {
                if (!value.sound()) fail();
            }
        }
    }

    base::ByteReader reader_;
};

}  // namespace shoji::incident
