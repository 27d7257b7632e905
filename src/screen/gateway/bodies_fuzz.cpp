// What a terminal's browser sends: bodies, cookies, queries.
#include "screen/gateway/bodies.h"
#include "screen/gateway/cookie.h"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    namespace gateway = shoji::gateway;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto body = gateway::sign_in_body(text); body && body->user.size() > size) {
        __builtin_trap();
    }
    if (const auto body = gateway::enrol_body(text); body && body->code.size() > size) {
        __builtin_trap();
    }
    if (const auto body = gateway::screen_body(text);
        body && (body->geometry.width > shoji::control::maximum_side ||
                 body->geometry.height > shoji::control::maximum_side)) {
        __builtin_trap();
    }
    static_cast<void>(gateway::empty_body(text));
    const auto inside = [text](std::string_view part) {
        return part.data() >= text.data() && part.data() + part.size() <= text.data() + text.size();
    };
    if (const auto cookie = gateway::cookie_value(text); cookie && !inside(*cookie)) {
        __builtin_trap();
    }
    if (const auto ticket = gateway::ticket_of_query(text); ticket && !inside(*ticket)) {
        __builtin_trap();
    }
    return 0;
}
