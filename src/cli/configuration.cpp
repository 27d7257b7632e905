// The configuration: read, planned, shown, confirmed, applied.
#include "cli/admin_client.h"
#include "cli/apply_file.h"
#include "cli/commands.h"
#include "cli/confirm.h"
#include "cli/files.h"
#include "core/policy/check.h"
#include "core/policy/describe.h"
#include "core/policy/json.h"
#include "core/policy/plan.h"

#include <algorithm>
#include <concepts>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::ErrorKind;
using base::Result;
using policy::Configuration;

// The word of the command line.
std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::zone:
            return "zone";
        case Kind::role:
            return "role";
        case Kind::destination:
            return "destination";
        case Kind::route:
            return "route";
    }
    return "";
}

struct Present {
    base::Settings settings;
    std::int64_t revision = 0;
    Configuration configuration;
};

Result<Present> present(const Context& context) {
    auto settings = base::load_settings(context.state);
    if (!settings) return base::Failure(settings.error());
    auto answer = ask_gateway(*settings, "configuration.get");
    if (!answer) return base::Failure(answer.error());
    const json::object* object = answer->if_object();
    const json::value* revision = object != nullptr ? object->if_contains("revision") : nullptr;
    const json::value* value = object != nullptr ? object->if_contains("configuration") : nullptr;
    if (revision == nullptr || !revision->is_int64() || value == nullptr) {
        return base::fail(ErrorKind::invalid, "the gateway's answer lacks the configuration");
    }
    auto configuration = policy::configuration_from(*value);
    if (!configuration) return base::Failure(configuration.error());
    return Present{std::move(*settings), revision->as_int64(), std::move(*configuration)};
}

Exit change_to(const Context& context, const Present& now, const Configuration& wanted, bool yes) {
    const auto problems = policy::check(wanted);
    if (!problems.empty()) {
        std::string all;
        for (const auto& problem : problems) {
            all += "\n  " + policy::describe(context.output.language(), problem);
        }
        return context.output.fail(Exit::refused, "cli.apply.problems", {{"problems", all}});
    }
    const auto changes = policy::plan(now.configuration, wanted);
    json::array described;
    for (const auto& change : changes) {
        const std::string line = policy::describe(context.output.language(), change);
        described.emplace_back(line);
        context.output.say("cli.apply.change", {{"change", line}});
    }
    if (changes.empty()) {
        context.output.result(json::object{{"changes", described}, {"revision", now.revision}});
        context.output.say("cli.apply.nothing");
        return Exit::done;
    }
    if (!yes && (context.output.json() || !confirmed(context, "cli.apply.confirm"))) {
        context.output.result(json::object{{"changes", described}, {"applied", false}});
        context.output.say("cli.apply.cancelled");
        return Exit::negative;
    }
    const auto answer =
        ask_gateway(now.settings, "configuration.apply",
                    {{"revision", now.revision}, {"configuration", policy::to_json(wanted)}});
    if (!answer) return context.output.fail(answer.error());
    context.output.result(json::object{{"changes", described}, {"applied", true}});
    context.output.say("cli.apply.done");
    return Exit::done;
}

template <class Item>
std::vector<Item>& list_of(Configuration& configuration) {
    if constexpr (std::same_as<Item, policy::Zone>) return configuration.zones;
    if constexpr (std::same_as<Item, policy::Role>) return configuration.roles;
    if constexpr (std::same_as<Item, policy::Destination>) return configuration.destinations;
    if constexpr (std::same_as<Item, policy::Route>) return configuration.routes;
}

template <class Item>
Exit add(const Context& context, Kind kind, const Item& item) {
    const auto now = present(context);
    if (!now) return context.output.fail(now.error());
    Configuration wanted = now->configuration;
    auto& list = list_of<Item>(wanted);
    if (std::ranges::find(list, item.id, &Item::id) != list.end()) {
        return context.output.fail(Exit::refused, "cli.error.id_exists",
                                   {{"id", item.id}, {"kind", name_of(kind)}});
    }
    list.push_back(item);
    return change_to(context, *now, wanted, true);
}

template <class Item>
bool remove_from(Configuration& configuration, const std::string& id) {
    return std::erase_if(list_of<Item>(configuration),
                         [&](const Item& item) { return item.id == id; }) != 0;
}

std::string join(const std::vector<policy::Origin>& origins) {
    std::string text;
    for (const auto& origin : origins) {
        if (!text.empty()) text += ' ';
        text += policy::to_url(origin);
    }
    return text;
}

const std::string& name_in(const policy::Name& name, text::Language language) {
    return language == text::Language::ja ? name.ja : name.en;
}

}  // namespace

Exit run_apply(const Context& context, const std::filesystem::path& file, bool yes) {
    const auto text = read_file(file, policy::maximum_json);
    if (!text) return context.output.fail(text.error());
    auto wanted = configuration_from_toml(*text);
    if (!wanted) return context.output.fail(std::move(wanted.error()).context(file.native()));
    const auto now = present(context);
    if (!now) return context.output.fail(now.error());
    return change_to(context, *now, *wanted, yes);
}

Exit run_add(const Context& context, const policy::Zone& zone) {
    return add(context, Kind::zone, zone);
}
Exit run_add(const Context& context, const policy::Role& role) {
    return add(context, Kind::role, role);
}
Exit run_add(const Context& context, const policy::Destination& destination) {
    return add(context, Kind::destination, destination);
}
Exit run_add(const Context& context, const policy::Route& route) {
    return add(context, Kind::route, route);
}

Exit run_remove(const Context& context, Kind kind, const std::string& id) {
    const auto now = present(context);
    if (!now) return context.output.fail(now.error());
    Configuration wanted = now->configuration;
    const bool found = kind == Kind::zone          ? remove_from<policy::Zone>(wanted, id)
                       : kind == Kind::role        ? remove_from<policy::Role>(wanted, id)
                       : kind == Kind::destination ? remove_from<policy::Destination>(wanted, id)
                                                   : remove_from<policy::Route>(wanted, id);
    if (!found) {
        return context.output.fail(Exit::not_found, "cli.error.id_unknown",
                                   {{"id", id}, {"kind", name_of(kind)}});
    }
    return change_to(context, *now, wanted, true);
}

Exit run_list(const Context& context, Kind kind) {
    const auto now = present(context);
    if (!now) return context.output.fail(now.error());
    const auto& configuration = now->configuration;
    const auto language = context.output.language();
    const auto whole = policy::to_json(configuration);
    std::vector<std::vector<std::string>> rows;
    switch (kind) {
        case Kind::zone:
            context.output.result(whole.at("zones"));
            for (const auto& zone : configuration.zones)
                rows.push_back({zone.id, name_in(zone.name, language)});
            context.output.table({"cli.column.id", "cli.column.name"}, rows);
            break;
        case Kind::role:
            context.output.result(whole.at("roles"));
            for (const auto& role : configuration.roles)
                rows.push_back({role.id, name_in(role.name, language)});
            context.output.table({"cli.column.id", "cli.column.name"}, rows);
            break;
        case Kind::destination:
            context.output.result(whole.at("destinations"));
            for (const auto& item : configuration.destinations) {
                rows.push_back({item.id, name_in(item.name, language), item.zone,
                                join(item.origins), item.approver, policy::to_text(item.approved),
                                policy::to_text(item.expires)});
            }
            context.output.table(
                {"cli.column.id", "cli.column.name", "cli.column.zone", "cli.column.origins",
                 "cli.column.approver", "cli.column.approved", "cli.column.expires"},
                rows);
            break;
        case Kind::route:
            context.output.result(whole.at("routes"));
            for (const auto& route : configuration.routes) {
                rows.push_back({route.id, route.from_zone, route.role, route.destination});
            }
            context.output.table({"cli.column.id", "cli.column.from_zone", "cli.column.role",
                                  "cli.column.destination"},
                                 rows);
            break;
    }
    return Exit::done;
}

}  // namespace shoji::cli
