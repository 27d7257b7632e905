#include "watch/hunt/mapped_file.h"

#include "core/base/file_descriptor.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

namespace shoji::hunt {

base::Failure unreadable(const std::filesystem::path& path, int error_number) {
    auto failure = base::fail_errno(error_number, "reading " + path.string());
    if (error_number == ENOENT || error_number == ENOTDIR) {
        failure.value().kind = base::ErrorKind::not_found;
        return base::worded(std::move(failure), "hunt.not_there", {{"path", path.string()}});
    }
    if (error_number == EACCES || error_number == EPERM) {
        failure.value().kind = base::ErrorKind::denied;
        return base::worded(std::move(failure), "hunt.not_permitted", {{"path", path.string()}});
    }
    return failure;
}

std::size_t MappedFile::mapped_for(std::size_t size) {
    constexpr std::size_t page = 4096;
    return (size + page - 1) / page * page + zeros_behind;
}

base::Result<MappedFile> MappedFile::room(std::size_t size) {
    const auto mapped = mapped_for(size);
    void* place =
        ::mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) return base::fail_errno(errno, "making room in memory");
    return MappedFile(static_cast<const std::uint8_t*>(place), size, mapped);
}

base::Result<void> MappedFile::resize(std::size_t size) {
    // What is left of a page is read as zeros, and may become part of it again.
    if (size < size_) std::memset(writable() + size, 0, size_ - size);
    const auto mapped = mapped_for(size);
    void* place = ::mremap(writable(), mapped_, mapped, MREMAP_MAYMOVE);
    if (place == MAP_FAILED) return base::fail_errno(errno, "making room in memory");
    bytes_ = static_cast<const std::uint8_t*>(place);
    size_ = size;
    mapped_ = mapped;
    return {};
}

base::Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
    // Without waiting: opening a pipe would wait for its writer.
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file.valid()) return unreadable(path, errno);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return unreadable(path, errno);
    if (!S_ISREG(status.st_mode)) {
        return base::because(base::ErrorKind::invalid, "{} is no regular file", path.string());
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    const std::size_t mapped = mapped_for(size);
    // First zeros, then the file over them, so that a page of zeros stays behind its end.
    void* place = ::mmap(nullptr, mapped, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (place == MAP_FAILED) return unreadable(path, errno);
    MappedFile whole(static_cast<const std::uint8_t*>(place), size, mapped);
    if (size > 0 &&
        ::mmap(place, size, PROT_READ, MAP_PRIVATE | MAP_FIXED, file.get(), 0) == MAP_FAILED) {
        return unreadable(path, errno);
    }
    static_cast<void>(::madvise(place, mapped, MADV_SEQUENTIAL));
    return whole;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : bytes_(std::exchange(other.bytes_, nullptr)),
      size_(std::exchange(other.size_, 0)),
      mapped_(std::exchange(other.mapped_, 0)) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    std::swap(size_, other.size_);
    std::swap(mapped_, other.mapped_);
    return *this;
}

MappedFile::~MappedFile() {
    if (bytes_ != nullptr) ::munmap(const_cast<std::uint8_t*>(bytes_), mapped_);
}

}  // namespace shoji::hunt
