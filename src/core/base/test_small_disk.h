// For tests, run as root: a small disk that can be full, where only the test and what it starts see
// it. The calling thread gets mounts of its own, for the rest of its life.
#pragma once

#include "core/base/file_descriptor.h"

#include <cstdint>
#include <filesystem>
#include <string>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace shoji::base {

class SmallDisk {
  public:
    // What is in the folder already is on the disk too.
    SmallDisk(std::filesystem::path folder, std::uint64_t bytes) : folder_(std::move(folder)) {
        namespace fs = std::filesystem;
        const fs::path aside = folder_.native() + ".aside";
        fs::copy(folder_, aside, fs::copy_options::recursive);
        const std::string size = "mode=0755,size=" + std::to_string(bytes);
        mounted_ = ::unshare(CLONE_NEWNS) == 0 &&
                   ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                   ::mount("none", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0;
        if (mounted_) fs::copy(aside, folder_, fs::copy_options::recursive);
        fs::remove_all(aside);
    }
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;
    ~SmallDisk() {
        if (mounted_) ::umount2(folder_.c_str(), MNT_DETACH);
    }

    [[nodiscard]] bool mounted() const { return mounted_; }
    // Until not a byte more fits.
    void fill() const {
        const FileDescriptor file(::open(filler().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        const std::string block(4096, 'x');
        while (::write(file.get(), block.data(), block.size()) > 0) continue;
    }
    void free() const { std::filesystem::remove(filler()); }

  private:
    [[nodiscard]] std::filesystem::path filler() const { return folder_ / "filler"; }

    std::filesystem::path folder_;
    bool mounted_ = false;
};

}  // namespace shoji::base
