// The bodies of the console's requests. Pure: bytes in, checked values out.
#pragma once

#include "core/base/result.h"
#include "screen/control/control.h"

#include <optional>
#include <string>
#include <string_view>

namespace shoji::gateway {

inline constexpr std::size_t maximum_body = 16 * 1024;  // bytes

struct SignInBody {
    std::string user;
    std::string password;
    std::optional<std::string> code;
};
struct EnrolBody {
    std::string password;
    std::string code;
};
struct ScreenBody {
    std::string destination;
    control::Geometry geometry;
    control::Locale locale = control::Locale::ja;
    control::Layout layout = control::Layout::jp;
};

base::Result<SignInBody> sign_in_body(std::string_view body);
base::Result<EnrolBody> enrol_body(std::string_view body);
base::Result<ScreenBody> screen_body(std::string_view body);
// {}: nothing but an object without members.
base::Result<void> empty_body(std::string_view body);

// The value of `ticket=` when it is the query's only parameter.
std::optional<std::string_view> ticket_of_query(std::string_view query);

// Lower-case letters, digits, '.', '_', '-', 1 to 64, the first a letter or digit.
bool is_user_name(std::string_view name);

}  // namespace shoji::gateway
