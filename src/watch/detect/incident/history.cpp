#include "watch/detect/incident/history.h"

#include "watch/detect/incident/names.h"

#include <algorithm>
#include <tuple>

namespace shoji::incident {
namespace {

auto identity(const EarlierAlert& alert) {
    return std::tie(alert.detector, alert.rule, alert.host, alert.user, alert.suppressed,
                    alert.incident);
}

}  // namespace

void History::add(const EarlierAlert& given, std::string_view host, std::string_view user) {
    auto alert = given;
    for (auto& value : alert.values) value.value = clipped(value.value, most_value);
    if (!host.empty()) add_to("h:" + std::string(host), alert);
    if (!user.empty()) add_to("u:" + std::string(user), alert);
}

void History::add_to(const std::string& subject, const EarlierAlert& alert) {
    auto& list = subjects_.touch(subject).list;
    const auto same = std::ranges::find_if(
        list, [&](const EarlierAlert& other) { return identity(other) == identity(alert); });
    if (same != list.end()) {
        same->count += alert.count;
        same->first = std::min(same->first, alert.first);
        same->last = std::max(same->last, alert.last);
        same->level = std::max(same->level, alert.level);
        same->values = alert.values;
        return;
    }
    if (list.size() >= most_entries) {
        ++displaced_;
        list.erase(std::ranges::min_element(list, {}, &EarlierAlert::last));
    }
    list.push_back(alert);
}

std::vector<EarlierAlert> History::of(const std::vector<std::string>& hosts,
                                      const std::vector<std::string>& users) const {
    std::vector<EarlierAlert> all;
    const auto take = [&](const std::string& subject) {
        const auto* entries = subjects_.find(subject);
        if (entries == nullptr) return;
        for (const auto& one : entries->list) {
            const bool is_there = std::ranges::any_of(all, [&](const EarlierAlert& other) {
                return identity(other) == identity(one) && other.first == one.first;
            });
            if (!is_there) all.push_back(one);
        }
    };
    for (const auto& host : hosts) take("h:" + host);
    for (const auto& user : users) take("u:" + user);
    std::ranges::stable_sort(all, std::ranges::greater(), &EarlierAlert::last);
    return all;
}

}  // namespace shoji::incident
