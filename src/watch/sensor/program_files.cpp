#include "watch/sensor/program_files.h"

#include "core/base/bytes.h"
#include "core/base/unix_socket.h"

#include <array>
#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <linux/magic.h>
#include <openssl/evp.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>

namespace shoji::sensor {
namespace {

constexpr std::size_t most_request = 4 + SENSOR_MOST_PATH;
using View = std::span<const std::uint8_t>;

constexpr int patience = 500;  // milliseconds

// The file itself is not touched before it is known to be harmless: opening a device or a file of a
// file system in user space can do or wait for anything.
base::FileDescriptor open_program(const std::string& path) {
    const base::FileDescriptor place(::open(path.c_str(), O_PATH | O_CLOEXEC));
    struct stat state {};
    struct statfs system {};
    if (!place.valid() || ::fstat(place.get(), &state) != 0 ||
        ::fstatfs(place.get(), &system) != 0) {
        return {};
    }
    constexpr mode_t anybody = 0111;
    if (!S_ISREG(state.st_mode) || (state.st_mode & anybody) == 0) return {};
    if (system.f_type == FUSE_SUPER_MAGIC) return {};
    const auto itself = fmt::format("/proc/self/fd/{}", place.get());
    return base::FileDescriptor(::open(itself.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
}

// The last part of its path is no link: who may write to a log's folder may choose no other file.
base::FileDescriptor open_log(const std::string& path) {
    base::FileDescriptor file(
        ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat state {};
    if (!file.valid() || ::fstat(file.get(), &state) != 0 || !S_ISREG(state.st_mode)) return {};
    return file;
}

// The kernel's way to write a device's number.
std::uint32_t kernel_device(dev_t device) {
    return static_cast<std::uint32_t>(major(device) << 20 | minor(device));
}

bool is_file(int descriptor, const sensor_file& file) {
    struct stat state {};
    struct statfs system {};
    if (::fstat(descriptor, &state) != 0 || ::fstatfs(descriptor, &system) != 0) return false;
    // Layers of several file systems are told apart by devices that only stat(2) shows.
    const bool same_device =
        system.f_type == OVERLAYFS_SUPER_MAGIC || kernel_device(state.st_dev) == file.device;
    return same_device && state.st_ino == file.inode &&
           static_cast<std::uint64_t>(state.st_size) == file.size &&
           state.st_ctim.tv_sec == file.changed &&
           state.st_ctim.tv_nsec == std::int64_t{file.changed_nanoseconds};
}

base::FileDescriptor ask(int socket, std::uint32_t process, View what) {
    pollfd waited{socket, POLLIN, 0};
    // Answers that came too late are for other questions.
    while (::poll(&waited, 1, 0) > 0) {
        const auto late = base::receive_packet(socket, 1);
        if (!late || late->bytes.empty()) return {};
    }
    base::ByteWriter request;
    request.write(process);
    request.write_bytes(what);
    if (!base::send_packet(socket, request.bytes())) return {};
    if (::poll(&waited, 1, patience) <= 0) return {};
    auto answer = base::receive_packet(socket, 1);
    if (!answer || answer->descriptors.size() != 1) return {};
    return std::move(answer->descriptors.front());
}

using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

}  // namespace

base::Result<void> answer_request(int socket, std::span<const std::string> logs) {
    auto request = base::receive_packet(socket, most_request);
    if (!request) return base::Failure(request.error());
    if (request->bytes.empty()) {
        return base::fail(base::ErrorKind::unavailable, "the analyst has ended");
    }
    base::ByteReader reader(request->bytes);
    const auto process = reader.read<std::uint32_t>();
    const auto path = reader.read_bytes(reader.remaining());
    base::FileDescriptor file;
    if (reader.ok() && process == 0) {
        if (path.size() == 1 && path[0] < logs.size()) file = open_log(logs[path[0]]);
    } else if (reader.ok()) {
        file = open_program(fmt::format("/proc/{}/exe", process));
        if (!file.valid()) {
            file = open_program({reinterpret_cast<const char*>(path.data()), path.size()});
        }
    }
    const std::array<std::uint8_t, 1> answer{1};
    const std::array<int, 1> descriptor{file.get()};
    return base::send_packet(socket, answer,
                             std::span<const int>(descriptor).first(file.valid() ? 1 : 0));
}

base::FileDescriptor ask_for_log(int socket, std::size_t place) {
    const std::array<std::uint8_t, 1> wanted{static_cast<std::uint8_t>(place)};
    return ask(socket, 0, wanted);
}

base::Result<void> FileHasher::prepare() {
    const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1) {
        return base::fail(base::ErrorKind::system, "OpenSSL has no SHA-256");
    }
    return {};
}

std::string FileHasher::hash(const sensor_file& file, std::uint32_t process,
                             std::string_view path) {
    if (file.size == 0 || file.size > most_bytes_) return {};
    const Key key{file.inode, file.size, file.changed, file.changed_nanoseconds, file.device};
    if (const auto known = known_.find(key); known != known_.end()) return known->second;
    const auto opened =
        ask(socket_, process, {reinterpret_cast<const std::uint8_t*>(path.data()), path.size()});
    // The process may run another program by now.
    if (!opened.valid() || !is_file(opened.get(), file)) return {};
    const auto hashed = hash_file(opened.get(), most_bytes_);
    if (!hashed || !is_file(opened.get(), file)) return {};
    if (known_.size() >= most_kept) known_.clear();
    known_.emplace(key, *hashed);
    return *hashed;
}

base::Result<std::string> hash_file(int file, std::uint64_t most_bytes) {
    const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
    if (!digest || EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) != 1) {
        return base::fail(base::ErrorKind::system, "OpenSSL has no SHA-256");
    }
    std::vector<std::uint8_t> piece(1 << 17);
    std::uint64_t at = 0;
    while (true) {
        const auto count = ::pread(file, piece.data(), piece.size(), static_cast<off_t>(at));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::fail_errno(errno, "reading a program");
        if (count == 0) break;
        at += static_cast<std::uint64_t>(count);
        if (at > most_bytes) {
            return base::fail(base::ErrorKind::full, "a program of more than {} bytes", most_bytes);
        }
        EVP_DigestUpdate(digest.get(), piece.data(), static_cast<std::size_t>(count));
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned int size = 0;
    EVP_DigestFinal_ex(digest.get(), sum.data(), &size);
    std::string text;
    for (unsigned int i = 0; i < size; ++i) text += fmt::format("{:02x}", sum[i]);
    return text;
}

}  // namespace shoji::sensor
