// The reader of BPF's ring buffer (kernel: Documentation/bpf/ringbuf.rst), without libbpf, so that
// the program that parses needs no bpf(2). Pages: the reader's position, the writers' position,
// then the data, mapped twice in a row, so that a record never breaks at the end.
#pragma once

#include "core/base/result.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>

namespace shoji::sensor {

// The view of mapped or, in tests, of plain memory. Records that do not fit into the ring end the
// reading.
class RingView {
  public:
    // `data`: twice `bytes`, which is a power of two.
    RingView(std::atomic<std::uint64_t>* read, const std::atomic<std::uint64_t>* written,
             const std::uint8_t* data, std::size_t bytes)
        : read_(read), written_(written), data_(data), bytes_(bytes) {}

    // Calls `take` with each record that is ready, at most `most` of them, and frees its place
    // behind it. Returns how many there were.
    template <class Take>
    base::Result<std::size_t> drain(std::size_t most, const Take& take) {
        std::uint64_t at = read_->load(std::memory_order_relaxed);
        std::size_t count = 0;
        while (count < most && at != written_->load(std::memory_order_acquire)) {
            const std::uint32_t head = head_at(at);
            if ((head & busy) != 0) break;
            const std::size_t size = head & ~discarded;
            if (size > bytes_ - head_bytes) {
                return base::fail(base::ErrorKind::corrupt, "the ring holds a record of {} bytes",
                                  size);
            }
            if ((head & discarded) == 0) {
                take(std::span<const std::uint8_t>(data_ + (at & (bytes_ - 1)) + head_bytes, size));
                ++count;
            }
            at += (size + head_bytes + 7) & ~std::uint64_t{7};
            read_->store(at, std::memory_order_release);
        }
        return count;
    }

  private:
    static constexpr std::uint32_t busy = 1U << 31;
    static constexpr std::uint32_t discarded = 1U << 30;
    static constexpr std::size_t head_bytes = 8;

    [[nodiscard]] std::uint32_t head_at(std::uint64_t at) const;

    std::atomic<std::uint64_t>* read_;
    const std::atomic<std::uint64_t>* written_;
    const std::uint8_t* data_;
    std::size_t bytes_;
};

class Ring {
  public:
    // The descriptor stays the caller's.
    static base::Result<Ring> map(int descriptor, std::size_t bytes);
    Ring(const Ring&) = delete;
    Ring& operator=(const Ring&) = delete;
    Ring(Ring&& other) noexcept;
    Ring& operator=(Ring&&) = delete;
    ~Ring();

    [[nodiscard]] RingView view() const;

  private:
    Ring() = default;

    void* reader_ = nullptr;
    void* writer_ = nullptr;  // its page, then the data twice
    std::size_t page_ = 0;
    std::size_t bytes_ = 0;
};

}  // namespace shoji::sensor
