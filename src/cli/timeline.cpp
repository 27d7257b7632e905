#include "cli/timeline.h"

#include "cli/profile.h"
#include "core/base/bytes.h"
#include "core/base/printable.h"
#include "watch/event/time.h"

#include <algorithm>
#include <cctype>
#include <map>

namespace shoji::cli {
namespace {

namespace json = boost::json;

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

// What events say may be no UTF-8, which JSON must be.
std::string whole_text(std::string_view text) {
    return base::is_utf8(text) ? std::string(text) : base::printable(text, 3 * text.size());
}

std::string in_small_letters(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return text;
}

// Names are the same whatever their letters' case; the first one's spelling is shown.
template <class Each>
std::vector<Tally> tallied(const Finds& finds, Each&& each) {
    std::map<std::string, Tally> all;  // by their names in small letters
    for (const auto& hit : finds.timeline.hits) {
        const auto level = finds.heading(hit).level;
        each(hit, [&](const std::string& name) {
            auto& tally = all[in_small_letters(name)];
            if (tally.hits == 0) tally.name = name;
            ++tally.hits;
            tally.level = std::max(tally.level, level);
        });
    }
    std::vector<Tally> sorted;
    for (auto& [name, tally] : all) sorted.push_back(std::move(tally));
    std::ranges::stable_sort(sorted, std::ranges::greater(), &Tally::hits);
    return sorted;
}

// "attack.t1059.001" is T1059.001; other tags are none.
std::string technique_of(std::string_view tag) {
    constexpr std::string_view prefix = "attack.t";
    if (!tag.starts_with(prefix)) return {};
    const auto number = tag.substr(prefix.size());
    const bool is_number = !number.empty() && std::ranges::all_of(number, [](char c) {
        return c == '.' || (c >= '0' && c <= '9');
    });
    return is_number ? "T" + std::string(number) : std::string();
}

constexpr std::size_t most_cell = 1 << 20;  // bytes

std::string csv_cell(std::string_view text) {
    std::string cell = "\"";
    if (!text.empty() &&
        std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) {
        cell += '\'';
    }
    // Nor may it steer the terminal on which somebody prints the file.
    for (const char c : base::printable(text, most_cell)) {
        if (c == '"') cell += '"';
        cell += c;
    }
    return cell + '"';
}

// A name in the header line.
std::string csv_name(std::string_view name) {
    const bool plain = std::ranges::all_of(
        name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; });
    return plain ? std::string(name) : csv_cell(name);
}

json::object to_json(const hunt::Hit& hit, const Finds& finds, const Profile& profile) {
    json::object object;
    for (const auto column :
         {Column::time, Column::level, Column::id, Column::title, Column::file, Column::record}) {
        const auto found = std::ranges::find(csv_profile().columns, column, &ProfileColumn::column);
        object.emplace(view(found->name), json_cell(*found, hit, finds));
    }
    for (const auto& column : profile.columns) {
        object.emplace(view(column.name), json_cell(column, hit, finds));
    }
    return object;
}

}  // namespace

const sigma::Heading& Finds::heading(const hunt::Hit& hit) const {
    const auto rules = plan.statistics().rules;
    if (hit.rule < rules) return plan.rule(hit.rule);
    const auto steps = correlations == nullptr ? 0 : correlations->steps().size();
    const auto step = hit.rule - rules;
    return step < steps ? correlations->steps()[step].rule : analysis->at(step - steps);
}

bool Finds::has_suppressions() const {
    return incidents != nullptr && !incidents->suppressions().all().empty();
}

const incident::Suppression* Finds::suppression(const hunt::Hit& hit) const {
    if (hit.suppressed == 0 || incidents == nullptr) return nullptr;
    return &incidents->suppressions().all()[hit.suppressed - 1];
}

std::uint64_t Finds::suppressed() const {
    return static_cast<std::uint64_t>(std::ranges::count_if(
        timeline.hits, [](const hunt::Hit& hit) { return hit.suppressed > 0; }));
}

json::value suppression_json(const incident::Suppression* suppression) {
    if (suppression == nullptr) return nullptr;
    return json::object{{"owner", view(suppression->owner)}, {"reason", view(suppression->reason)}};
}

std::string shown_level(sigma::Level level, text::Language language) {
    return text::say(language, "level." + std::string(sigma::name_of(level)));
}

std::string shown_minute(event::Time time, const event::TimeZone& zone) {
    constexpr std::size_t to_minutes = 16;
    return shown_time(time, zone).substr(0, to_minutes);
}

std::string shown_time(event::Time time, const event::TimeZone& zone) {
    if (time == 0) return "-";
    auto text = event::format_time(time + zone.offset_at(time));
    constexpr std::size_t to_milliseconds = 23;
    text.resize(to_milliseconds);
    text[10] = ' ';
    return text;
}

json::object to_json(const hunt::Hit& hit, const Finds& finds, const Profile* profile) {
    const auto& rule = finds.heading(hit);
    if (profile != nullptr) return to_json(hit, finds, *profile);
    json::array tags;
    for (const auto& tag : rule.tags) tags.emplace_back(view(tag));
    json::value time;
    if (hit.time != 0) time = view(event::format_time(hit.time));
    json::object object{{"time", time},
                        {"level", view(sigma::name_of(rule.level))},
                        {"id", view(rule.id)},
                        {"title", view(rule.title)},
                        {"tags", std::move(tags)},
                        {"file", view(finds.files[hit.file].native())},
                        {"record", hit.record},
                        {"computer", whole_text(hit.computer)},
                        {"channel", whole_text(hit.channel)},
                        {"eventId", whole_text(hit.event_id)},
                        {"details", whole_text(hit.details)}};
    if (const auto* by = finds.suppression(hit)) object["suppressed"] = suppression_json(by);
    return object;
}

std::string to_csv(const Finds& finds, const Profile& profile) {
    std::string text;
    const auto add_line = [&](auto&& cell_of_column) {
        bool first = true;
        for (const auto& column : profile.columns) {
            if (!first) text += ',';
            first = false;
            text += cell_of_column(column);
        }
        text += "\r\n";
    };
    add_line([](const ProfileColumn& column) { return csv_name(column.name); });
    for (const auto& hit : finds.timeline.hits) {
        add_line(
            [&](const ProfileColumn& column) { return csv_cell(cell_of(column, hit, finds)); });
    }
    return text;
}

std::vector<Tally> by_rule(const Finds& finds) {
    return tallied(finds,
                   [&](const hunt::Hit& hit, auto&& count) { count(finds.heading(hit).title); });
}

std::vector<Tally> by_computer(const Finds& finds) {
    return tallied(finds, [](const hunt::Hit& hit, auto&& count) { count(hit.computer); });
}

std::vector<Tally> by_technique(const Finds& finds) {
    return tallied(finds, [&](const hunt::Hit& hit, auto&& count) {
        for (const auto& tag : finds.heading(hit).tags) {
            if (const auto technique = technique_of(tag); !technique.empty()) count(technique);
        }
    });
}

std::vector<Tally> by_level(const Finds& finds) {
    auto levels = tallied(finds, [&](const hunt::Hit& hit, auto&& count) {
        count(std::string(sigma::name_of(finds.heading(hit).level)));
    });
    std::ranges::sort(levels, std::ranges::greater(), &Tally::level);
    for (auto& level : levels) level.name.clear();
    return levels;
}

}  // namespace shoji::cli
