#include "watch/sensor/io_uring_test.h"

#include <algorithm>
#include <array>
#include <atomic>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

constexpr unsigned entries = 4;

std::atomic_ref<std::uint32_t> number_at(std::uint8_t* ring, std::uint32_t offset) {
    return std::atomic_ref(*reinterpret_cast<std::uint32_t*>(ring + offset));
}

}  // namespace

TestUring::TestUring() {
    ring_.reset(static_cast<int>(::syscall(SYS_io_uring_setup, entries, &parameters_)));
    if (!ring_.valid() || (parameters_.features & IORING_FEAT_SINGLE_MMAP) == 0) return;
    ring_bytes_ = std::max<std::size_t>(
        parameters_.sq_off.array + parameters_.sq_entries * sizeof(std::uint32_t),
        parameters_.cq_off.cqes + parameters_.cq_entries * sizeof(io_uring_cqe));
    void* rings = ::mmap(nullptr, ring_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, ring_.get(),
                         IORING_OFF_SQ_RING);
    void* requests = ::mmap(nullptr, parameters_.sq_entries * sizeof(io_uring_sqe),
                            PROT_READ | PROT_WRITE, MAP_SHARED, ring_.get(), IORING_OFF_SQES);
    if (rings == MAP_FAILED || requests == MAP_FAILED) return;
    submissions_ = static_cast<std::uint8_t*>(rings);
    requests_ = static_cast<io_uring_sqe*>(requests);
}

TestUring::~TestUring() {
    if (submissions_ != nullptr) ::munmap(submissions_, ring_bytes_);
    if (requests_ != nullptr) ::munmap(requests_, parameters_.sq_entries * sizeof(io_uring_sqe));
}

bool TestUring::has(unsigned operation) const {
    constexpr unsigned most = 256;
    alignas(io_uring_probe)
        std::array<std::uint8_t, sizeof(io_uring_probe) + most * sizeof(io_uring_probe_op)>
            bytes{};
    auto* probe = reinterpret_cast<io_uring_probe*>(bytes.data());
    if (::syscall(SYS_io_uring_register, ring_.get(), IORING_REGISTER_PROBE, probe, most) != 0) {
        return false;
    }
    return operation <= probe->last_op &&
           (probe->ops[operation].flags & IO_URING_OP_SUPPORTED) != 0;
}

int TestUring::submit(const io_uring_sqe& request) {
    const auto& sq = parameters_.sq_off;
    const auto& cq = parameters_.cq_off;
    const auto tail = number_at(submissions_, sq.tail);
    const std::uint32_t at = tail.load();
    const std::uint32_t place = at & (parameters_.sq_entries - 1);
    requests_[place] = request;
    number_at(submissions_, sq.array + place * 4).store(place);
    tail.store(at + 1);
    if (::syscall(SYS_io_uring_enter, ring_.get(), 1, 1, IORING_ENTER_GETEVENTS, nullptr, 0) < 0) {
        return -1;
    }
    const auto head = number_at(submissions_, cq.head);
    const std::uint32_t done = head.load() & (parameters_.cq_entries - 1);
    const auto* events = reinterpret_cast<const io_uring_cqe*>(submissions_ + cq.cqes);
    const int result = events[done].res;
    head.store(head.load() + 1);
    return result;
}

bool TestUring::socket(int family, int type, int protocol) {
    io_uring_sqe request{};
    request.opcode = io_uring_op_socket;
    request.fd = family;
    request.off = static_cast<std::uint64_t>(type);
    request.len = static_cast<std::uint32_t>(protocol);
    const base::FileDescriptor made(submit(request));
    return made.valid();
}

bool TestUring::connect(int socket, const sockaddr* name, socklen_t size) {
    io_uring_sqe request{};
    request.opcode = IORING_OP_CONNECT;
    request.fd = socket;
    request.addr = reinterpret_cast<std::uint64_t>(name);
    request.off = size;
    return submit(request) == 0;
}

base::FileDescriptor TestUring::open(const char* path, int flags, unsigned mode) {
    io_uring_sqe request{};
    request.opcode = IORING_OP_OPENAT;
    request.fd = AT_FDCWD;
    request.addr = reinterpret_cast<std::uint64_t>(path);
    request.open_flags = static_cast<std::uint32_t>(flags);
    request.len = mode;
    return base::FileDescriptor(submit(request));
}

bool TestUring::write(int file, const void* bytes, unsigned count) {
    io_uring_sqe request{};
    request.opcode = IORING_OP_WRITE;
    request.fd = file;
    request.addr = reinterpret_cast<std::uint64_t>(bytes);
    request.len = count;
    return submit(request) == static_cast<int>(count);
}

bool TestUring::rename(const char* from, const char* to) {
    io_uring_sqe request{};
    request.opcode = IORING_OP_RENAMEAT;
    request.fd = AT_FDCWD;
    request.addr = reinterpret_cast<std::uint64_t>(from);
    request.len = static_cast<std::uint32_t>(AT_FDCWD);
    request.off = reinterpret_cast<std::uint64_t>(to);
    return submit(request) == 0;
}

bool TestUring::close_own(int file) {
    if (::syscall(SYS_io_uring_register, ring_.get(), IORING_REGISTER_FILES, &file, 1) != 0) {
        return false;
    }
    io_uring_sqe request{};
    request.opcode = IORING_OP_CLOSE;
    request.file_index = 1;
    return submit(request) == 0;
}

bool TestUring::unlink(const char* path) {
    io_uring_sqe request{};
    request.opcode = IORING_OP_UNLINKAT;
    request.fd = AT_FDCWD;
    request.addr = reinterpret_cast<std::uint64_t>(path);
    return submit(request) == 0;
}

}  // namespace shoji::sensor
