// The same walk over a structure's members writes them to bytes and reads them back. What is read
// is bounded by the bytes there are; whether it makes sense is for who asked to check.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace shoji::sigma {

// Members that are copied as they stand in memory: they have no padding and no pointers.
template <class T>
concept Plain = std::is_trivially_copyable_v<T> && std::has_unique_object_representations_v<T> &&
    !std::is_pointer_v<T>;

class Saver {
  public:
    static constexpr bool is_loading = false;

    template <class... Members>
    void operator()(Members&... members) {
        (save(members), ...);
    }
    void bytes(std::string_view bytes) {
        count(bytes.size());
        bytes_ += bytes;
    }
    [[nodiscard]] std::string take() { return std::move(bytes_); }

  private:
    void count(std::size_t count) {
        auto number = static_cast<std::uint32_t>(count);
        save(number);
    }
    template <class T>
    void save(T& value) {
        if constexpr (std::is_same_v<T, std::string>) {
            bytes(value);
        } else if constexpr (requires { members(*this, value); }) {
            members(*this, value);
        } else {
            static_assert(Plain<T> || std::is_same_v<T, double>);
            bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
        }
    }
    template <class T>
    void save(std::vector<T>& values) {
        count(values.size());
        if constexpr (Plain<T>) {
            bytes_.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
        } else {
            for (auto& value : values) save(value);
        }
    }

    std::string bytes_;
};

class Loader {
  public:
    static constexpr bool is_loading = true;

    explicit Loader(std::string_view bytes) : rest_(bytes) {}

    template <class... Members>
    void operator()(Members&... members) {
        (load(members), ...);
    }
    // A view into the input.
    std::string_view bytes() { return take(count(1)); }
    // All that follows is empty.
    void fail() {
        rest_ = {};
        failed_ = true;
    }
    // Everything was there, and nothing is left.
    [[nodiscard]] bool finished() const { return !failed_ && rest_.empty(); }

  private:
    // How many follow, of at least `size` bytes each.
    std::size_t count(std::size_t size) {
        std::uint32_t number = 0;
        load(number);
        if (number <= rest_.size() / size) return number;
        fail();
        return 0;
    }
    std::string_view take(std::size_t size) {
        if (size > rest_.size()) {
            fail();
            return {};
        }
        const auto taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }
    template <class T>
    void load(T& value) {
        if constexpr (std::is_same_v<T, std::string>) {
            value = bytes();
        } else if constexpr (std::is_same_v<T, bool>) {
            std::uint8_t byte = 0;
            load(byte);
            value = byte != 0;
        } else if constexpr (requires { members(*this, value); }) {
            members(*this, value);
        } else {
            static_assert(Plain<T> || std::is_same_v<T, double>);
            const auto from = take(sizeof value);
            if (!from.empty()) std::memcpy(&value, from.data(), sizeof value);
        }
    }
    template <class T>
    void load(std::vector<T>& values) {
        if constexpr (Plain<T>) {
            const auto from = take(count(sizeof(T)) * sizeof(T));
            values.resize(from.size() / sizeof(T));
            if (!from.empty()) std::memcpy(values.data(), from.data(), from.size());
        } else {
            const std::size_t number = count(1);
            values.resize(number);
            for (auto& value : values) load(value);
        }
    }

    std::string_view rest_;
    bool failed_ = false;
};

// The same walk over bytes that only asks whether they can be read: nothing is kept.
class Skimmer {
  public:
    static constexpr bool is_loading = true;

    explicit Skimmer(std::string_view bytes) : rest_(bytes) {}

    template <class... Members>
    void operator()(const Members&... members) {
        (skim(members), ...);
    }
    // Everything was there, and nothing is left.
    [[nodiscard]] bool finished() const { return !failed_ && rest_.empty(); }

  private:
    void skip(std::size_t size) {
        failed_ = failed_ || size > rest_.size();
        rest_.remove_prefix(failed_ ? rest_.size() : size);
    }
    std::uint32_t count() {
        std::uint32_t number = 0;
        if (rest_.size() >= sizeof number) std::memcpy(&number, rest_.data(), sizeof number);
        skip(sizeof number);
        return failed_ ? 0 : number;
    }
    void skim(const std::string&) { skip(count()); }
    void skim(const std::vector<std::string>&) {
        for (auto left = count(); left > 0 && !failed_; --left) skip(count());
    }

    std::string_view rest_;
    bool failed_ = false;
};

template <class Archive>
void members(Archive& archive, std::pair<std::string, std::string>& pair) {
    archive(pair.first, pair.second);
}
template <class Archive>
void members(Archive& archive, base::Words& words) {
    archive(words.sentence, words.values);
}
template <class Archive>
void members(Archive& archive, base::Error& error) {
    archive(error.kind, error.message, error.key, error.values, error.words);
}

}  // namespace shoji::sigma
