#include "watch/shield/shield.h"

#include "core/base/file_descriptor.h"
#include "watch/shield/refused_act.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fcntl.h>
#include <shield.skel.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

constexpr std::uint32_t zero = 0;

int take_refusal(void* into, void* data, std::size_t size) {
    shield_refusal told{};
    if (size < sizeof told) return 0;
    std::memcpy(&told, data, sizeof told);
    Refusal refusal;
    refusal.act = static_cast<Act>(told.act);
    refusal.detail = told.detail;
    refusal.process = static_cast<pid_t>(told.process);
    refusal.user = told.user;
    refusal.program.assign(told.program, ::strnlen(told.program, sizeof told.program));
    static_cast<std::vector<Refusal>*>(into)->push_back(std::move(refusal));
    return 0;
}

// A process that was there before the shield, and so is not the sensor's, tries a signal that does
// nothing. LSM programs also load where they are not among the machine's security modules.
class Stranger {
  public:
    static base::Result<Stranger> make() {
        Stranger stranger;
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) return base::fail_errno(errno, "making a pipe");
        const base::FileDescriptor reading(ends[0]);
        stranger.start_.reset(ends[1]);
        const pid_t target = ::getpid();
        stranger.process_ = ::fork();
        if (stranger.process_ < 0) return base::fail_errno(errno, "starting a process");
        if (stranger.process_ > 0) return stranger;
        stranger.start_.reset();
        char start = 0;
        if (::read(reading.get(), &start, 1) != 1) ::_exit(2);
        ::_exit(::kill(target, SIGWINCH) != 0 && errno == EPERM ? 0 : 1);
    }
    Stranger(Stranger&& other) noexcept
        : start_(std::move(other.start_)), process_(std::exchange(other.process_, -1)) {}
    Stranger& operator=(Stranger&&) = delete;
    Stranger(const Stranger&) = delete;
    Stranger& operator=(const Stranger&) = delete;
    ~Stranger() {
        start_.reset();
        if (process_ > 0) static_cast<void>(wait());
    }

    bool is_refused() {
        if (::write(start_.get(), "x", 1) != 1) return false;
        return wait() == 0;
    }

  private:
    Stranger() = default;
    int wait() {
        int status = 0;
        while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) continue;
        process_ = -1;
        return status;
    }

    base::FileDescriptor start_;
    pid_t process_ = -1;
};

}  // namespace

struct Shield::Loaded {
    std::unique_ptr<shield_bpf, void (*)(shield_bpf*)> kernel{nullptr, &shield_bpf__destroy};
    std::vector<Refusal> refusals;
    std::unique_ptr<ring_buffer, decltype(&ring_buffer__free)> ring{nullptr, &ring_buffer__free};
    std::uint64_t untold = 0;

    base::Result<void> load() {
        kernel.reset(shield_bpf__open_and_load());
        if (!kernel) return base::fail_errno(errno, "loading LSM programs");
        ring.reset(ring_buffer__new(bpf_map__fd(kernel->maps.shield_refusals), &take_refusal,
                                    &refusals, nullptr));
        if (!ring) return base::fail_errno(errno, "reading the shield");
        if (shield_bpf__attach(kernel.get()) != 0) {
            return base::fail_errno(errno, "attaching LSM programs");
        }
        return {};
    }

    base::Result<void> set_adopted(std::uint32_t process) {
        shield_settings settings{};
        settings.adopted = process;
        if (bpf_map_update_elem(bpf_map__fd(kernel->maps.shield_settings), &zero, &settings,
                                BPF_ANY) != 0) {
            return base::fail_errno(errno, "setting the shield");
        }
        return {};
    }

    base::Result<void> adopt_this_process() {
        if (auto set = set_adopted(static_cast<std::uint32_t>(::getpid())); !set) return set;
        static_cast<void>(::kill(::getpid(), 0));
        return set_adopted(0);
    }

    // Others could else make themselves the sensor's. The programs still write.
    base::Result<void> close_maps() {
        for (const bpf_map* map : {kernel->maps.shield_settings, kernel->maps.shield_processes,
                                   kernel->maps.shield_untold}) {
            if (bpf_map_freeze(bpf_map__fd(map)) != 0) {
                return base::fail_errno(errno, "closing the shield's maps");
            }
        }
        return {};
    }
};

Shield::Shield(std::unique_ptr<Loaded> loaded) : loaded_(std::move(loaded)) {}
Shield::Shield(Shield&&) noexcept = default;
Shield& Shield::operator=(Shield&&) noexcept = default;
Shield::~Shield() = default;

base::Result<Shield> Shield::raise() {
    libbpf_set_print(nullptr);
    auto stranger = Stranger::make();
    if (!stranger) return base::Failure(stranger.error());
    auto loaded = std::make_unique<Loaded>();
    if (auto done = loaded->load(); !done) return base::Failure(done.error());
    if (auto done = loaded->adopt_this_process(); !done) return base::Failure(done.error());
    if (auto done = loaded->close_maps(); !done) return base::Failure(done.error());
    if (!stranger->is_refused()) {
        return base::fail(base::ErrorKind::unavailable,
                          "LSM programs load but refuse nothing: 'bpf' is not among the kernel's "
                          "security modules");
    }
    Shield shield(std::move(loaded));
    static_cast<void>(shield.take_refusals());
    return shield;
}

Shield::Told Shield::take_refusals() {
    Told told;
    static_cast<void>(ring_buffer__consume(loaded_->ring.get()));
    told.refusals = std::exchange(loaded_->refusals, {});
    std::uint64_t untold = 0;
    if (bpf_map_lookup_elem(bpf_map__fd(loaded_->kernel->maps.shield_untold), &zero, &untold) ==
        0) {
        told.more = untold - std::exchange(loaded_->untold, untold);
    }
    return told;
}

}  // namespace shoji::shield
