#include "core/program/service.h"

#include "core/base/privilege.h"

#include <cerrno>
#include <csignal>

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::program {

using base::FileDescriptor;
using base::Result;

Result<void> prepare_runtime(const base::Settings& settings, const std::filesystem::path& folder,
                             uid_t user) {
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem) {
        return base::fail(base::ErrorKind::system, "making {}: {}", folder.native(),
                          problem.message());
    }
    if (::chmod(folder.c_str(), 0755) != 0) {
        return base::fail_errno(errno, "opening " + folder.native());
    }
    if (::geteuid() != 0 || !settings.separate_users) return {};
    if (::chown(folder.c_str(), user, user) != 0) {
        return base::fail_errno(errno,
                                fmt::format("giving {} to the user {}", folder.native(), user));
    }
    return {};
}

Result<uid_t> owner_of(const std::filesystem::path& folder) {
    struct stat status {};
    if (::stat(folder.c_str(), &status) != 0) {
        return base::fail_errno(errno, "looking at " + folder.native());
    }
    return status.st_uid;
}

void raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) spdlog::warn("the limit of descriptors stays low");
}

Result<void> become_own_user(const base::Settings& settings, uid_t user) {
    if (settings.separate_users) return base::drop_privileges(user);
    spdlog::warn("without users of its own each program can reach the files of the others");
    return base::drop_privileges(::geteuid());
}

Result<FileDescriptor> end_signals() {
    sigset_t signals{};
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (const int error = ::pthread_sigmask(SIG_BLOCK, &signals, nullptr); error != 0) {
        return base::fail_errno(error, "blocking signals");
    }
    FileDescriptor descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor.valid()) return base::fail_errno(errno, "waiting for signals");
    return descriptor;
}

}  // namespace shoji::program
