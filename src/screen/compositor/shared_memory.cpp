#include "screen/compositor/shared_memory.h"

#include "screen/compositor/limits.h"
#include "screen/compositor/server.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <wayland-server-protocol.h>

namespace shoji::compositor {
namespace {

constexpr int version = 1;
constexpr std::int32_t bytes_per_pixel = 4;

// The client could have sealed it, as Chromium does; else it is done here, where that is possible.
bool cannot_shrink(int descriptor) {
    static_cast<void>(::fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK));
    const int seals = ::fcntl(descriptor, F_GET_SEALS);
    return seals >= 0 && (seals & F_SEAL_SHRINK) != 0;
}

// Reading anything else (FUSE, a pipe, a device) could block for as long as the client likes.
bool is_memory(int descriptor) {
    struct stat file {};
    struct statfs system {};
    return ::fstat(descriptor, &file) == 0 && S_ISREG(file.st_mode) &&
           ::fstatfs(descriptor, &system) == 0 && system.f_type == TMPFS_MAGIC;
}

const struct wl_buffer_interface buffer_requests = {.destroy = destroy_request};

bool fits(const Buffer::Layout& layout, std::int32_t pool_size) {
    const auto [width, height] = layout.size;
    if (width < 1 || height < 1 || width > max_side || height > max_side) return false;
    if (layout.offset < 0 || layout.stride < width * bytes_per_pixel) return false;
    const auto end = layout.offset + std::int64_t{layout.stride} * height;
    return end <= pool_size;
}

void create_buffer(wl_client* client, wl_resource* resource, std::uint32_t id, std::int32_t offset,
                   std::int32_t width, std::int32_t height, std::int32_t stride,
                   std::uint32_t format) {
    if (format != WL_SHM_FORMAT_ARGB8888 && format != WL_SHM_FORMAT_XRGB8888) {
        wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_FORMAT, "unknown format");
        return;
    }
    const auto pool = object_of<Pool>(resource);
    const Buffer::Layout layout{offset, {width, height}, stride, format == WL_SHM_FORMAT_XRGB8888};
    if (!fits(layout, pool->size())) {
        wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_STRIDE,
                               "the buffer does not fit into the pool or is too large");
        return;
    }
    make_resource(client, wl_buffer_interface, version, id, &buffer_requests,
                  std::make_shared<Buffer>(pool, layout));
}

void resize_pool(wl_client* /*client*/, wl_resource* resource, std::int32_t size) {
    const auto pool = object_of<Pool>(resource);
    if (size < pool->size() || size > max_pool_bytes) {
        wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_FD,
                               "a pool may only grow, to 512 MiB");
        return;
    }
    pool->grow(size);
}

const struct wl_shm_pool_interface pool_requests = {
    .create_buffer = create_buffer, .destroy = destroy_request, .resize = resize_pool};

void create_pool(wl_client* client, wl_resource* resource, std::uint32_t id, std::int32_t fd,
                 std::int32_t size) {
    base::FileDescriptor memory(fd);
    if (size <= 0 || size > max_pool_bytes) {
        wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_STRIDE,
                               "a pool has 1 byte to 512 MiB");
        return;
    }
    if (!is_memory(memory.get())) {
        wl_resource_post_error(resource, WL_SHM_ERROR_INVALID_FD, "not shared memory");
        return;
    }
    make_resource(client, wl_shm_pool_interface, version, id, &pool_requests,
                  std::make_shared<Pool>(std::move(memory), size));
}

const struct wl_shm_interface shm_requests = {.create_pool = create_pool};

void bind_shm(wl_client* client, void* /*data*/, std::uint32_t bound, std::uint32_t id) {
    wl_resource* resource = make_resource(client, wl_shm_interface, static_cast<int>(bound), id,
                                          &shm_requests, std::make_shared<Object>());
    if (resource == nullptr) return;
    wl_shm_send_format(resource, WL_SHM_FORMAT_ARGB8888);
    wl_shm_send_format(resource, WL_SHM_FORMAT_XRGB8888);
}

}  // namespace

Pool::Pool(base::FileDescriptor memory, std::int32_t size)
    : memory_(std::move(memory)), size_(size) {
    map();
}

Pool::~Pool() {
    unmap();
}

void Pool::map() {
    struct stat file {};
    if (!cannot_shrink(memory_.get()) || ::fstat(memory_.get(), &file) != 0) return;
    if (file.st_size < size_) return;
    void* at =
        ::mmap(nullptr, static_cast<std::size_t>(size_), PROT_READ, MAP_SHARED, memory_.get(), 0);
    if (at != MAP_FAILED) mapped_ = static_cast<const std::uint8_t*>(at);
}

void Pool::unmap() {
    if (mapped_ == nullptr) return;
    ::munmap(const_cast<std::uint8_t*>(mapped_), static_cast<std::size_t>(size_));
    mapped_ = nullptr;
}

void Pool::grow(std::int32_t size) {
    unmap();
    size_ = size;
    map();
}

bool Pool::read(std::uint8_t* to, std::size_t bytes, std::int64_t offset) const {
    if (mapped_ != nullptr) {
        std::memcpy(to, mapped_ + offset, bytes);
        return true;
    }
    while (bytes > 0) {
        const ssize_t got = ::pread(memory_.get(), to, bytes, offset);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        to += got;
        offset += got;
        bytes -= static_cast<std::size_t>(got);
    }
    return true;
}

bool Buffer::read_rectangle(const Rectangle& rectangle, Pixels& pixels) {
    const auto width = static_cast<std::size_t>(layout_.size.width);
    const auto offset_of = [&](int x, int y) {
        return layout_.offset + std::int64_t{layout_.stride} * y +
               std::int64_t{bytes_per_pixel} * x;
    };
    const auto to = [&](int x, int y) {
        const auto at = static_cast<std::size_t>(y) * width + static_cast<std::size_t>(x);
        return reinterpret_cast<std::uint8_t*>(&pixels.values[at]);
    };
    const bool contiguous = rectangle.width == layout_.size.width &&
                            layout_.stride == layout_.size.width * bytes_per_pixel;
    const int rows = contiguous ? rectangle.height : 1;
    const auto bytes = static_cast<std::size_t>(rectangle.width) * bytes_per_pixel *
                       static_cast<std::size_t>(rows);
    for (int y = rectangle.y; y < rectangle.y + rectangle.height; y += rows) {
        if (!pool_->read(to(rectangle.x, y), bytes, offset_of(rectangle.x, y))) return false;
    }
    return true;
}

bool Buffer::read(const Region& wanted, Pixels& pixels) {
    Region inside = wanted;
    inside.intersect({0, 0, layout_.size.width, layout_.size.height});
    for (const Rectangle& rectangle : inside.rectangles()) {
        if (read_rectangle(rectangle, pixels)) continue;
        if (resource() != nullptr) {
            wl_resource_post_error(resource(), WL_SHM_ERROR_INVALID_FD,
                                   "the pool's memory cannot be read");
        }
        return false;
    }
    return true;
}

void Buffer::release() {
    if (resource() != nullptr) wl_buffer_send_release(resource());
}

void offer_shared_memory(Server& server) {
    server.offer(wl_shm_interface, version, bind_shm);
}

}  // namespace shoji::compositor
