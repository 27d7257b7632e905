#include "watch/detect/exfiltration/name_list.h"

#include <algorithm>
#include <optional>

namespace shoji::exfiltration {
namespace {

using base::ErrorKind;

std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    line = line.substr(0, line.find('#'));
    while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
    return line;
}

std::optional<Category> category_named(std::string_view word) {
    if (word == "storage") return Category::storage;
    if (word == "paste") return Category::paste;
    if (word == "webmail") return Category::webmail;
    if (word == "lookups") return Category::lookups;
    return std::nullopt;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return out;
}

bool is_name(std::string_view name) {
    constexpr std::size_t longest = 253;  // RFC 1035, 2.3.4, as text
    return name.size() >= 3 && name.size() <= longest && name.find('.') != name.npos &&
           name.front() != '.' && name.back() != '.' &&
           std::ranges::none_of(name, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

template <class... Arguments>
base::Failure of_line(std::size_t line, ErrorKind kind, fmt::format_string<Arguments...> sentence,
                      Arguments&&... arguments) {
    auto failure = base::because(kind, sentence, std::forward<Arguments>(arguments)...);
    return base::inside(base::at_line(line), std::move(failure.value()));
}

}  // namespace

base::Result<NameList> NameList::parse(std::string_view text) {
    if (text.size() > most_bytes) return base::because(ErrorKind::full, "the list is over 16 MiB");
    NameList list;
    for (std::size_t number = 1; !text.empty(); ++number) {
        const auto line = take_line(text);
        if (line.empty()) continue;
        const auto blank = line.find(' ');
        const auto word = line.substr(0, blank);
        const auto name = blank == line.npos ? std::string_view() : line.substr(blank + 1);
        if (word == "edition" && list.edition_.empty() && list.names_.empty() && !name.empty()) {
            list.edition_ = name;
            continue;
        }
        if (list.edition_.empty()) {
            return of_line(number, ErrorKind::invalid, "the edition comes first");
        }
        const auto category = category_named(word);
        if (!category) return of_line(number, ErrorKind::invalid, "no such category");
        if (!is_name(name)) return of_line(number, ErrorKind::invalid, "no name");
        if (list.names_.size() >= most_names) {
            return of_line(number, ErrorKind::full, "over {} names", most_names);
        }
        if (!list.names_.emplace(lower(name), *category).second) {
            return of_line(number, ErrorKind::exists, "stands there already");
        }
    }
    if (list.edition_.empty()) return base::because(ErrorKind::invalid, "the list has no edition");
    return list;
}

NameList::Match NameList::find(std::string_view name) const {
    while (true) {
        const auto dot = name.find('.');
        if (dot == name.npos) return {};
        const auto found = names_.find(name);
        if (found != names_.end()) return {found->second, name};
        name.remove_prefix(dot + 1);
    }
}

}  // namespace shoji::exfiltration
