#include "watch/detect/incident/names.h"

#include "watch/detect/sigma/fold.h"

#include <algorithm>

namespace shoji::incident {
namespace {

bool is_address(std::string_view text) {
    const bool v4 =
        std::ranges::all_of(text, [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
    return v4 || text.find(':') != std::string_view::npos;
}

}  // namespace

std::string clipped(std::string_view text, std::size_t most) {
    if (text.size() <= most) return std::string(text);
    constexpr std::string_view gap = "…";
    const std::size_t begin = (most - gap.size()) / 4;
    const std::size_t end = most - gap.size() - begin;
    std::string kept(text.substr(0, begin));
    kept += gap;
    kept += text.substr(text.size() - end);
    return kept;
}

std::string host_key(std::string_view host) {
    if (!is_address(host.substr(0, most_name))) host = host.substr(0, host.find('.'));
    return sigma::fold(clipped(host, most_name));
}

std::string user_key(std::string_view user) {
    if (const auto slash = user.rfind('\\'); slash != std::string_view::npos) {
        user.remove_prefix(slash + 1);
    }
    user = user.substr(0, user.find('@'));
    return sigma::fold(clipped(user, most_name));
}

bool is_local_account(std::string_view user, std::string_view host) {
    const auto slash = user.rfind('\\');
    if (slash == std::string_view::npos || slash == 0) return false;
    return host_key(user.substr(0, slash)) == host_key(host);
}

std::string path_key(std::string_view path) {
    auto key = sigma::fold(clipped(path, most_path));
    std::ranges::replace(key, '\\', '/');
    return key;
}

std::string program_name(std::string_view path) {
    const auto slash = path.find_last_of("\\/");
    return path_key(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace shoji::incident
