#include "watch/response/program_lsm.h"

#include "core/base/file_descriptor.h"
#include "core/base/random.h"
#include "watch/response/exec_guard.h"
#include "watch/response/file_digest.h"
#include "watch/response/kernel_file.h"
#include "watch/response/map_keys.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <set>
#include <type_traits>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <exec_guard_lsm.skel.h>
#include <sys/mman.h>
#include <unistd.h>

namespace shoji::response {
namespace {

constexpr std::uint32_t no_list = (1U << (32U - EXEC_GUARD_VERDICT_BITS)) - 1;  // of the trial

// Their order in ProgramLsm::files_, before the links.
enum class Map : std::uint8_t { digests, places, names, counts };

// As the kernel programs have them, byte by byte.
using Place = std::array<std::uint64_t, 2>;  // inode, device
using Name = std::array<char, EXEC_GUARD_NAME>;
static_assert(sizeof(journal::Digest) == sizeof(exec_guard_digest));
static_assert(sizeof(Place) == sizeof(exec_guard_place));
static_assert(sizeof(Name) == sizeof(exec_guard_name));

using Loaded = std::unique_ptr<exec_guard_lsm_bpf, void (*)(exec_guard_lsm_bpf*)>;

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

// A file of its own is blocked and mapped. LSM programs also load where they are not among the
// machine's security modules, and do nothing there; and a kernel without IMA hashes no files.
base::Result<void> try_out(const Loaded& loaded, const SharedMaps& shared) {
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
    const int digests = bpf_map__fd(loaded->maps.exec_digests);
    const std::set<journal::Digest> blocked{*digest};
    if (auto set = set_keys(digests, blocked, 1); !set) return set;
    const bool set = bpf_map_update_elem(shared.sizes, &size, &yes, BPF_ANY) == 0 &&
                     bpf_map_update_elem(shared.policy, &zero, &trial, BPF_ANY) == 0;
    const bool refuses = set && !maps_executable(file.get());
    bpf_map_delete_elem(shared.sizes, &size);
    if (auto cleared = set_keys(digests, std::set<journal::Digest>(), 1); !cleared) return cleared;
    loaded->bss->exec_refused = 0;
    loaded->bss->exec_read = 0;
    if (refuses) return {};
    return base::because(base::ErrorKind::unavailable,
                         "LSM programs load but refuse nothing: 'bpf' is not among the kernel's "
                         "security modules, or the kernel hashes no files (IMA, SHA-256)");
}

}  // namespace

base::Result<ProgramLsm> ProgramLsm::start(const SharedMaps& shared) {
    const Loaded loaded(exec_guard_lsm_bpf__open(), &exec_guard_lsm_bpf__destroy);
    if (!loaded) return base::fail_errno(errno, "reading the LSM programs");
    const auto& maps = loaded->maps;
    if (bpf_map__reuse_fd(maps.exec_policy, shared.policy) != 0 ||
        bpf_map__reuse_fd(maps.exec_sizes, shared.sizes) != 0 ||
        bpf_map__reuse_fd(maps.exec_verdicts, shared.verdicts) != 0) {
        return base::fail_errno(errno, "sharing maps with the LSM programs");
    }
    if (exec_guard_lsm_bpf__load(loaded.get()) != 0)
        return base::fail_errno(errno, "loading LSM programs");
    if (exec_guard_lsm_bpf__attach(loaded.get()) != 0)
        return base::fail_errno(errno, "attaching LSM programs");
    if (auto tried = try_out(loaded, shared); !tried) return base::Failure(tried.error());
    const auto& links = loaded->links;
    // Such links end with their last descriptor.
    const std::array<int, 7> all{
        bpf_map__fd(maps.exec_digests),      bpf_map__fd(maps.exec_places),
        bpf_map__fd(maps.exec_names),        bpf_map__fd(maps.bss),
        bpf_link__fd(links.guard_program),   bpf_link__fd(links.guard_mapping),
        bpf_link__fd(links.guard_protecting)};
    return ProgramLsm(duplicates_of(all));
}

base::Result<void> ProgramLsm::set_list(const BlockList& list) {
    std::set<Place> places;
    std::set<Name> names;
    for (const auto& path : list.paths()) {
        if (const auto file = kernel_file_without_links(path)) {
            places.insert({file->inode, file->device});
        }
        Name name{};
        if (path.size() >= name.size()) continue;  // known by what is there alone
        std::ranges::copy(path, name.begin());
        names.insert(name);
    }
    const auto map = [this](Map which) { return files_[static_cast<std::size_t>(which)].get(); };
    if (auto set = set_keys(map(Map::digests), list.digests(), EXEC_GUARD_DIGESTS); !set)
        return set;
    if (auto set = set_keys(map(Map::places), places, EXEC_GUARD_PATHS); !set) return set;
    return set_keys(map(Map::names), names, EXEC_GUARD_PATHS);
}

ProgramLsmCounts ProgramLsm::counts() const {
    std::remove_pointer_t<decltype(exec_guard_lsm_bpf::bss)> counts{};
    const std::uint32_t zero = 0;
    bpf_map_lookup_elem(files_[static_cast<std::size_t>(Map::counts)].get(), &zero, &counts);
    return {counts.exec_refused, counts.exec_read, counts.exec_too_long};
}

}  // namespace shoji::response
