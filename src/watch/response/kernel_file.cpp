#include "watch/response/kernel_file.h"

#include "core/base/file_descriptor.h"
#include "watch/response/small_file.h"

#include <sstream>
#include <string_view>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

namespace shoji::response {
namespace {

constexpr unsigned minor_bits = 20;

// The number behind a word at the beginning of a line of /proc/self/fdinfo. Empty: there is none.
std::optional<std::uint64_t> number_of(const std::string& text, std::string_view word) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        if (!line.starts_with(word)) continue;
        std::uint64_t number = 0;
        if (std::istringstream(line.substr(word.size())) >> number) return number;
    }
    return std::nullopt;
}

// Of the file system that is mounted there. Empty: that mount is not among the caller's.
std::optional<std::uint32_t> device_of_mount(const std::string& mountinfo, std::uint64_t mount) {
    std::istringstream lines(mountinfo);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::uint64_t id = 0;
        std::uint64_t parent = 0;
        std::uint32_t major = 0;
        std::uint32_t minor = 0;
        char colon = 0;
        if (!(words >> id >> parent >> major >> colon >> minor) || id != mount) continue;
        return major << minor_bits | minor;
    }
    return std::nullopt;
}

}  // namespace

std::optional<KernelFile> kernel_file(const std::string& path) {
    return kernel_file(base::FileDescriptor(::open(path.c_str(), O_PATH | O_CLOEXEC)).get());
}

std::optional<KernelFile> kernel_file_without_links(const std::string& path) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS;
    const base::FileDescriptor file(
        static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
    return kernel_file(file.get());
}

std::optional<KernelFile> kernel_file(int file) {
    struct stat state {};
    if (::fstat(file, &state) != 0) return std::nullopt;
    constexpr std::size_t most_told = 1U << 14U;
    constexpr std::size_t most_mounts = 1U << 22U;
    const auto told = read_small_file(fmt::format("/proc/self/fdinfo/{}", file), most_told);
    const auto mounts = read_small_file("/proc/self/mountinfo", most_mounts);
    const auto mount = told ? number_of(*told, "mnt_id:") : std::nullopt;
    const auto device = mount && mounts ? device_of_mount(*mounts, *mount) : std::nullopt;
    const auto inode = told ? number_of(*told, "ino:") : std::nullopt;
    return KernelFile{inode.value_or(state.st_ino), device.value_or(kernel_device(state.st_dev))};
}

std::uint32_t kernel_device(std::uint64_t device) {
    return static_cast<std::uint32_t>(::major(device) << minor_bits | ::minor(device));
}

}  // namespace shoji::response
