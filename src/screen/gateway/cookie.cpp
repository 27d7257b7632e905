#include "screen/gateway/cookie.h"

#include <fmt/format.h>

namespace shoji::gateway {
namespace {

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
    return text;
}

}  // namespace

std::optional<std::string_view> cookie_value(std::string_view header) {
    std::optional<std::string_view> value;
    while (!header.empty()) {
        const auto end = header.find(';');
        const std::string_view pair = trimmed(header.substr(0, end));
        header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != cookie_name) continue;
        if (value) return {};
        value = pair.substr(equals + 1);
    }
    return value;
}

std::string set_cookie(std::string_view token) {
    return fmt::format("{}={}; Path=/; Secure; HttpOnly; SameSite=Strict", cookie_name, token);
}

std::string clear_cookie() {
    return fmt::format("{}=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0", cookie_name);
}

}  // namespace shoji::gateway
