#include "cli/command_tree.h"

#include "cli/command_word.h"
#include "core/policy/json.h"
#include "core/program/help.h"

#include <algorithm>
#include <charconv>
#include <concepts>
#include <optional>

namespace shoji::cli {

namespace {

constexpr int most_number = 1'000'000'000;  // of an incident

// Values of one command; shared because CLI11 fills them after the command is declared.
template <class T>
std::shared_ptr<T> kept() {
    return std::make_shared<T>();
}

struct UserValues {
    std::string name;
    std::string role;
};

struct TerminalValues {
    std::string name;
    std::string zone;
    std::filesystem::path file;
    int days = 730;
};

struct DestinationValues {
    policy::Destination item;
    std::vector<std::string> origins;
    std::string approved;
    std::string expires;
    bool internal = false;
};

Exit add_destination_of(const Context& context, const DestinationValues& values) {
    policy::Destination item = values.item;
    for (const auto& url : values.origins) {
        auto origin = policy::origin_from_url(url);
        if (!origin) return context.output.fail(Exit::usage, "cli.error.origin", {{"origin", url}});
        origin->internal = values.internal;
        item.origins.push_back(*origin);
    }
    const auto approved = policy::day_from(values.approved);
    const auto expires = policy::day_from(values.expires);
    if (!approved || !expires) return context.output.fail(Exit::usage, "cli.error.day");
    item.approved = *approved;
    item.expires = *expires;
    return run_add(context, item);
}

// A command with one name after it.
template <class Command>
void add_for_name(Command& group, const std::string& word, const std::string& what,
                  Exit (*run)(const Context&, const std::string&)) {
    auto name = kept<std::string>();
    auto command = group.word(word);
    command.need(what, *name);
    command.runs([=](const Context& context) { return run(context, *name); });
}

std::optional<std::uint64_t> whole_number(const std::string& text) {
    std::uint64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, problem] = std::from_chars(text.data(), end, number);
    if (problem != std::errc{} || stop != end) return std::nullopt;
    return number;
}

}  // namespace

CommandTree::CommandTree(text::Language language, std::filesystem::path state)
    : language_(language),
      app_(text::say(language, "cli.help"), "shoji"),
      state_(std::move(state)) {
    program::explain_in(language_, app_);
    app_.require_subcommand(1);
    app_.fallthrough();
    Command all = root();
    all.take("--state", state_);
    all.take("--language", language_word_)->check(one_of({"ja", "en"}));
    all.take("--json", json_);
    add_rest();
    add_user();
    add_terminal();
    add_named_item<policy::Zone>("zone", Kind::zone);
    add_named_item<policy::Role>("role", Kind::role);
    add_destination();
    add_route();
    add_session();
    add_audit();
    add_watch();
    add_respond();
    add_order();
    add_hub();
}

// As CLI11's own validators, with words of the catalogue.
CLI::Validator CommandTree::one_of(std::vector<std::string> choices) const {
    const std::string all = CLI::detail::join(choices, ", ");
    const std::string type = "{" + CLI::detail::join(choices, ",") + "}";
    return {
        [language = language_, choices = std::move(choices), all](std::string& value) {
            if (std::ranges::find(choices, value) != choices.end()) return std::string();
            return text::say(language, "usage.not_one_of", {{"value", value}, {"choices", all}});
        },
        type};
}

CLI::Validator CommandTree::between(std::uint64_t least, std::uint64_t most) const {
    const std::string range = fmt::format("{} - {}", least, most);
    return {
        [=, language = language_](std::string& value) {
            const auto number = whole_number(value);
            if (number && *number >= least && *number <= most) return std::string();
            return text::say(language, "usage.out_of_range", {{"value", value}, {"range", range}});
        },
        "[" + range + "]"};
}

CLI::Validator CommandTree::at_least(std::uint64_t least) const {
    return {[=, language = language_](std::string& value) {
                const auto number = whole_number(value);
                if (number && *number >= least) return std::string();
                return text::say(language, "usage.too_small",
                                 {{"value", value}, {"least", std::to_string(least)}});
            },
            fmt::format(">= {}", least)};
}

CLI::Validator CommandTree::process_number() const {
    constexpr std::uint64_t most = 4'194'304;  // proc(5), pid_max
    return between(1, most);
}

void CommandTree::add_rest() {
    auto request = kept<InitRequest>();
    auto init = root().word("init");
    init.take("--runtime", request->runtime);
    init.take("--host-name", request->host_name);
    init.take("--listen", request->listen);
    init.take("--hub-listen", request->hub_listen);
    init.take("--zone", request->zone);
    init.take("--client-certificate", request->client_certificate)
        ->check(one_of({"off", "optional", "required"}));
    init.take("--terminal-network", request->terminal_networks);
    init.take("--ordinary-user", request->ordinary_user);
    init.runs([=](const Context& context) { return run_init(context, *request); });

    root().word("status").runs(run_status);

    struct Values {
        std::filesystem::path file;
        bool yes = false;
    };
    auto values = kept<Values>();
    auto apply = root().word("apply");
    apply.need("file", values->file);
    apply.take("--yes", values->yes);
    apply.runs(
        [=](const Context& context) { return run_apply(context, values->file, values->yes); });
}

void CommandTree::add_user() {
    auto user = root().group("user");
    auto values = kept<UserValues>();
    auto add = user.word("add");
    add.need("name", values->name);
    add.need("--role", values->role);
    add.runs(
        [=](const Context& context) { return run_user_add(context, values->name, values->role); });
    user.word("list").runs(run_user_list);
    add_for_name(user, "remove", "name", run_user_remove);
    add_for_name(user, "reset", "name", run_user_reset);
    add_for_name(user, "unlock", "name", run_user_unlock);
}

void CommandTree::add_terminal() {
    auto terminal = root().group("terminal");
    auto values = kept<TerminalValues>();
    auto enrol = terminal.word("enrol");
    enrol.need("name", values->name);
    enrol.need("--zone", values->zone);
    enrol.take("--file", values->file);
    enrol.take("--days", values->days)->check(between(1, 1825));
    enrol.runs([=](const Context& context) {
        const auto file =
            values->file.empty() ? std::filesystem::path(values->name + ".p12") : values->file;
        return run_terminal_enrol(context, values->name, values->zone, file, values->days);
    });
    terminal.word("list").runs(run_terminal_list);
    add_for_name(terminal, "revoke", "name", run_terminal_revoke);
}

void CommandTree::add_list_and_remove(Command& group, Kind kind) {
    group.word("list").runs([kind](const Context& context) { return run_list(context, kind); });
    auto id = kept<std::string>();
    auto remove = group.word("remove");
    remove.need("id", *id);
    remove.runs([=](const Context& context) { return run_remove(context, kind, *id); });
}

template <class Item>
void CommandTree::add_named_item(const std::string& name, Kind kind) {
    auto group = root().group(name);
    auto item = kept<Item>();
    auto add = group.word("add");
    add.need("id", item->id);
    add.need("--name-ja", item->name.ja);
    add.need("--name-en", item->name.en);
    add.runs([=](const Context& context) { return run_add(context, *item); });
    add_list_and_remove(group, kind);
}

void CommandTree::add_destination() {
    auto group = root().group("destination");
    auto values = kept<DestinationValues>();
    auto add = group.word("add");
    add.need("id", values->item.id);
    add.need("--name-ja", values->item.name.ja);
    add.need("--name-en", values->item.name.en);
    add.need("--zone", values->item.zone);
    add.need("--origin", values->origins);
    add.take("--internal", values->internal);
    add.need("--reason", values->item.reason);
    add.need("--approver", values->item.approver);
    add.need("--approved", values->approved);
    add.need("--expires", values->expires);
    add.runs([=](const Context& context) { return add_destination_of(context, *values); });
    add_list_and_remove(group, Kind::destination);
    auto id = kept<std::string>();
    auto refused = group.word("refused");
    refused.take("id", *id);
    refused.runs([=](const Context& context) { return run_refused(context, *id); });
}

void CommandTree::add_route() {
    auto group = root().group("route");
    auto item = kept<policy::Route>();
    auto add = group.word("add");
    add.need("id", item->id);
    add.need("--from-zone", item->from_zone);
    add.need("--role", item->role);
    add.need("--destination", item->destination);
    add.runs([=](const Context& context) { return run_add(context, *item); });
    add_list_and_remove(group, Kind::route);
}

void CommandTree::add_session() {
    auto session = root().group("session");
    session.word("list").runs(run_session_list);
    add_for_name(session, "kill", "id", run_session_kill);
}

void CommandTree::add_audit() {
    struct Values {
        std::filesystem::path checkpoint;
        std::filesystem::path key;
    };
    auto audit = root().group("audit");
    auto values = kept<Values>();
    auto verify = audit.word("verify");
    verify.take("--checkpoint", values->checkpoint);
    verify.take("--key", values->key);
    verify.runs([=](const Context& context) {
        return run_audit_verify(context, values->checkpoint, values->key);
    });
    audit.word("export").runs(run_audit_export);
    audit.word("checkpoint").runs(run_audit_checkpoint);
}

void CommandTree::add_watch() {
    const auto take_lists = [](Command& command, hunt::RuleRequest& rules) {
        // One file each time, so that what follows is not taken for another one.
        command.take("--pipeline", rules.pipelines)
            ->expected(1)
            ->allow_extra_args(false)
            ->take_all();
        command.take("--placeholders", rules.placeholders);
    };
    auto rules = kept<hunt::RuleRequest>();
    auto check = root().group("rules").word("check");
    check.need("folder", rules->rules);
    take_lists(check, *rules);
    check.runs([=](const Context& context) { return run_rules_check(context, *rules); });

    struct Values {
        HuntRequest request;
        std::string level = "informational";
    };
    auto values = kept<Values>();
    auto& request = values->request;
    auto hunt = root().word("hunt");
    hunt.take("--rules", request.rules.rules)
        ->expected(1)
        ->allow_extra_args(false)
        ->take_all()
        ->required();
    take_lists(hunt, request.rules);
    hunt.take("logs", request.logs)->required();
    hunt.take("--level", values->level)
        ->check(one_of({"informational", "low", "medium", "high", "critical"}));
    hunt.take("--since", request.since);
    hunt.take("--time-zone", request.time_zone);
    hunt.take("--source", request.source);
    hunt.take("--threads", request.threads)->check(between(1, 256));
    hunt.take("--no-cache", request.no_cache);
    hunt.take("--csv", request.csv);
    hunt.take("--html", request.html);
    hunt.take("--profile", request.profile);
    hunt.take("--profiles", request.profiles);
    hunt.take("--ocsf", request.ocsf);
    hunt.take("--incidents", request.incidents);
    hunt.take("--incident", request.incident)->check(between(1, most_number));
    take_analysis(hunt, request.analysis);
    hunt.runs([=](const Context& context) {
        HuntRequest wished = values->request;
        wished.least = sigma::level_of(values->level).value_or(wished.least);
        return run_hunt(context, wished);
    });

    auto wanted = kept<EventsRequest>();
    auto events = root().word("events");
    auto* logs = events.take("logs", wanted->logs);
    auto* host = events.take("--host", wanted->host)->excludes(logs);
    events.take("--since", wanted->since)->needs(host);
    events.take("--guid", wanted->guid)->needs(host);
    events.take("--most", wanted->most)->needs(host)->check(at_least(1));
    events.take("--time-zone", wanted->time_zone);
    events.take("--source", wanted->source);
    events.take("--form", wanted->form)->check(one_of({"sigma", "ocsf"}));
    events.runs([=](const Context& context) {
        if (!wanted->host.empty()) return run_host_events(context, *wanted);
        if (!wanted->logs.empty()) return run_events(context, *wanted);
        return context.output.fail(Exit::usage, "cli.events.nothing");
    });
    add_incidents();
}

void CommandTree::take_analysis(Command& command, AnalysisRequest& request) {
    command.take("--analysis", request.settings);
    command.take("--suppressions", request.suppressions);
    command.take("--destinations", request.destinations);
    command.take("--intrusion-lists", request.intrusion_lists);
    command.take("--young-domains", request.young_domains);
    command.take("--known-domains", request.known_domains);
    command.take("--state-file", request.state);
}

void CommandTree::add_incidents() {
    struct Values {
        AnalysisRequest request;
        std::uint64_t number = 0;
        bool close = false;
        Answerable answerable;
        std::filesystem::path file;
    };
    auto values = kept<Values>();
    auto incidents = root().word("incidents");
    incidents.take("--state-file", values->request.state);
    incidents.take("--analysis", values->request.settings);
    incidents.take("--suppressions", values->request.suppressions);
    // Those of the hub, where no file is named.
    incidents.runs([=](const Context& context) {
        return values->request.state.empty() ? run_hub_incidents(context)
                                             : run_incidents(context, values->request);
    });
    auto incident = root().word("incident");
    incident.take("number", values->number)->required()->check(between(1, most_number));
    incident.take("--state-file", values->request.state);
    incident.take("--analysis", values->request.settings);
    auto* close = incident.take("--close", values->close);
    for (const auto& [name, into] : {std::pair{"--by", &values->answerable.by},
                                     std::pair{"--reason", &values->answerable.reason}}) {
        close->needs(incident.take(name, *into)->needs(close));
    }
    incident.runs([=](const Context& context) {
        if (values->close) return run_incident_close(context, values->number, values->answerable);
        return values->request.state.empty()
                   ? run_hub_incident(context, values->number)
                   : run_incident(context, values->number, values->request);
    });
    auto suppressions = root().group("suppressions");
    suppressions.word("list").runs(run_suppressions_list);
    auto set = suppressions.word("set");
    set.need("file", values->file);
    set.need("--by", values->answerable.by);
    set.need("--reason", values->answerable.reason);
    set.runs([=](const Context& context) {
        return run_suppressions_set(context, values->file, values->answerable);
    });
}

// Of this machine's sensor.
void CommandTree::add_local_sensor(Command& sensor) {
    struct Values {
        std::filesystem::path runtime = default_runtime;
        std::uint32_t process = 0;
        std::uint64_t most = 0;
    };
    auto values = kept<Values>();
    auto status = sensor.word("status");
    status.take("--runtime", values->runtime);
    status.runs(
        [=](const Context& context) { return run_sensor_status(context, values->runtime); });
    auto tail = sensor.word("tail");
    tail.take("--runtime", values->runtime);
    tail.take("--most", values->most)->check(at_least(1));
    tail.runs([=](const Context& context) {
        return run_sensor_tail(context, values->runtime, values->most);
    });
    auto tree = sensor.word("tree");
    tree.take("process", values->process)->required()->check(process_number());
    tree.take("--runtime", values->runtime);
    tree.runs([=](const Context& context) {
        return run_sensor_tree(context, values->runtime, values->process);
    });
}

void CommandTree::add_hub() {
    struct SensorValues {
        std::string host;
        std::filesystem::path file;
        int days = 730;
    };
    auto sensor = root().group("sensor");
    auto values = kept<SensorValues>();
    auto enrol = sensor.word("enrol");
    enrol.need("host", values->host);
    enrol.take("--file", values->file);
    enrol.take("--days", values->days)->check(between(1, 1825));
    enrol.runs([=](const Context& context) {
        const auto file =
            values->file.empty() ? std::filesystem::path(values->host + ".pem") : values->file;
        return run_sensor_enrol(context, values->host, file, values->days);
    });
    sensor.word("list").runs(run_sensor_list);
    add_for_name(sensor, "revoke", "host", run_sensor_revoke);
    add_local_sensor(sensor);
    root().group("hub").word("status").runs(run_hub_status);

    struct AlertValues {
        AlertRequest request;
        std::string level = "informational";
    };
    auto wish = kept<AlertValues>();
    auto alerts = root().word("alerts");
    alerts.take("--since", wish->request.since);
    alerts.take("--host", wish->request.host);
    alerts.take("--level", wish->level)
        ->check(one_of({"informational", "low", "medium", "high", "critical"}));
    alerts.take("--follow", wish->request.follow);
    alerts.runs([=](const Context& context) {
        AlertRequest request = wish->request;
        request.least = sigma::level_of(wish->level).value_or(request.least);
        return run_alerts(context, request);
    });
}

}  // namespace shoji::cli
