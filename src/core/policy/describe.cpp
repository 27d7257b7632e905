#include "core/policy/describe.h"

#include "core/policy/json.h"

#include <type_traits>

#include <fmt/format.h>

namespace shoji::policy {
namespace {

using text::Language;

// The fields of an item besides its id, by name in the configuration, as a person reads them.
using Fields = std::vector<std::pair<std::string_view, std::string>>;

void add_name(Fields& fields, const Name& name) {
    fields.emplace_back("name.ja", name.ja);
    fields.emplace_back("name.en", name.en);
}

std::string list_origins(Language language, const std::vector<Origin>& origins) {
    std::string list;
    for (const Origin& origin : origins) {
        if (!list.empty()) list += ", ";
        list += to_url(origin);
        if (origin.internal) list += text::say(language, "policy.plan.internal");
    }
    return list;
}

Fields fields_of(Language language, const Item& item) {
    Fields fields;
    if (const auto* zone = std::get_if<Zone>(&item)) add_name(fields, zone->name);
    if (const auto* role = std::get_if<Role>(&item)) add_name(fields, role->name);
    if (const auto* destination = std::get_if<Destination>(&item)) {
        add_name(fields, destination->name);
        fields.emplace_back("zone", destination->zone);
        fields.emplace_back("origins", list_origins(language, destination->origins));
        fields.emplace_back("reason", destination->reason);
        fields.emplace_back("approver", destination->approver);
        fields.emplace_back("approved", to_text(destination->approved));
        fields.emplace_back("expires", to_text(destination->expires));
    }
    if (const auto* route = std::get_if<Route>(&item)) {
        fields.emplace_back("from_zone", route->from_zone);
        fields.emplace_back("role", route->role);
        fields.emplace_back("destination", route->destination);
    }
    return fields;
}

std::string kind_of(Language language, const Item& item) {
    constexpr std::string_view keys[] = {"policy.plan.zone", "policy.plan.role",
                                         "policy.plan.destination", "policy.plan.route"};
    return text::say(language, keys[item.index()]);
}

std::string field_name(Language language, std::string_view field) {
    return text::say(language, fmt::format("policy.field.{}", field));
}

std::string list_fields(Language language, const Item& item) {
    std::string list;
    for (const auto& [field, value] : fields_of(language, item)) {
        if (!list.empty()) list += text::say(language, "policy.plan.separator");
        list += text::say(language, "policy.plan.field",
                          {{"field", field_name(language, field)}, {"value", value}});
    }
    return list;
}

std::string list_differences(Language language, const Item& before, const Item& after) {
    const Fields old_fields = fields_of(language, before);
    const Fields new_fields = fields_of(language, after);
    std::string list;
    for (std::size_t i = 0; i < new_fields.size(); ++i) {
        if (old_fields[i] == new_fields[i]) continue;
        if (!list.empty()) list += text::say(language, "policy.plan.separator");
        list += text::say(language, "policy.plan.difference",
                          {{"field", field_name(language, new_fields[i].first)},
                           {"before", old_fields[i].second},
                           {"after", new_fields[i].second}});
    }
    return list;
}

}  // namespace

std::string describe(Language language, const Problem& problem) {
    return text::say(language, problem.key, {{"where", problem.where}, {"value", problem.value}});
}

std::string describe(Language language, const Change& change) {
    const Item& item = change.after ? *change.after : *change.before;
    const std::string kind = kind_of(language, item);
    if (!change.after) {
        return text::say(language, "policy.plan.remove", {{"kind", kind}, {"id", id_of(item)}});
    }
    if (!change.before) {
        return text::say(
            language, "policy.plan.add",
            {{"kind", kind}, {"id", id_of(item)}, {"fields", list_fields(language, item)}});
    }
    return text::say(language, "policy.plan.change",
                     {{"kind", kind},
                      {"id", id_of(item)},
                      {"fields", list_differences(language, *change.before, item)}});
}

}  // namespace shoji::policy
