#include "watch/detect/incident/path_glob.h"

#include "watch/detect/sigma/fold.h"

#include <algorithm>

namespace shoji::incident {

PathGlob::PathGlob(std::string_view pattern) {
    auto rest = sigma::fold(pattern);
    std::ranges::replace(rest, '\\', '/');
    for (std::size_t at = 0; at < rest.size();) {
        const auto end = std::min(rest.find_first_of("*?", at), rest.size());
        if (end > at) {
            glob_.append(sigma::Glob::Kind::literal, std::string_view(rest).substr(at, end - at));
        } else if (rest[at] == '*') {
            glob_.append(sigma::Glob::Kind::any, {});
        } else {
            glob_.append(sigma::Glob::Kind::one, {});
        }
        at = std::max(end, at + 1);
    }
}

}  // namespace shoji::incident
