#include "screen/session/confinement.h"

#include "core/confinement/confine.h"

#include <cerrno>

#include <linux/sockios.h>
#include <sys/ioctl.h>

namespace shoji::session {

base::Result<std::vector<std::string>> confine() {
    auto filter = confinement::runtime_filter();
    // How much of its input the client has not read (tcp(7), SIOCOUTQ).
    filter.allow_when("ioctl", {{1, 0xffffffff, SIOCOUTQ}});
    // What kind of file a pool of shared memory is (the compositor takes memory only).
    filter.allow({"fstatfs"});
    // What a library may try and do without, unlike an attacker's own calls.
    for (const char* call : {"open", "openat", "readlink", "prlimit64", "sysinfo", "uname"}) {
        filter.refuse(call, EPERM);
    }
    return confinement::confine_self(filter, confinement::SyscallFilter::Otherwise::kill, {});
}

}  // namespace shoji::session
