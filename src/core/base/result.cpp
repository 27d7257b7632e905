#include "core/base/result.h"

#include <system_error>

namespace shoji::base {

Failure fail_errno(int error_number, std::string_view doing) {
    return fail(ErrorKind::system, "{}: {}", doing,
                std::error_code(error_number, std::generic_category()).message());
}

}  // namespace shoji::base
