#include "watch/sensor/kernel_pins.h"

#include "watch/sensor/family.h"
#include "watch/sensor/record.h"

#include <cerrno>
#include <functional>
#include <string_view>
#include <system_error>

#include <bpf/bpf.h>
#include <linux/magic.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

namespace fs = std::filesystem;

bool is_bpf_folder(const fs::path& folder) {
    struct statfs state {};
    return ::statfs(folder.c_str(), &state) == 0 && state.f_type == BPF_FS_MAGIC;
}

// Nobody else could have put anything there.
bool is_own_folder(const fs::path& folder) {
    constexpr mode_t others = 077;
    struct stat state {};
    return ::lstat(folder.c_str(), &state) == 0 && S_ISDIR(state.st_mode) &&
           state.st_uid == ::geteuid() && (state.st_mode & others) == 0 && is_bpf_folder(folder);
}

base::FileDescriptor open_pin(const fs::path& file) {
    return base::FileDescriptor(bpf_obj_get(file.c_str()));
}

bool is_ring(int descriptor) {
    bpf_map_info info{};
    std::uint32_t size = sizeof info;
    return bpf_obj_get_info_by_fd(descriptor, &info, &size) == 0 &&
           info.type == BPF_MAP_TYPE_RINGBUF && info.max_entries == SENSOR_RING_BYTES;
}

}  // namespace

std::string ring_pin() {
    std::size_t mixed = 0;
    for (const auto& family : families()) {
        for (const auto& backend : family.backends) {
            const auto bytes = backend.object();
            const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
            mixed = mixed * 31 + std::hash<std::string_view>()(text);
        }
    }
    return fmt::format("ring-{:016x}", mixed);
}

std::optional<LeftRing> find_left_ring(const fs::path& folder) {
    if (!is_own_folder(folder)) return std::nullopt;
    LeftRing left{open_pin(folder / ring_pin()), open_pin(folder / "losses"),
                  open_pin(folder / "told")};
    const bool is_whole = left.ring.valid() && left.losses.valid() && left.told.valid();
    if (!is_whole || !is_ring(left.ring.get())) return std::nullopt;
    return left;
}

base::Result<void> prepare_pins(const fs::path& folder) {
    // Never the top of such a file system, where others have theirs.
    if (!is_bpf_folder(folder.parent_path())) {
        return base::fail(base::ErrorKind::invalid, "{} is in no BPF file system", folder.native());
    }
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return base::fail_errno(errno, "making " + folder.native());
    }
    if (!is_own_folder(folder)) {
        return base::fail(base::ErrorKind::denied, "{} is not a folder of the sensor's alone",
                          folder.native());
    }
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(folder, failed)) {
        fs::remove_all(entry.path(), failed);
        if (failed) break;
    }
    if (failed) {
        return base::fail(base::ErrorKind::system, "emptying {}: {}", folder.native(),
                          failed.message());
    }
    return {};
}

base::Result<ino_t> pin(int descriptor, const fs::path& file) {
    struct stat state {};
    if (bpf_obj_pin(descriptor, file.c_str()) == 0 && ::lstat(file.c_str(), &state) == 0) {
        return state.st_ino;
    }
    return base::fail_errno(errno, "pinning " + file.native());
}

bool is_pin(const fs::path& file, ino_t inode) {
    struct stat state {};
    return ::lstat(file.c_str(), &state) == 0 && S_ISREG(state.st_mode) && state.st_ino == inode;
}

void remove_pins(const fs::path& folder) {
    if (auto emptied = prepare_pins(folder); !emptied) {
        spdlog::error("{}", emptied.error().message);
    }
    ::rmdir(folder.c_str());
}

}  // namespace shoji::sensor
