#include "watch/response/program_lsm.h"

#include "core/base/file_descriptor.h"
#include "core/base/random.h"
#include "watch/response/exec_guard.h"
#include "watch/response/file_digest.h"

#include <algorithm>
#include <cerrno>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <exec_guard_lsm.skel.h>
#include <sys/mman.h>
#include <unistd.h>

namespace shoji::response {
namespace {

constexpr std::uint32_t no_list = (1U << (32U - EXEC_GUARD_VERDICT_BITS)) - 1;  // of the trial

exec_guard_digest key_of(const journal::Digest& digest) {
    exec_guard_digest key{};
    std::ranges::copy(digest, key.bytes);
    return key;
}

exec_guard_place key_of(const KernelFile& file) {
    exec_guard_place key{};
    key.inode = file.inode;
    key.device = file.device;
    return key;
}

exec_guard_name key_of(const std::array<char, EXEC_GUARD_NAME>& name) {
    exec_guard_name key{};
    std::ranges::copy(name, key.text);
    return key;
}

// The new ones first: a blocked file stays so all the while.
template <class Set>
base::Result<void> replace(bpf_map* map, Set& present, Set wanted, std::size_t room) {
    for (const auto& one : wanted) {
        const auto key = key_of(one);
        const std::uint8_t yes = 1;
        if (bpf_map_update_elem(bpf_map__fd(map), &key, &yes, BPF_ANY) != 0) {
            return base::worded(
                base::fail(base::ErrorKind::full, "more than {} files are blocked", room),
                "response.block.full", {{"limit", std::to_string(room)}});
        }
    }
    for (const auto& one : present) {
        const auto key = key_of(one);
        if (!wanted.contains(one)) bpf_map_delete_elem(bpf_map__fd(map), &key);
    }
    present = std::move(wanted);
    return {};
}

// A file of memory that nobody has: as long as no other is likely to be.
base::FileDescriptor new_file() {
    constexpr unsigned without_execution = 8;  // MFD_NOEXEC_SEAL, for where nothing else is allowed
    base::FileDescriptor file(
        ::memfd_create("shoji-trial", MFD_CLOEXEC | MFD_ALLOW_SEALING | without_execution));
    if (!file.valid()) file.reset(::memfd_create("shoji-trial", MFD_CLOEXEC));
    const std::string text = base::random_hex(37);
    if (file.valid() &&
        ::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        file.reset();
    }
    return file;
}

bool maps_executable(int file) {
    constexpr std::size_t length = 64;
    void* at = ::mmap(nullptr, length, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    if (at == MAP_FAILED) return false;
    ::munmap(at, length);
    return true;
}

}  // namespace

base::Result<ProgramLsm> ProgramLsm::start(const SharedMaps& shared) {
    ProgramLsm guard({exec_guard_lsm_bpf__open(), &exec_guard_lsm_bpf__destroy});
    if (!guard.kernel_) return base::fail_errno(errno, "reading the LSM programs");
    auto& maps = guard.kernel_->maps;
    if (bpf_map__reuse_fd(maps.exec_policy, shared.policy) != 0 ||
        bpf_map__reuse_fd(maps.exec_sizes, shared.sizes) != 0 ||
        bpf_map__reuse_fd(maps.exec_verdicts, shared.verdicts) != 0) {
        return base::fail_errno(errno, "sharing maps with the LSM programs");
    }
    if (exec_guard_lsm_bpf__load(guard.kernel_.get()) != 0)
        return base::fail_errno(errno, "loading LSM programs");
    if (exec_guard_lsm_bpf__attach(guard.kernel_.get()) != 0)
        return base::fail_errno(errno, "attaching LSM programs");
    if (auto tried = guard.try_out(shared); !tried) return base::Failure(tried.error());
    return guard;
}

// A file of its own is blocked and mapped. LSM programs also load where they are not among the
// machine's security modules, and do nothing there; and a kernel without IMA hashes no files.
base::Result<void> ProgramLsm::try_out(const SharedMaps& shared) {
    const auto file = new_file();
    if (!file.valid() || !maps_executable(file.get()))
        return base::because(base::ErrorKind::unavailable, "LSM programs cannot be tried out");
    const auto digest = digest_of_file(file.get());
    if (!digest) return base::Failure(digest.error());
    const auto size = static_cast<std::uint64_t>(::lseek(file.get(), 0, SEEK_END));
    exec_guard_policy trial{};
    trial.list = no_list;
    const std::uint32_t zero = 0;
    const std::uint8_t yes = 1;
    std::set<journal::Digest> blocked{*digest};
    if (auto set = replace(kernel_->maps.exec_digests, digests_, blocked, 1); !set) return set;
    const bool set = bpf_map_update_elem(shared.sizes, &size, &yes, BPF_ANY) == 0 &&
                     bpf_map_update_elem(shared.policy, &zero, &trial, BPF_ANY) == 0;
    const bool refuses = set && !maps_executable(file.get());
    bpf_map_delete_elem(shared.sizes, &size);
    if (auto cleared = replace(kernel_->maps.exec_digests, digests_, {}, 1); !cleared)
        return cleared;
    kernel_->bss->exec_refused = 0;
    kernel_->bss->exec_read = 0;
    if (refuses) return {};
    return base::because(base::ErrorKind::unavailable,
                         "LSM programs load but refuse nothing: 'bpf' is not among the kernel's "
                         "security modules, or the kernel hashes no files (IMA, SHA-256)");
}

base::Result<void> ProgramLsm::set_list(const BlockList& list) {
    std::set<KernelFile> places;
    std::set<Name> names;
    for (const auto& path : list.paths()) {
        if (const auto file = kernel_file(path)) places.insert(*file);
        Name name{};
        if (path.size() >= name.size()) continue;  // known by what is there alone
        std::ranges::copy(path, name.begin());
        names.insert(name);
    }
    auto& maps = kernel_->maps;
    if (auto set = replace(maps.exec_digests, digests_, list.digests(), EXEC_GUARD_DIGESTS); !set)
        return set;
    if (auto set = replace(maps.exec_places, places_, places, EXEC_GUARD_PATHS); !set) return set;
    return replace(maps.exec_names, names_, names, EXEC_GUARD_PATHS);
}

std::uint64_t ProgramLsm::refused() const {
    return kernel_->bss->exec_refused;
}
std::uint64_t ProgramLsm::read() const {
    return kernel_->bss->exec_read;
}
std::uint64_t ProgramLsm::too_long() const {
    return kernel_->bss->exec_too_long;
}

}  // namespace shoji::response
