// An event as an object of the Open Cybersecurity Schema Framework, as JSON: class, activity and
// attributes where the event is of a sort that is known (ocsf_table.h), all else under `unmapped`.
// An event that lacks what its class requires is a base event (class 0), as is one of no known
// sort; it keeps all its fields under `unmapped`.
// Source: OCSF schema 1.5.0 (schema.ocsf.io) with its extension 'win'.
#pragma once

#include "watch/event/event.h"
#include "watch/event/json_tree.h"
#include "watch/event/ocsf_table.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shoji::event {

class OcsfView {
  public:
    static constexpr std::string_view version = "1.5.0";

    // Adds the names that it asks for: before the first event is read. `names` must outlive it.
    explicit OcsfView(Names& names);

    // One object. `time` is 0 where the event has no time.
    [[nodiscard]] std::string event(const Event& event) const;
    // The event as one of a finding's `evidences`: what it is about, and the rest under `data`.
    [[nodiscard]] std::string evidence(const Event& event) const;

    // An attribute that an event has.
    struct Entry {
        std::string path;
        std::string json;
        std::size_t field;  // index in the event
    };

  private:
    struct Known {
        const ocsf::Sort* sort;
        FieldId where = other_field;
    };
    struct Mapped {
        const ocsf::Class* of = &ocsf::classes[0];
        std::uint32_t activity = 0;
        JsonTree attributes;
        JsonTree unmapped;
    };

    [[nodiscard]] const ocsf::Sort* sort_of(const Event& event) const;
    [[nodiscard]] Mapped mapped(const Event& event) const;
    [[nodiscard]] std::vector<Entry> entries(const Event& event, const ocsf::Sort& sort) const;
    [[nodiscard]] JsonTree head(const Event& event, const Mapped& mapped) const;
    void put_device(const Event& event, JsonTree& tree) const;

    const Names& names_;
    std::vector<std::pair<SourceId, Known>> sorts_;  // in the table's order
    std::map<ocsf::Shape, std::vector<std::pair<FieldId, const ocsf::Attribute*>>> attributes_;
    SourceId windows_;
    SourceId linux_;
    SourceId macos_;
};

// All fields as members of one object: numbers and truth values as such, a name that comes several
// times as a list. Those whose index is in `without` are left out.
JsonTree fields_as_json(const Event& event, const std::vector<bool>& without = {});

}  // namespace shoji::event
