#include "cli/incident_page.h"

#include "cli/timeline.h"
#include "cli/told.h"
#include "core/base/printable.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace shoji::cli {
namespace {

constexpr std::size_t most_timeline = 40;
constexpr std::size_t most_tree = 40;
constexpr std::size_t most_list = 20;
constexpr std::size_t most_cell = 240;

using incident::Finding;
using incident::TreeNode;

std::string plain(std::string_view text) {
    return base::printable(text, most_cell);
}

// A suppression's identity() as its owner wrote it: "rule=persistence host=srv".
std::string conditions_of(std::string_view identity) {
    constexpr std::string_view names[] = {"detector", "rule", "host", "user", "process"};
    std::string shown;
    for (const auto name : names) {
        const bool is_last = name == names[4];
        const auto end = is_last ? identity.size() : std::min(identity.find('|'), identity.size());
        if (end > 0) {
            shown += fmt::format("{}{}={}", shown.empty() ? "" : " ", name,
                                 plain(identity.substr(0, end)));
        }
        identity.remove_prefix(std::min(identity.size(), end + 1));
    }
    return shown;
}

class Page {
  public:
    Page(const IncidentView& view, text::Language language)
        : incident_(view.incident),
          gatherer_(view.gatherer),
          zone_(view.zone),
          cut_hosts_(view.cut_hosts),
          language_(language) {}

    std::string whole() {
        head();
        heading("who");
        line("  " + say("hosts") + ": " + listed(incident_.hosts));
        line("  " + say("users") + ": " + listed(incident_.users));
        heading("when");
        line("  " + text::say(language_, "incident.page.span",
                              {{"first", in_zone(incident_.first)},
                               {"last", in_zone(incident_.last)},
                               {"zone", zone_.offset_text_at(incident_.last)}}));
        what();
        heading("where_to");
        tallies(incident_.peers);
        heading("techniques");
        for (const auto& one : incident_.techniques()) {
            line("  " + technique_words(one, language_));
        }
        heading("next");
        std::size_t number = 0;
        for (const auto& step : next_steps(incident_, language_)) {
            line(fmt::format("  {}. {}", ++number, step));
        }
        timeline();
        processes();
        heading("files");
        tallies(incident_.files);
        earlier();
        beyond();
        return std::move(text_);
    }

  private:
    [[nodiscard]] std::string in_zone(event::Time time) const { return shown_time(time, zone_); }
    [[nodiscard]] std::string say(std::string_view key) const {
        return text::say(language_, "incident.page." + std::string(key));
    }
    void line(std::string_view text) {
        text_ += text;
        text_ += '\n';
    }
    void heading(std::string_view key) {
        line("");
        line(say(key));
    }

    [[nodiscard]] std::string listed(const std::vector<std::string>& names) const {
        if (names.empty()) return say("none");
        std::string list;
        for (std::size_t i = 0; i < std::min(names.size(), most_list); ++i) {
            list += (i == 0 ? "" : ", ") + (names[i].empty() ? "-" : plain(names[i]));
        }
        if (names.size() > most_list) list += fmt::format(" … +{}", names.size() - most_list);
        return list;
    }

    void tallies(std::vector<incident::Tally> list) {
        std::ranges::stable_sort(list, std::ranges::greater(), &incident::Tally::count);
        if (list.empty()) line("  " + say("none"));
        for (std::size_t i = 0; i < std::min(list.size(), most_list); ++i) {
            line(fmt::format("  {} ×{}", plain(list[i].name), list[i].count));
        }
        if (list.size() > most_list) line(fmt::format("  … +{}", list.size() - most_list));
    }

    void head() {
        line(text::say(language_, "incident.page.title", {{"id", std::to_string(incident_.id)}}));
        const auto state = say(incident_.state == incident::State::open   ? "state.open"
                               : incident_.state == incident::State::over ? "state.over"
                                                                          : "state.gathering");
        if (incident_.cause == incident::Cause::none) {
            line(text::say(language_, "incident.page.status_gathering", {{"state", state}}));
        } else {
            const auto threshold = fmt::format("{:.0f}", gatherer_.settings().threshold);
            const auto cause = text::say(language_,
                                         incident_.cause == incident::Cause::critical
                                             ? "incident.page.cause.critical"
                                             : "incident.page.cause.risk",
                                         {{"threshold", threshold}});
            line(text::say(
                language_, "incident.page.status",
                {{"state", state}, {"opened", in_zone(incident_.opened)}, {"cause", cause}}));
        }
        line(text::say(language_, "incident.page.risk",
                       {{"risk", fmt::format("{:.0f}", std::floor(gatherer_.risk(incident_)))},
                        {"highest", std::to_string(incident_.highest_risk)}}));
        if (incident_.joined.empty()) return;
        std::string ids;
        for (const auto id : incident_.joined)
            ids += (ids.empty() ? "" : ", ") + std::to_string(id);
        line(text::say(language_, "incident.page.joined", {{"ids", ids}}));
    }

    // The same thing on several hosts: one line.
    struct Group {
        const Finding* first = nullptr;
        std::vector<std::string> also;  // other hosts
        std::uint64_t count = 0;
        event::Time last = 0;
        incident::Level level = incident::Level::informational;  // the highest
    };

    static bool is_alike(const incident::Alert& one, const incident::Alert& other) {
        const auto about = [](const incident::Alert& alert) {
            return alert.values.empty() ? std::string_view() : alert.values.front().value;
        };
        return one.detector == other.detector && one.rule == other.rule &&
               one.process == other.process && about(one) == about(other);
    }

    // In the order in which they began.
    [[nodiscard]] std::vector<Group> groups() const {
        std::vector<Group> all;
        for (const auto& finding : incident_.findings) {
            auto same = std::ranges::find_if(all, [&](const Group& group) {
                return is_alike(group.first->alert, finding.alert);
            });
            if (same == all.end()) {
                all.push_back({&finding, {}, finding.count, finding.last, finding.alert.level});
                continue;
            }
            const auto& host = finding.alert.host;
            if (host != same->first->alert.host &&
                std::ranges::find(same->also, host) == same->also.end()) {
                same->also.push_back(host);
            }
            same->count += finding.count;
            same->last = std::max(same->last, finding.last);
            same->level = std::max(same->level, finding.alert.level);
        }
        return all;
    }

    // The gravest, in the order of time.
    static std::vector<Group> gravest(std::vector<Group> list, std::size_t most) {
        std::ranges::stable_sort(list, std::ranges::greater(), &Group::level);
        if (list.size() > most) list.resize(most);
        std::ranges::stable_sort(list, {}, [](const Group& one) { return one.first->alert.time; });
        return list;
    }

    void what() {
        constexpr std::size_t most = 5;
        heading("what");
        for (const auto& group : gravest(groups(), most)) {
            line("  " + alert_words(group.first->alert, language_));
        }
        line("  " + text::say(language_, "incident.page.count",
                              {{"alerts", std::to_string(incident_.alerts)},
                               {"kinds", std::to_string(groups().size())}}));
    }

    void timeline() {
        heading("timeline");
        const auto all = groups();
        for (const auto& group : gravest(all, most_timeline)) {
            const auto& alert = group.first->alert;
            line(fmt::format("  {}  {}  {}  {}  {}", in_zone(alert.time),
                             shown_level(group.level, language_), plain(alert.host),
                             alert.user.empty() ? "-" : plain(alert.user),
                             alert_words(alert, language_)));
            sources(alert);
            if (!group.also.empty()) {
                line("      " +
                     text::say(language_, "incident.page.also", {{"hosts", listed(group.also)}}));
            }
            if (group.count == 1) continue;
            line("      " + text::say(language_, "incident.page.repeated",
                                      {{"count", std::to_string(group.count)},
                                       {"last", in_zone(group.last)}}));
        }
        if (all.size() <= most_timeline) return;
        line("  " + text::say(language_, "incident.page.more",
                              {{"count", std::to_string(all.size() - most_timeline)}}));
    }

    void sources(const incident::Alert& alert) {
        auto more = text::say(
            language_, "incident.detector." + std::string(incident::name_of(alert.detector)));
        more += ": " + plain(alert.rule);
        for (const auto& one : alert.techniques) more += "  " + plain(one);
        for (const auto& one : alert.evidence) {
            more += fmt::format("  {}#{}", plain(one.file), one.record);
        }
        line("      " + more);
    }

    void branch(std::size_t index, std::size_t depth, std::vector<bool>& shown) {
        constexpr std::size_t most_depth = 24;
        if (shown[index]) return;
        shown[index] = true;
        const auto& node = incident_.processes[index];
        if (++tree_lines_ <= most_tree) {
            const auto user = node.user.empty() ? "" : "  " + plain(node.user);
            line(fmt::format("  {:<{}}{} {} ({}){}{}", "", 2 * std::min(depth, most_depth),
                             node.alerts > 0 ? "!" : "-", plain(node.image), node.id, user,
                             node.command.empty() ? "" : "  " + plain(node.command)));
        }
        for (std::size_t i = 0; i < incident_.processes.size(); ++i) {
            if (incident_.processes[i].parent == index) branch(i, depth + 1, shown);
        }
    }

    void processes() {
        heading("processes");
        const auto& all = incident_.processes;
        if (all.empty()) line("  " + say("none"));
        std::vector<bool> shown(all.size());
        // Those without a parent first; then what is left, should two have each other as parent.
        for (const bool roots : {true, false}) {
            for (std::size_t i = 0; i < all.size(); ++i) {
                if (shown[i] || (roots && all[i].parent != TreeNode::no_parent)) continue;
                if (tree_lines_ < most_tree) line("  " + plain(all[i].host));
                branch(i, 1, shown);
            }
        }
        if (tree_lines_ > most_tree) line(fmt::format("  … +{}", tree_lines_ - most_tree));
        if (!cut_hosts_.empty()) {
            line("  " +
                 text::say(language_, "incident.page.tree_cut", {{"hosts", listed(cut_hosts_)}}));
        }
    }

    void earlier() {
        heading("earlier");
        const auto list = gatherer_.earlier(incident_);
        if (list.empty()) line("  " + say("none"));
        for (std::size_t i = 0; i < std::min(list.size(), most_list); ++i) {
            const auto& one = list[i];
            incident::Alert alert;
            alert.time = one.first;
            alert.what = one.what;
            alert.values = one.values;
            auto shown = text::say(language_, "incident.page.earlier_line",
                                   {{"level", shown_level(one.level, language_)},
                                    {"host", plain(one.host)},
                                    {"what", alert_words(alert, language_)},
                                    {"count", std::to_string(one.count)},
                                    {"last", in_zone(one.last)}});
            if (one.suppressed) shown += "  [" + say("suppressed_mark") + "]";
            line("  " + shown);
        }
        if (list.size() > most_list) line(fmt::format("  … +{}", list.size() - most_list));
    }

    void beyond() {
        const auto& lost = incident_.beyond;
        if (lost.findings + lost.hosts + lost.users + lost.processes + lost.files + lost.peers +
                lost.rules ==
            0) {
            return;
        }
        line("");
        line(text::say(language_, "incident.page.beyond",
                       {{"findings", std::to_string(lost.findings)},
                        {"hosts", std::to_string(lost.hosts)},
                        {"users", std::to_string(lost.users)},
                        {"processes", std::to_string(lost.processes)},
                        {"files", std::to_string(lost.files)},
                        {"peers", std::to_string(lost.peers)},
                        {"rules", std::to_string(lost.rules)}}));
    }

    const incident::Incident& incident_;
    const incident::Gatherer& gatherer_;
    const event::TimeZone& zone_;
    const std::vector<std::string>& cut_hosts_;
    text::Language language_;
    std::string text_;
    std::size_t tree_lines_ = 0;
};

}  // namespace

std::string incident_text(const IncidentView& view, text::Language language) {
    return Page(view, language).whole();
}

std::string suppression_conditions(const incident::Suppression& suppression) {
    return conditions_of(suppression.identity());
}

std::string unused_suppression_words(const incident::Suppression& suppression,
                                     const event::TimeZone& zone, text::Language language) {
    return text::say(language, "incident.suppression.unused",
                     {{"line", std::to_string(suppression.line)},
                      {"conditions", suppression_conditions(suppression)},
                      {"owner", plain(suppression.owner)},
                      {"reason", plain(suppression.reason)},
                      {"expires", shown_time(suppression.expires, zone)}});
}

std::string suppressions_text(const incident::Gatherer& gatherer, const event::TimeZone& zone,
                              text::Language language) {
    std::string page;
    const auto say = [&](std::string_view key,
                         std::initializer_list<std::pair<std::string_view, std::string_view>> v) {
        page += text::say(language, key, v) + '\n';
    };
    const auto all = gatherer.suppressions().all();
    const auto counts = gatherer.suppressed();
    for (const auto& count : counts) {
        if (count.held == 0) continue;
        const auto found =
            std::ranges::find(all, count.suppression, &incident::Suppression::identity);
        const auto held = std::to_string(count.held);
        if (found == all.end()) {
            say("incident.suppression.gone", {{"rule", plain(count.rule)},
                                              {"held", held},
                                              {"last", shown_time(count.last, zone)},
                                              {"conditions", conditions_of(count.suppression)}});
        } else {
            say("incident.suppression.held", {{"rule", plain(count.rule)},
                                              {"held", held},
                                              {"last", shown_time(count.last, zone)},
                                              {"conditions", conditions_of(count.suppression)},
                                              {"owner", plain(found->owner)},
                                              {"reason", plain(found->reason)},
                                              {"expires", shown_time(found->expires, zone)}});
        }
    }
    for (const auto* expired : gatherer.suppressions().expired(gatherer.now())) {
        std::uint64_t late = 0;
        for (const auto& count : counts) {
            if (count.suppression == expired->identity()) late += count.late;
        }
        say("incident.suppression.expired", {{"expires", shown_time(expired->expires, zone)},
                                             {"conditions", conditions_of(expired->identity())},
                                             {"owner", plain(expired->owner)},
                                             {"reason", plain(expired->reason)},
                                             {"late", std::to_string(late)}});
    }
    for (const auto& problem : gatherer.suppressions().problems()) {
        say("incident.suppression.problem", {{"line", std::to_string(problem.line)},
                                             {"message", plain(told(problem.what, language))}});
    }
    return page;
}

}  // namespace shoji::cli
