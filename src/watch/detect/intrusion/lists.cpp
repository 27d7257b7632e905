#include "watch/detect/intrusion/lists.h"

#include "watch/detect/incident/names.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace shoji::intrusion {
namespace {

// Nothing: a quotation mark has no end, or a part is too long.
std::optional<std::vector<std::string>> parts_of(std::string_view line) {
    std::vector<std::string> parts;
    while (true) {
        const auto begin = line.find_first_not_of(" \t\r");
        if (begin == std::string_view::npos || line[begin] == '#') return parts;
        line.remove_prefix(begin);
        const bool is_quoted = line.front() == '"';
        if (is_quoted) line.remove_prefix(1);
        const auto end = is_quoted ? line.find('"') : line.find_first_of(" \t\r");
        if (is_quoted && end == std::string_view::npos) return std::nullopt;
        const auto part = line.substr(0, end);
        if (part.size() > Lists::most_part || part.empty()) return std::nullopt;
        parts.emplace_back(part);
        line.remove_prefix(std::min(line.size(), part.size() + (is_quoted ? 1U : 0U)));
    }
}

bool is_technique(std::string_view text) {
    return text.size() >= 5 && text.size() <= 9 && text.front() == 'T' &&
           std::ranges::all_of(text.substr(1),
                               [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

bool is_one_of(std::string_view name, std::span<const std::string_view> names) {
    return std::ranges::find(names, name) != names.end();
}

// Those for which the catalogue has words.
constexpr std::array<std::string_view, 5> credential_sorts{"lsass", "sam", "ntds", "browser",
                                                           "shadow"};
constexpr std::array<std::string_view, 5> parent_classes{"office", "pdf", "browser", "web",
                                                         "database"};

}  // namespace

base::Result<Lists> Lists::parse(std::string_view text) {
    if (text.size() > most_bytes) {
        return base::because(base::ErrorKind::full, "more than {} bytes", most_bytes);
    }
    Lists lists;
    for (std::size_t line = 1; !text.empty(); ++line) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto parts = parts_of(text.substr(0, end));
        text.remove_prefix(std::min(text.size(), end + 1));
        if (!parts || (!parts->empty() && !lists.take(*parts))) {
            auto failure = base::because(base::ErrorKind::invalid, "not understood");
            return base::inside(base::at_line(line), failure.value());
        }
        if (lists.entries_ > most_entries) {
            auto failure =
                base::because(base::ErrorKind::full, "more than {} entries", most_entries);
            return base::inside(base::at_line(line), failure.value());
        }
    }
    if (lists.edition_.empty()) {
        return base::because(base::ErrorKind::invalid, "the list has no edition");
    }
    return lists;
}

bool Lists::take(const Parts& parts) {
    entries_ += parts.size() - 1;
    if (parts[0] == "credential") return take_credential(parts);
    if (parts[0] == "parent") return take_parent(parts);
    if (parts[0] == "child") return take_programs(parts, children_);
    if (parts[0] == "remote") return take_programs(parts, remotes_);
    if (parts[0] == "extension") return take_extension(parts);
    if (parts[0] == "edition" && parts.size() == 2) {
        edition_ = parts[1];
        return true;
    }
    if (parts[0] != "writable") return false;
    for (std::size_t i = 1; i < parts.size(); ++i) writable_.emplace_back(parts[i]);
    return true;
}

bool Lists::take_credential(const Parts& parts) {
    constexpr std::size_t fixed = 5;
    if (parts.size() < fixed || !is_one_of(parts[1], credential_sorts)) return false;
    const auto level = sigma::level_of(parts[2]);
    if (!level || !is_technique(parts[3])) return false;
    Credential one{parts[1], *level, parts[3], incident::PathGlob(parts[4]), {}};
    for (std::size_t i = fixed; i < parts.size(); ++i) one.owners.emplace_back(parts[i]);
    credentials_.push_back(std::move(one));
    return true;
}

bool Lists::take_parent(const Parts& parts) {
    constexpr std::size_t fixed = 4;
    if (parts.size() <= fixed || !is_one_of(parts[1], parent_classes)) return false;
    const auto level = sigma::level_of(parts[2]);
    if (!level || !is_technique(parts[3])) return false;
    for (std::size_t i = fixed; i < parts.size(); ++i) {
        parents_[incident::path_key(parts[i])] = {parts[1], *level, parts[3]};
    }
    return true;
}

bool Lists::take_programs(const Parts& parts, Programs& into) {
    if (parts.size() < 3 || !is_technique(parts[1])) return false;
    for (std::size_t i = 2; i < parts.size(); ++i) into[incident::path_key(parts[i])] = parts[1];
    return true;
}

bool Lists::take_extension(const Parts& parts) {
    if (parts.size() < 3) return false;
    double bits = 0;
    const auto* end = parts[1].data() + parts[1].size();
    const auto [rest, error] = std::from_chars(parts[1].data(), end, bits);
    if (error != std::errc() || rest != end || !(bits >= 0 && bits <= 8)) return false;
    for (std::size_t i = 2; i < parts.size(); ++i) extensions_[parts[i]] = bits;
    return true;
}

const Credential* Lists::credential(std::string_view path) const {
    const auto found = std::ranges::find_if(
        credentials_, [path](const Credential& one) { return one.path.matches(path); });
    return found == credentials_.end() ? nullptr : &*found;
}

const ParentClass* Lists::parent(std::string_view program) const {
    const auto found = parents_.find(program);
    return found == parents_.end() ? nullptr : &found->second;
}

const std::string* Lists::child(std::string_view program) const {
    const auto found = children_.find(program);
    return found == children_.end() ? nullptr : &found->second;
}

const std::string* Lists::remote(std::string_view program) const {
    const auto found = remotes_.find(program);
    return found == remotes_.end() ? nullptr : &found->second;
}

bool Lists::is_writable(std::string_view path) const {
    return std::ranges::any_of(
        writable_, [path](const incident::PathGlob& glob) { return glob.matches(path); });
}

std::optional<double> Lists::extension(std::string_view name) const {
    const auto found = extensions_.find(name);
    if (found == extensions_.end()) return std::nullopt;
    return found->second;
}

}  // namespace shoji::intrusion
