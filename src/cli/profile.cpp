#include "cli/profile.h"

#include "cli/files.h"
#include "core/base/bytes.h"
#include "core/base/printable.h"
#include "watch/detect/sigma/yaml.h"
#include "watch/event/json_text.h"
#include "watch/event/time.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace shoji::cli {
namespace {

using base::ErrorKind;
using base::Result;

struct Known {
    Column column;
    std::string_view name;     // in CSV and JSON
    std::string_view heading;  // key of the catalogue
    std::string_view alias;    // in files
};
constexpr std::array<Known, 23> known{{
    {Column::time, "time", "hunt.time_in", "%Timestamp%"},
    {Column::level, "level", "hunt.level", "%Level%"},
    {Column::title, "title", "hunt.rule", "%RuleTitle%"},
    {Column::id, "id", "hunt.column.id", "%RuleID%"},
    {Column::computer, "computer", "hunt.computer", "%Computer%"},
    {Column::channel, "channel", "hunt.column.channel", "%Channel%"},
    {Column::event_id, "eventId", "hunt.column.event_id", "%EventID%"},
    {Column::record, "record", "hunt.column.record", "%RecordID%"},
    {Column::file, "file", "hunt.column.file", "%EvtxFile%"},
    {Column::details, "details", "hunt.details", "%Details%"},
    {Column::extra_fields, "extraFields", "hunt.column.extra_fields", "%ExtraFieldInfo%"},
    {Column::fields, "fields", "hunt.column.fields", "%AllFieldInfo%"},
    {Column::tags, "tags", "hunt.column.tags", "%Tags%"},
    {Column::tactics, "tactics", "hunt.column.tactics", "%MitreTactics%"},
    {Column::techniques, "techniques", "hunt.column.techniques", "%MitreTags%"},
    {Column::other_tags, "otherTags", "hunt.column.other_tags", "%OtherTags%"},
    {Column::author, "author", "hunt.column.author", "%RuleAuthor%"},
    {Column::status, "status", "hunt.column.status", "%Status%"},
    {Column::description, "description", "hunt.column.description", "%RuleDescription%"},
    {Column::references, "references", "hunt.column.references", "%RuleReferences%"},
    {Column::false_positives, "falsePositives", "hunt.column.false_positives",
     "%RuleFalsePositives%"},
    {Column::provider, "provider", "hunt.column.provider", "%Provider%"},
    {Column::suppressed, "suppressed", "hunt.column.suppressed", "%Suppressed%"},
}};

const Known& known_of(Column column) {
    return *std::ranges::find(known, column, &Known::column);
}

// Names of columns; "name=column" under another name, "name='text'" fixed.
struct BuiltIn {
    std::string_view name;
    std::string_view columns;
};
constexpr std::array<BuiltIn, 8> built_in{{
    {"minimal", "time title level computer channel eventId record details"},
    {"standard", "time title level computer channel eventId record details extraFields id"},
    {"verbose",
     "time title level computer channel eventId tactics techniques otherTags record details "
     "extraFields id file"},
    {"all-field-info", "time title level computer channel eventId record fields id file"},
    {"all-field-info-verbose",
     "time title level computer channel eventId tactics techniques otherTags record fields id "
     "file"},
    {"super-verbose",
     "time title level computer channel eventId author status record details extraFields tactics "
     "techniques otherTags provider description references falsePositives id file"},
    {"timesketch-minimal",
     "datetime=time timestamp_desc='shoji' message=title level computer channel eventId tactics "
     "techniques otherTags record details id file"},
    {"timesketch-verbose",
     "datetime=time timestamp_desc='shoji' message=title level computer channel eventId tactics "
     "techniques otherTags record details extraFields id file"},
}};

ProfileColumn column_of(std::string_view word) {
    const auto at = word.find('=');
    const auto name = word.substr(0, at);
    auto what = at == std::string_view::npos ? word : word.substr(at + 1);
    if (what.starts_with('\'')) {
        what.remove_prefix(1);
        what.remove_suffix(1);
        return {Column::fixed, std::string(name), std::string(what)};
    }
    return {std::ranges::find(known, what, &Known::name)->column, std::string(name), {}};
}

Profile profile_of(std::string_view name, std::string_view words) {
    Profile profile{std::string(name), {}};
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        profile.columns.push_back(column_of(words.substr(0, end)));
        words.remove_prefix(std::min(end + 1, words.size()));
    }
    return profile;
}

base::Failure wrong(std::size_t line, const std::filesystem::path& file, std::string_view what,
                    std::string_view key, std::vector<std::pair<std::string, std::string>> values) {
    values.emplace_back("file", file.native());
    values.emplace_back("line", std::to_string(line));
    return base::worded(
        base::fail(ErrorKind::invalid, "{}: line {}: {}", file.native(), line, what), key,
        std::move(values));
}

Result<Profile> read_columns(const std::string& name, const sigma::yaml::Node& node,
                             const std::filesystem::path& file) {
    constexpr std::size_t most = 100;
    if (node.members.empty() || node.members.size() > most) {
        return wrong(node.line, file, "a profile has 1 to 100 columns", "hunt.profile.columns",
                     {{"name", name}});
    }
    Profile profile{name, {}};
    for (const auto& [key, value] : node.members) {
        if (!value.is_scalar() || key.empty()) {
            return wrong(value.line, file, "a column needs a text", "hunt.profile.column",
                         {{"name", key}});
        }
        const auto* found = std::ranges::find(known, value.text, &Known::alias);
        if (found != known.end()) {
            profile.columns.push_back({found->column, key, {}});
        } else if (value.text.starts_with('%') && value.text.ends_with('%')) {
            std::string all;
            for (const auto& one : known) {
                all += (all.empty() ? "" : ", ") + std::string(one.alias);
            }
            return wrong(value.line, file, value.text + " is not known", "hunt.profile.alias",
                         {{"name", value.text}, {"choices", all}});
        } else {
            profile.columns.push_back({Column::fixed, key, value.text});
        }
    }
    return profile;
}

// "attack.t1059.001" is T1059.001, "attack.g0016" G0016; "attack.execution" is a tactic.
enum class TagKind : std::uint8_t { tactic, technique, other };
TagKind kind_of(std::string_view tag) {
    constexpr std::string_view prefix = "attack.";
    if (!tag.starts_with(prefix) || tag.size() == prefix.size()) return TagKind::other;
    const auto rest = tag.substr(prefix.size());
    const auto digit = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
    const bool numbered = rest.size() > 1 && std::ranges::all_of(rest.substr(1), digit);
    return numbered ? TagKind::technique : TagKind::tactic;
}

std::vector<std::string> tags_of(const sigma::Heading& rule, TagKind wanted) {
    std::vector<std::string> tags;
    for (const auto& tag : rule.tags) {
        if (kind_of(tag) != wanted) continue;
        auto shown = wanted == TagKind::other ? tag : tag.substr(tag.find('.') + 1);
        if (wanted == TagKind::technique && shown.front() >= 'a' && shown.front() <= 'z') {
            shown.front() = static_cast<char>(shown.front() - 'a' + 'A');
        }
        tags.push_back(std::move(shown));
    }
    return tags;
}

// The values of columns that have several.
std::vector<std::string> list_of(Column column, const sigma::Heading& rule) {
    switch (column) {
        case Column::tags:
            return rule.tags;
        case Column::tactics:
            return tags_of(rule, TagKind::tactic);
        case Column::techniques:
            return tags_of(rule, TagKind::technique);
        case Column::other_tags:
            return tags_of(rule, TagKind::other);
        case Column::references:
            return rule.references;
        case Column::false_positives:
            return rule.false_positives;
        default:
            return {};
    }
}

bool is_list(Column column) {
    constexpr std::array lists{Column::tags,       Column::tactics,    Column::techniques,
                               Column::other_tags, Column::references, Column::false_positives};
    return std::ranges::find(lists, column) != lists.end();
}

bool is_of_fields(Column column) {
    return column == Column::fields || column == Column::extra_fields;
}

bool has_field(Column column, const hunt::HitField& field) {
    if (column == Column::fields) return true;
    const auto* own = std::ranges::find(event::own_fields, std::string_view(field.name));
    return !field.in_details && own == event::own_fields.end();
}

std::string joined(const std::vector<std::string>& list) {
    std::string text;
    for (const auto& one : list) text += (text.empty() ? "" : " | ") + one;
    return text;
}

std::string fields_of(Column column, const hunt::Hit& hit) {
    std::vector<std::string> list;
    for (const auto& field : hit.fields) {
        if (has_field(column, field)) list.push_back(field.name + "=" + field.value);
    }
    return joined(list);
}

boost::json::string json_text(std::string_view text) {
    const auto whole =
        base::is_utf8(text) ? std::string(text) : base::printable(text, 3 * text.size());
    return boost::json::string(whole.data(), whole.size());
}

boost::json::value json_value(const hunt::HitField& field) {
    if (field.type == event::Type::null) return nullptr;
    if (field.type == event::Type::boolean && field.value == "true") return true;
    if (field.type == event::Type::boolean && field.value == "false") return false;
    std::int64_t number = 0;
    const auto* end = field.value.data() + field.value.size();
    const auto [at, error] = std::from_chars(field.value.data(), end, number);
    if (field.type == event::Type::number && error == std::errc{} && at == end &&
        event::is_json_number(field.value)) {
        return number;
    }
    return json_text(field.value);
}

boost::json::object json_fields(Column column, const hunt::Hit& hit) {
    boost::json::object object;
    for (const auto& field : hit.fields) {
        if (!has_field(column, field)) continue;
        const auto name = json_text(field.name);
        auto* before = object.if_contains(name);
        if (before == nullptr) {
            object.emplace(name, json_value(field));
        } else if (before->is_array()) {
            before->as_array().push_back(json_value(field));
        } else {
            *before = boost::json::array{*before, json_value(field)};
        }
    }
    return object;
}

std::string provider_of(const hunt::Hit& hit) {
    const auto found = std::ranges::find(hit.fields, "Provider_Name", &hunt::HitField::name);
    return found == hit.fields.end() ? std::string() : found->value;
}

std::string suppressed_of(const incident::Suppression* by) {
    return by == nullptr ? std::string() : by->owner + ": " + by->reason;
}

}  // namespace

bool Profile::needs_fields() const {
    return std::ranges::any_of(columns, [](const ProfileColumn& column) {
        return is_of_fields(column.column) || column.column == Column::provider;
    });
}

std::string profile_names() {
    std::string names;
    for (const auto& profile : built_in) {
        names += (names.empty() ? "" : ", ") + std::string(profile.name);
    }
    return names;
}

Result<Profile> read_profile(const std::string& name, const std::filesystem::path& file) {
    std::string choices;
    if (!file.empty()) {
        const auto text = read_file(file, sigma::yaml::most_bytes);
        if (!text) return base::Failure(text.error());
        const auto documents = sigma::yaml::read(*text);
        if (!documents || documents->size() != 1) {
            auto error = documents ? base::because(ErrorKind::invalid,
                                                   "a map of names to profiles is needed")
                                         .value()
                                   : documents.error();
            return base::inside(base::Words::of("{} cannot be used", file.native()),
                                std::move(error));
        }
        if (const auto* node = documents->front().find(name)) {
            return read_columns(name, *node, file);
        }
        for (const auto& [key, value] : documents->front().members) choices += key + ", ";
    }
    const auto* found = std::ranges::find(built_in, name, &BuiltIn::name);
    if (found != built_in.end()) return profile_of(found->name, found->columns);
    choices += profile_names();
    return base::worded(base::fail(ErrorKind::not_found, "no profile is called '{}'", name),
                        "hunt.profile.unknown", {{"name", name}, {"choices", choices}});
}

const Profile& table_profile() {
    static const auto profile = profile_of("", "time level computer title details");
    return profile;
}

const Profile& csv_profile() {
    static const auto profile =
        profile_of("", "time level id title computer channel eventId record file details");
    return profile;
}

Profile with_suppressions(const Profile& profile, const Finds& finds) {
    auto all = profile;
    const bool has = std::ranges::find(all.columns, Column::suppressed, &ProfileColumn::column) !=
                     all.columns.end();
    if (!has && finds.has_suppressions()) all.columns.push_back(column_of("suppressed"));
    return all;
}

std::string heading_of(const ProfileColumn& column, const Finds& finds, text::Language language) {
    if (column.column == Column::fixed) return column.name;
    const auto& one = known_of(column.column);
    return column.name == one.name ? text::say(language, one.heading, {{"zone", finds.zone.name()}})
                                   : column.name;
}

std::string cell_of(const ProfileColumn& column, const hunt::Hit& hit, const Finds& finds) {
    const auto& rule = finds.heading(hit);
    if (is_list(column.column)) return joined(list_of(column.column, rule));
    if (is_of_fields(column.column)) return fields_of(column.column, hit);
    switch (column.column) {
        case Column::time:
            return hit.time == 0 ? std::string() : event::format_time(hit.time);
        case Column::level:
            return std::string(sigma::name_of(rule.level));
        case Column::title:
            return rule.title;
        case Column::id:
            return rule.id;
        case Column::computer:
            return hit.computer;
        case Column::channel:
            return hit.channel;
        case Column::event_id:
            return hit.event_id;
        case Column::record:
            return std::to_string(hit.record);
        case Column::file:
            return finds.files[hit.file].native();
        case Column::details:
            return hit.details;
        case Column::author:
            return rule.author;
        case Column::status:
            return rule.status;
        case Column::description:
            return rule.description;
        case Column::provider:
            return provider_of(hit);
        case Column::suppressed:
            return suppressed_of(finds.suppression(hit));
        default:
            return column.text;
    }
}

std::string shown_cell(const ProfileColumn& column, const hunt::Hit& hit, const Finds& finds,
                       text::Language language) {
    if (column.column == Column::time) return shown_time(hit.time, finds.zone);
    if (column.column == Column::level) return shown_level(finds.heading(hit).level, language);
    if (const auto* by = finds.suppression(hit); by && column.column == Column::suppressed) {
        return text::say(language, "hunt.suppressed.by",
                         {{"owner", by->owner}, {"reason", by->reason}});
    }
    return cell_of(column, hit, finds);
}

boost::json::value json_cell(const ProfileColumn& column, const hunt::Hit& hit,
                             const Finds& finds) {
    if (is_of_fields(column.column)) return json_fields(column.column, hit);
    if (column.column == Column::record) return hit.record;
    if (column.column == Column::time && hit.time == 0) return nullptr;
    if (column.column == Column::suppressed) return suppression_json(finds.suppression(hit));
    if (!is_list(column.column)) return json_text(cell_of(column, hit, finds));
    boost::json::array list;
    for (const auto& one : list_of(column.column, finds.heading(hit))) {
        list.emplace_back(json_text(one));
    }
    return list;
}

}  // namespace shoji::cli
