#include "watch/detect/beacon/lists.h"

#include "watch/detect/beacon/destination.h"
#include "watch/event/time.h"

#include <algorithm>

namespace shoji::beacon {
namespace {

constexpr std::string_view blanks = " \t\r,";
constexpr std::int64_t nanoseconds = 1'000'000'000;

bool may_be_domain(std::string_view name) {
    const auto fits = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    };
    return !name.empty() && name.size() < longest_name && !name.starts_with('.') &&
           std::ranges::all_of(name, fits) && name.find("..") == std::string_view::npos;
}

std::string_view without_blanks(std::string_view text) {
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace

bool DomainList::read_line(std::string_view line) {
    line = without_blanks(line.substr(0, line.find('#')));
    if (line.empty()) return true;
    if (line.size() > most_line_bytes) return false;
    const auto end = std::min(line.find_first_of(blanks), line.size());
    std::string buffer;
    const auto name = normal_name(line.substr(0, end), buffer);
    const auto date = without_blanks(line.substr(end));
    if (!may_be_domain(name)) return false;
    Entry entry;
    if (!date.empty()) {
        const auto time = event::parse_time(date);
        if (!time) return false;
        entry.registered = *time / nanoseconds;
    }
    domains_.insert_or_assign(std::string(name), entry);
    return true;
}

base::Result<DomainList> DomainList::read(std::string_view text) {
    DomainList list;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (!list.read_line(line)) ++list.bad_lines_;
        if (list.size() > most_domains) {
            return base::because(base::ErrorKind::full,
                                 "a list of domains may have {} of them; split it or drop old ones",
                                 most_domains);
        }
    }
    return list;
}

std::optional<DomainList::Entry> DomainList::find(std::string_view name) const {
    while (true) {
        const auto found = domains_.find(name);
        if (found != domains_.end()) return found->second;
        const auto dot = name.find('.');
        if (dot == std::string_view::npos) return std::nullopt;
        name.remove_prefix(dot + 1);
    }
}

}  // namespace shoji::beacon
