// A queue in one piece of memory, which grows by doubling and shrinks when most of it is unused.
#pragma once

#include <cstddef>
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
        constexpr std::size_t small = 16;
        if (places_.size() > small && size_ < places_.size() / 4) resize(places_.size() / 2);
    }

  private:
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
