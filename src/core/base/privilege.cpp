#include "core/base/privilege.h"

#include <cerrno>

#include <grp.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace shoji::base {

Result<void> drop_privileges(uid_t user) {
    if (::geteuid() != user) {
        if (::setgroups(0, nullptr) != 0) return fail_errno(errno, "dropping supplementary groups");
        if (::setresgid(user, user, user) != 0) return fail_errno(errno, "changing the group id");
        if (::setresuid(user, user, user) != 0) return fail_errno(errno, "changing the user id");
        if (::setuid(0) == 0) {
            return fail(ErrorKind::system, "user id {} could become root again", user);
        }
    }
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return fail_errno(errno, "no_new_privs");
    if (::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0)
        return fail_errno(errno, "forbidding core dumps");
    return {};
}

}  // namespace shoji::base
