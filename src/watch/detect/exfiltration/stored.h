// Writing state to bytes and reading it back by one description: a class lists its members once, in
// `template <class Archive> void transfer(Archive& archive) { archive(a, b, c); }`. What is read is
// bounded by what the members can hold, and a class may say with `bool sound() const` whether what
// was read is a state that it can be in.
#pragma once

#include "core/base/bytes.h"

#include <array>
#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

namespace shoji::exfiltration {

// Names kept for alerts are no longer than this; so are those read back.
constexpr std::size_t most_name_bytes = 256;

class Saver {
  public:
    static constexpr bool loading = false;

    template <class... Members>
    void operator()(const Members&... members) {
        (put(members), ...);
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
            writer_.write_string(value);
        } else if constexpr (requires(base::ByteWriter & writer) { value.save(writer); }) {
            value.save(writer_);
        } else if constexpr (requires { std::tuple_size<T>::value; }) {
            for (const auto& one : value) put(one);
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
        } else if constexpr (std::is_enum_v<T>) {
            value = static_cast<T>(reader_.read<std::underlying_type_t<T>>());
        } else if constexpr (std::same_as<T, std::string>) {
            value = reader_.read_string(most_name_bytes);
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

    base::ByteReader reader_;
};

}  // namespace shoji::exfiltration
