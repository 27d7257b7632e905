#include "watch/detect/sigma/placeholders.h"

namespace shoji::sigma {
namespace {

// Each of `all` with each of `ends` behind it.
std::vector<Glob> lengthened(const std::vector<Glob>& all, const std::vector<Glob>& ends) {
    std::vector<Glob> longer;
    for (const auto& one : all) {
        for (const auto& end : ends) {
            longer.push_back(one);
            for (const auto& part : end.parts()) longer.back().append(part.kind, part.text);
        }
    }
    return longer;
}

}  // namespace

std::optional<std::vector<Glob>> with_placeholders(
    const Glob& glob, std::size_t most,
    const std::function<std::optional<std::vector<Glob>>(std::string_view)>& values) {
    std::vector<Glob> all(1);
    const auto append = [&](Glob::Kind kind, std::string_view text) {
        for (auto& one : all) one.append(kind, text);
    };
    for (const auto& part : glob.parts()) {
        if (part.kind != Glob::Kind::literal) append(part.kind, {});
        std::string_view rest = part.text;
        while (!rest.empty()) {
            const auto start = rest.find('%');
            const auto end = start == std::string_view::npos ? start : rest.find('%', start + 1);
            if (end == std::string_view::npos) {
                append(Glob::Kind::literal, rest);
                break;
            }
            append(Glob::Kind::literal, rest.substr(0, start));
            const auto replaced = values(rest.substr(start + 1, end - start - 1));
            if (!replaced) append(Glob::Kind::literal, rest.substr(start, end + 1 - start));
            rest.remove_prefix(end + 1);
            if (!replaced) continue;
            if (all.size() * replaced->size() > most) return std::nullopt;
            all = lengthened(all, *replaced);
        }
    }
    return all;
}

bool has_placeholders(const Glob& glob) {
    bool found = false;
    with_placeholders(glob, 1, [&](std::string_view) {
        found = true;
        return std::nullopt;
    });
    return found;
}

}  // namespace shoji::sigma
