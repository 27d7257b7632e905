#include "core/confinement/confine.h"

#include "core/confinement/capabilities.h"

#include <cerrno>

#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>

namespace shoji::confinement {
namespace {

// unshare(2): this flag has no effect, but is EINVAL where other threads run. A container may
// forbid the question, which is no answer.
bool has_other_threads() {
    return ::unshare(CLONE_THREAD) != 0 && errno == EINVAL;
}

}  // namespace

base::Result<std::vector<std::string>> confine_self(const SyscallFilter& filter,
                                                    SyscallFilter::Otherwise otherwise,
                                                    const LandlockRules& rules) {
    if (has_other_threads()) {
        return base::fail(base::ErrorKind::invalid,
                          "confinement begins before the first thread, but others run already");
    }
    const auto program = filter.compile(otherwise);
    if (!program) return base::Failure(program.error());
    if (auto dropped = drop_capabilities(); !dropped) return base::Failure(dropped.error());
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "setting no_new_privs");
    }
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "forbidding core dumps");
    }
    const rlimit none{0, 0};
    if (::setrlimit(RLIMIT_CORE, &none) != 0) {
        return base::fail_errno(errno, "limiting core dumps");
    }
    const int abi = landlock_abi();
    if (abi > 0) {
        if (auto restricted = restrict_landlock(rules, abi); !restricted) {
            return base::Failure(restricted.error());
        }
    }
    if (auto installed = install_filter(*program); !installed) {
        return base::Failure(installed.error());
    }
    return missing_in_landlock(abi);
}

}  // namespace shoji::confinement
