// A queue in one piece of memory, which grows by doubling and shrinks when most of it is unused.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace shoji::sigma {

template <class T>
class Ring {
  public:
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::size_t bytes() const { return places_.size() * sizeof(T); }

    // The oldest is 0. Precondition: index < size().
    [[nodiscard]] T& operator[](std::size_t index) { return places_[place(index)]; }
    [[nodiscard]] const T& operator[](std::size_t index) const { return places_[place(index)]; }
    [[nodiscard]] const T& front() const { return places_[first_]; }

    void push(T value) {
        if (size_ == places_.size()) resize(size_ == 0 ? 1 : 2 * size_);
        places_[place(size_++)] = std::move(value);
    }
    void pop() {
        first_ = place(1);
        --size_;
        if (places_.size() > small && size_ < places_.size() / 4) resize(places_.size() / 2);
    }

    // Its memory is as large again when it is read (core/base/archive.h), and at most four times
    // what its entries need.
    template <class Archive>
    void transfer(Archive& archive) {
        auto size = static_cast<std::uint32_t>(size_);
        auto width = static_cast<std::uint8_t>(std::bit_width(places_.size()));
        archive(size, width);
        if constexpr (Archive::loading) {
            constexpr std::uint8_t most_width = 32;
            const std::size_t places =
                width == 0 || width > most_width ? 0 : std::size_t{1} << (width - 1U);
            if (size > places || size > archive.remaining() || width > most_width ||
                (places > small && size < places / 4)) {
                return archive.fail();
            }
            places_.assign(places, T{});
            first_ = 0;
            size_ = size;
        }
        for (std::size_t i = 0; i < size_; ++i) archive((*this)[i]);
    }

  private:
    static constexpr std::size_t small = 16;

    // Sizes are powers of two.
    [[nodiscard]] std::size_t place(std::size_t index) const {
        return (first_ + index) & (places_.size() - 1);
    }
    void resize(std::size_t size) {
        std::vector<T> fresh(size);
        for (std::size_t i = 0; i < size_; ++i) fresh[i] = std::move((*this)[i]);
        places_ = std::move(fresh);
        first_ = 0;
    }

    std::vector<T> places_;
    std::size_t first_ = 0;
    std::size_t size_ = 0;
};

}  // namespace shoji::sigma
