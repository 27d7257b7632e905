#include "watch/sensor/ring.h"

#include <cerrno>
#include <utility>

#include <sys/mman.h>
#include <unistd.h>

namespace shoji::sensor {

std::uint32_t RingView::head_at(std::uint64_t at) const {
    const auto* head = reinterpret_cast<const std::uint32_t*>(data_ + (at & (bytes_ - 1)));
    return __atomic_load_n(head, __ATOMIC_ACQUIRE);
}

base::Result<Ring> Ring::map(int descriptor, std::size_t bytes) {
    Ring ring;
    ring.page_ = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    ring.bytes_ = bytes;
    void* reader = ::mmap(nullptr, ring.page_, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (reader == MAP_FAILED) return base::fail_errno(errno, "mapping the ring's reader page");
    ring.reader_ = reader;
    void* writer = ::mmap(nullptr, ring.page_ + 2 * bytes, PROT_READ, MAP_SHARED, descriptor,
                          static_cast<off_t>(ring.page_));
    if (writer == MAP_FAILED) return base::fail_errno(errno, "mapping the ring");
    ring.writer_ = writer;
    return ring;
}

Ring::Ring(Ring&& other) noexcept
    : reader_(std::exchange(other.reader_, nullptr)),
      writer_(std::exchange(other.writer_, nullptr)),
      page_(other.page_),
      bytes_(other.bytes_) {}

Ring::~Ring() {
    if (reader_ != nullptr) ::munmap(reader_, page_);
    if (writer_ != nullptr) ::munmap(writer_, page_ + 2 * bytes_);
}

RingView Ring::view() const {
    auto* data = static_cast<const std::uint8_t*>(writer_) + page_;
    return {static_cast<std::atomic<std::uint64_t>*>(reader_),
            static_cast<const std::atomic<std::uint64_t>*>(writer_), data, bytes_};
}

}  // namespace shoji::sensor
