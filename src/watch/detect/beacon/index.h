// From 64-bit keys to slots: open addressing over a table whose size never changes. Keys are
// hashes, so that they stand anywhere with equal chance.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <optional>

namespace shoji::beacon {

class Index {
  public:
    explicit Index(std::uint32_t most) : size_(std::uint64_t{most} + most / 2 + 8) {
        // calloc: pages that nobody writes cost nothing.
        entries_.reset(static_cast<Entry*>(std::calloc(size_, sizeof(Entry))));
        if (!entries_) throw std::bad_alloc();
    }

    [[nodiscard]] std::optional<std::uint32_t> find(std::uint64_t key) const {
        for (std::uint64_t at = home(key); entries_.get()[at].slot != 0; at = after(at)) {
            if (entries_.get()[at].key == key) return entries_.get()[at].slot - 1;
        }
        return std::nullopt;
    }
    // Precondition: the key is not there, and fewer than `most` keys are.
    void add(std::uint64_t key, std::uint32_t slot) {
        std::uint64_t at = home(key);
        while (entries_.get()[at].slot != 0) at = after(at);
        entries_.get()[at] = {key, slot + 1};
    }
    // Precondition: the key is there. Those behind move up, so that no chain breaks.
    void remove(std::uint64_t key) {
        std::uint64_t hole = home(key);
        while (entries_.get()[hole].key != key || entries_.get()[hole].slot == 0) {
            hole = after(hole);
        }
        for (std::uint64_t at = after(hole); entries_.get()[at].slot != 0; at = after(at)) {
            const std::uint64_t wanted = home(entries_.get()[at].key);
            const bool stays =
                hole < at ? wanted > hole && wanted <= at : wanted > hole || wanted <= at;
            if (stays) continue;
            entries_.get()[hole] = entries_.get()[at];
            hole = at;
        }
        entries_.get()[hole] = {};
    }

    static constexpr std::size_t bytes_for(std::uint64_t most) { return (most * 3 / 2 + 8) * 16; }

  private:
    struct Entry {
        std::uint64_t key;
        std::uint32_t slot;  // + 1; 0: none
    };
    struct Free {
        void operator()(Entry* entries) const { std::free(entries); }
    };

    [[nodiscard]] std::uint64_t home(std::uint64_t key) const {
        return ((key >> 32) * size_) >> 32;
    }
    [[nodiscard]] std::uint64_t after(std::uint64_t at) const {
        return at + 1 == size_ ? 0 : at + 1;
    }

    std::uint64_t size_;
    std::unique_ptr<Entry[], Free> entries_;
};

}  // namespace shoji::beacon
