// wl_shm: the pixels that the client draws. A client that shortens a mapped file makes its reader
// die of SIGBUS, so that memory is mapped only when it is sealed against that (fcntl(2),
// F_SEAL_SHRINK), which Chromium's is; any other is read with pread(2), ten times slower.
#pragma once

#include "core/base/file_descriptor.h"
#include "screen/compositor/region.h"
#include "screen/compositor/resource.h"

#include <cstdint>
#include <memory>
#include <vector>

namespace shoji::compositor {

class Server;

// A copy of a buffer's pixels: premultiplied ARGB8888 in native byte order, rows without padding.
struct Pixels {
    Size size;
    bool opaque = true;  // the alpha byte means nothing
    std::vector<std::uint32_t> values;
};

class Pool : public Object {
  public:
    // `memory` holds at least `size` bytes, or reading it will fail.
    Pool(base::FileDescriptor memory, std::int32_t size);
    ~Pool() override;

    [[nodiscard]] std::int32_t size() const { return size_; }
    void grow(std::int32_t size);
    // False when the bytes are not there.
    bool read(std::uint8_t* to, std::size_t bytes, std::int64_t offset) const;

  private:
    void map();
    void unmap();

    base::FileDescriptor memory_;
    std::int32_t size_;
    const std::uint8_t* mapped_ = nullptr;  // all of size_, or null
};

class Buffer : public Object {
  public:
    struct Layout {
        std::int32_t offset = 0;  // bytes; the whole image was checked to lie inside the pool
        Size size;                // 1 to max_side each
        std::int32_t stride = 0;  // bytes
        bool opaque = true;
    };
    Buffer(std::shared_ptr<Pool> pool, const Layout& layout)
        : pool_(std::move(pool)), layout_(layout) {}

    [[nodiscard]] Size size() const { return layout_.size; }
    [[nodiscard]] bool opaque() const { return layout_.opaque; }
    // Copies what `wanted` covers to the same place in `pixels`, which have this buffer's size.
    // False when the client's memory is not there: a wl_shm error has been posted.
    bool read(const Region& wanted, Pixels& pixels);
    // The client may draw into it again.
    void release();

  private:
    bool read_rectangle(const Rectangle& rectangle, Pixels& pixels);

    std::shared_ptr<Pool> pool_;
    Layout layout_;
};

void offer_shared_memory(Server& server);

}  // namespace shoji::compositor
