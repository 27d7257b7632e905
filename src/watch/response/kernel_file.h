// A file as the kernel's own structures number it. stat(2) may say otherwise: on overlayfs and
// btrfs its device is not the one of the file system.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace shoji::response {

struct KernelFile {
    std::uint64_t inode = 0;
    std::uint32_t device = 0;  // major << 20 | minor

    auto operator<=>(const KernelFile&) const = default;
};

// What is at that path now, links followed. Empty: nothing is.
std::optional<KernelFile> kernel_file(const std::string& path);
// The same where no part of the path is a link.
std::optional<KernelFile> kernel_file_without_links(const std::string& path);
std::optional<KernelFile> kernel_file(int file);

// A device of stat(2), in the kernel's way of writing it.
std::uint32_t kernel_device(std::uint64_t device);

}  // namespace shoji::response
