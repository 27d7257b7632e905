// Which columns a hunt's timeline has, under which names. The names of profiles and what stands for
// a column in a file of one's own are those of Hayabusa (config/profiles.yaml), as far as it is
// known here.
#pragma once

#include "cli/timeline.h"
#include "core/base/result.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

namespace shoji::cli {

enum class Column : std::uint8_t {
    time,
    level,
    title,
    id,
    computer,
    channel,
    event_id,
    record,
    file,
    details,
    extra_fields,  // those that are not in the details
    fields,
    tags,
    tactics,
    techniques,  // and groups and software, as T1059.001
    other_tags,
    author,
    status,
    description,
    references,
    false_positives,
    provider,
    suppressed,  // by whom and why
    fixed,       // the same text in each row
};

struct ProfileColumn {
    Column column = Column::fixed;
    std::string name;  // in CSV and JSON
    std::string text;  // of Column::fixed
};

struct Profile {
    std::string name;
    std::vector<ProfileColumn> columns;

    // Whether it shows more of events than their details.
    [[nodiscard]] bool needs_fields() const;
};

// The names of those that are built in, "minimal, standard, …".
std::string profile_names();

// One of those in `file` (a YAML map of names to maps of column names to "%RuleTitle%" and the
// like, or to fixed texts; empty: none), else one of those built in. Errors have words for people.
base::Result<Profile> read_profile(const std::string& name, const std::filesystem::path& file);

// What a table has without a profile, and what CSV has.
const Profile& table_profile();
const Profile& csv_profile();

// The profile, with a column that says what is suppressed, where the hunt had suppressions.
Profile with_suppressions(const Profile& profile, const Finds& finds);

// The heading of a column for people.
std::string heading_of(const ProfileColumn& column, const Finds& finds, text::Language language);
// A cell of a hit for programs; …
std::string cell_of(const ProfileColumn& column, const hunt::Hit& hit, const Finds& finds);
// … for people; …
std::string shown_cell(const ProfileColumn& column, const hunt::Hit& hit, const Finds& finds,
                       text::Language language);
// … and as JSON: lists as lists, fields as an object.
boost::json::value json_cell(const ProfileColumn& column, const hunt::Hit& hit, const Finds& finds);

}  // namespace shoji::cli
