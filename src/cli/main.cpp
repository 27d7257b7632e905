// Program `shoji`: reads the command line; commands.h says what the commands do.
#include "cli/commands.h"
#include "core/policy/json.h"

#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <unistd.h>

namespace shoji::cli {
namespace {

struct Line {
    std::filesystem::path state;
    std::string language;
    bool json = false;
    std::function<Exit(const Context&)> run;
};

std::string environment(const char* name) {
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
    return value == nullptr ? "" : value;
}

std::filesystem::path default_state() {
    if (const auto state = environment("SHOJI_STATE"); !state.empty()) return state;
    if (::geteuid() == 0) return "/var/lib/shoji";
    if (const auto home = environment("XDG_STATE_HOME"); !home.empty()) return home + "/shoji";
    return environment("HOME") + "/.local/state/shoji";
}

std::string default_language() {
    for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
        if (const auto value = environment(name); !value.empty()) return value;
    }
    return "en";
}

// Values of one command; shared because CLI11 fills them after the command is declared.
template <class T>
std::shared_ptr<T> kept() {
    return std::make_shared<T>();
}

void add_init(CLI::App& app, Line& line) {
    auto* command = app.add_subcommand("init", "Make or complete the state folder");
    auto request = kept<InitRequest>();
    command->add_option("--runtime", request->runtime, "Folder of sockets and session records");
    command->add_option("--host-name", request->host_name, "Name in the gateway's certificate");
    command->add_option("--listen", request->listen, "Address and port of the gateway");
    command->add_option("--zone", request->zone, "Zone of terminals without a certificate");
    command->add_option("--client-certificate", request->client_certificate,
                        "off, optional or required");
    command->add_flag("--ordinary-user", request->ordinary_user, "No users of their own");
    command->callback([&line, request] {
        line.run = [request](const Context& context) { return run_init(context, *request); };
    });
}

// A command with one name after it.
void add_named(CLI::App& group, Line& line, const std::string& name, const std::string& help,
               Exit (*run)(const Context&, const std::string&)) {
    auto* command = group.add_subcommand(name, help);
    auto value = kept<std::string>();
    command->add_option("name", *value)->required();
    command->callback([&line, value, run] {
        line.run = [value, run](const Context& context) { return run(context, *value); };
    });
}

void add_plain(CLI::App& group, Line& line, const std::string& name, const std::string& help,
               Exit (*run)(const Context&)) {
    group.add_subcommand(name, help)->callback([&line, run] { line.run = run; });
}

void add_user(CLI::App& app, Line& line) {
    auto* group = app.add_subcommand("user", "Users")->require_subcommand(1);
    auto* add = group->add_subcommand("add", "Add a user; prints a one-time password");
    struct Values {
        std::string name;
        std::string role;
        bool administrator = false;
    };
    auto values = kept<Values>();
    add->add_option("name", values->name)->required();
    add->add_option("--role", values->role)->required();
    add->add_flag("--administrator", values->administrator);
    add->callback([&line, values] {
        line.run = [values](const Context& context) {
            return run_user_add(context, values->name, values->role, values->administrator);
        };
    });
    add_plain(*group, line, "list", "List users", run_user_list);
    add_named(*group, line, "remove", "Remove a user; their sessions end", run_user_remove);
    add_named(*group, line, "reset", "Drop password and second factor; prints a one-time password",
              run_user_reset);
    add_named(*group, line, "unlock", "Lift a lock-out", run_user_unlock);
}

void add_terminal(CLI::App& app, Line& line) {
    auto* group = app.add_subcommand("terminal", "Terminals")->require_subcommand(1);
    auto* enrol = group->add_subcommand("enrol", "Make a terminal's key and certificate");
    struct Values {
        std::string name;
        std::string zone;
        std::filesystem::path file;
        int days = 730;
    };
    auto values = kept<Values>();
    enrol->add_option("name", values->name)->required();
    enrol->add_option("--zone", values->zone)->required();
    enrol->add_option("--file", values->file, "The PKCS#12 file to write; NAME.p12");
    enrol->add_option("--days", values->days)->check(CLI::Range(1, 1825));
    enrol->callback([&line, values] {
        line.run = [values](const Context& context) {
            const auto file =
                values->file.empty() ? std::filesystem::path(values->name + ".p12") : values->file;
            return run_terminal_enrol(context, values->name, values->zone, file, values->days);
        };
    });
    add_plain(*group, line, "list", "List terminals", run_terminal_list);
    add_named(*group, line, "revoke", "Refuse a terminal from now on", run_terminal_revoke);
}

void add_kind(CLI::App& group, Line& line, Kind kind) {
    group.require_subcommand(1);
    group.add_subcommand("list", "List them")->callback([&line, kind] {
        line.run = [kind](const Context& context) { return run_list(context, kind); };
    });
    auto* remove = group.add_subcommand("remove", "Remove one");
    auto id = kept<std::string>();
    remove->add_option("id", *id)->required();
    remove->callback([&line, kind, id] {
        line.run = [kind, id](const Context& context) { return run_remove(context, kind, *id); };
    });
}

template <class Item>
void add_zone_or_role(CLI::App& app, Line& line, const std::string& name, const std::string& help,
                      Kind kind) {
    auto* group = app.add_subcommand(name, help);
    add_kind(*group, line, kind);
    auto* add = group->add_subcommand("add", "Add one");
    auto item = kept<Item>();
    add->add_option("id", item->id)->required();
    add->add_option("--name-ja", item->name.ja)->required();
    add->add_option("--name-en", item->name.en)->required();
    add->callback([&line, item] {
        line.run = [item](const Context& context) { return run_add(context, *item); };
    });
}

void add_route(CLI::App& app, Line& line) {
    auto* group = app.add_subcommand("route", "Who may open what from where");
    add_kind(*group, line, Kind::route);
    auto* add = group->add_subcommand("add", "Add one");
    auto item = kept<policy::Route>();
    add->add_option("id", item->id)->required();
    add->add_option("--from-zone", item->from_zone)->required();
    add->add_option("--role", item->role)->required();
    add->add_option("--destination", item->destination)->required();
    add->callback([&line, item] {
        line.run = [item](const Context& context) { return run_add(context, *item); };
    });
}

struct DestinationValues {
    policy::Destination item;
    std::vector<std::string> origins;
    std::string approved;
    std::string expires;
    bool internal = false;
};

Exit add_destination(const Context& context, const DestinationValues& values) {
    policy::Destination item = values.item;
    for (const auto& url : values.origins) {
        auto origin = policy::origin_from_url(url);
        if (!origin) return context.output.fail(origin.error());
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

void add_destination(CLI::App& app, Line& line) {
    auto* group = app.add_subcommand("destination", "Sites that may be opened");
    add_kind(*group, line, Kind::destination);
    auto* refused = group->add_subcommand("refused", "What pages asked for in vain");
    auto id = kept<std::string>();
    refused->add_option("destination", *id);
    refused->callback([&line, id] {
        line.run = [id](const Context& context) { return run_refused(context, *id); };
    });
    auto* add = group->add_subcommand("add", "Add one");
    auto values = kept<DestinationValues>();
    add->add_option("id", values->item.id)->required();
    add->add_option("--name-ja", values->item.name.ja)->required();
    add->add_option("--name-en", values->item.name.en)->required();
    add->add_option("--zone", values->item.zone)->required();
    add->add_option("--origin", values->origins, "Such as https://example.jp; the first is opened")
        ->required();
    add->add_flag("--internal", values->internal, "The origins may have private addresses");
    add->add_option("--reason", values->item.reason, "Why it is trusted")->required();
    add->add_option("--approver", values->item.approver)->required();
    add->add_option("--approved", values->approved, "YYYY-MM-DD")->required();
    add->add_option("--expires", values->expires, "YYYY-MM-DD")->required();
    add->callback([&line, values] {
        line.run = [values](const Context& context) { return add_destination(context, *values); };
    });
}

void add_rest(CLI::App& app, Line& line) {
    add_plain(app, line, "status", "Whether the programs are well", run_status);
    auto* session = app.add_subcommand("session", "Running sessions")->require_subcommand(1);
    add_plain(*session, line, "list", "List them", run_session_list);
    add_named(*session, line, "kill", "End one at once", run_session_kill);

    auto* apply = app.add_subcommand("apply", "Make the configuration what a file says");
    auto file = kept<std::filesystem::path>();
    auto yes = kept<bool>();
    apply->add_option("file", *file)->required();
    apply->add_flag("--yes", *yes, "Do not ask");
    apply->callback([&line, file, yes] {
        line.run = [file, yes](const Context& context) { return run_apply(context, *file, *yes); };
    });

    auto* audit = app.add_subcommand("audit", "The journal")->require_subcommand(1);
    auto* verify = audit->add_subcommand("verify", "Name the first record that is not as written");
    auto checkpoint = kept<std::filesystem::path>();
    verify->add_option("--checkpoint", *checkpoint, "One exported earlier");
    verify->callback([&line, checkpoint] {
        line.run = [checkpoint](const Context& context) {
            return run_audit_verify(context, *checkpoint);
        };
    });
    add_plain(*audit, line, "export", "The journal as JSON Lines", run_audit_export);
    add_plain(*audit, line, "checkpoint", "The newest signed checkpoint", run_audit_checkpoint);
}

int run(int count, char** words) {
    CLI::App app("Shoji: a closed network's screen to the few sites it trusts", "shoji");
    app.require_subcommand(1);
    app.fallthrough();
    Line line{default_state(), default_language(), false, {}};
    app.add_option("--state", line.state, "The state folder");
    app.add_option("--language", line.language, "ja or en");
    app.add_flag("--json", line.json, "Results as JSON");
    add_init(app, line);
    add_user(app, line);
    add_terminal(app, line);
    add_zone_or_role<policy::Zone>(app, line, "zone", "Parts of the network", Kind::zone);
    add_zone_or_role<policy::Role>(app, line, "role", "Roles of users", Kind::role);
    add_destination(app, line);
    add_route(app, line);
    add_rest(app, line);
    try {
        app.parse(count, words);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : static_cast<int>(Exit::usage);
    }
    TerminalOutput output(std::cout, std::cerr, text::language_of(line.language), line.json);
    return static_cast<int>(line.run(Context{output, line.state}));
}

}  // namespace
}  // namespace shoji::cli

int main(int count, char** words) {
    return shoji::cli::run(count, words);
}
