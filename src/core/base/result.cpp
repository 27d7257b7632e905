#include "core/base/result.h"

#include <cerrno>
#include <system_error>

namespace shoji::base {

Failure fail_errno(int error_number, std::string_view doing) {
    const bool no_space = error_number == ENOSPC || error_number == EDQUOT;
    return fail(no_space ? ErrorKind::full : ErrorKind::system, "{}: {}", doing,
                std::error_code(error_number, std::generic_category()).message());
}

}  // namespace shoji::base
