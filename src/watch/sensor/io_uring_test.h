// For tests: one io_uring, used by its system calls alone.
#pragma once

#include "core/base/file_descriptor.h"

#include <cstdint>

#include <linux/io_uring.h>
#include <sys/socket.h>

namespace shoji::sensor {

constexpr unsigned io_uring_op_socket = 45;

class TestUring {
  public:
    TestUring();
    TestUring(const TestUring&) = delete;
    TestUring& operator=(const TestUring&) = delete;
    ~TestUring();

    [[nodiscard]] bool valid() const { return submissions_ != nullptr; }
    // Whether the kernel knows such requests.
    [[nodiscard]] bool has(unsigned operation) const;
    // Each waits until it is done; true when it did what it should.
    bool socket(int family, int type, int protocol);
    bool connect(int socket, const sockaddr* name, socklen_t size);
    // Invalid: it was not opened.
    base::FileDescriptor open(const char* path, int flags, unsigned mode);
    bool write(int file, const void* bytes, unsigned count);
    bool rename(const char* from, const char* to);
    bool unlink(const char* path);
    // Makes the file the ring's own, in its first place, and closes it there.
    bool close_own(int file);

  private:
    // What the request gave.
    int submit(const io_uring_sqe& request);

    base::FileDescriptor ring_;
    io_uring_params parameters_{};
    std::uint8_t* submissions_ = nullptr;  // both rings
    std::size_t ring_bytes_ = 0;
    io_uring_sqe* requests_ = nullptr;
};

}  // namespace shoji::sensor
