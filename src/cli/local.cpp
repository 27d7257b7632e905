// What needs no gateway: making the installation, and reading the journal.
#include "cli/commands.h"
#include "cli/files.h"
#include "core/journal/folder.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <boost/json/value_from.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;

std::string_view key_of(journal::Trouble trouble) {
    switch (trouble) {
        case journal::Trouble::altered:
            return "cli.audit.altered";
        case journal::Trouble::missing:
            return "cli.audit.missing";
        case journal::Trouble::moved:
            return "cli.audit.moved";
        case journal::Trouble::forged:
            return "cli.audit.forged";
        case journal::Trouble::not_signed:
            return "cli.audit.not_signed";
        case journal::Trouble::cut:
            return "cli.audit.cut";
        case journal::Trouble::rewritten:
            return "cli.audit.rewritten";
        case journal::Trouble::incomplete:
            return "cli.audit.incomplete";
    }
    return "cli.audit.altered";
}

// The checkpoint to hold the journal against: the one given, or the newest that the writer left,
// which shows when the end was cut by accident. Without either the end stays open.
base::Result<std::optional<journal::ParsedLine>> known_checkpoint(
    const base::Settings& settings, const journal::PublicKey& key,
    const std::filesystem::path& given) {
    const auto path = given.empty() ? settings.audit_state() / journal::checkpoint_file : given;
    auto loaded = journal::load_checkpoint(path, key);
    if (loaded) return std::move(*loaded);
    if (given.empty() && loaded.error().kind == base::ErrorKind::not_found) return std::nullopt;
    return base::Failure(loaded.error());
}

Exit tell(const Context& context, const journal::Report& report) {
    if (!report.finding) {
        context.output.result(json::object{{"whole", true},
                                           {"lines", report.tally.lines},
                                           {"records", report.tally.records},
                                           {"lastSigned", report.tally.last_signed}});
        context.output.say("cli.audit.whole", {{"lines", std::to_string(report.tally.lines)},
                                               {"last", std::to_string(report.tally.last_signed)}});
        return Exit::done;
    }
    const std::string_view trouble = key_of(report.finding->trouble);
    const auto kind = trouble.substr(std::string_view("cli.audit.").size());
    context.output.result(json::object{{"whole", false},
                                       {"trouble", json::string_view(kind.data(), kind.size())},
                                       {"first", report.finding->first},
                                       {"last", report.finding->last}});
    context.output.say(trouble, {{"first", std::to_string(report.finding->first)},
                                 {"last", std::to_string(report.finding->last)}});
    return Exit::negative;
}

// Every whole line; returns what follows the last. The writer may be at that line: it is read again
// after a moment, and what has become whole is exported too.
base::Result<std::string> export_lines(const std::filesystem::path& audit, TerminalOutput& output) {
    constexpr std::chrono::milliseconds writing_time{300};
    std::size_t exported = 0;
    for (bool again = false;; again = true) {
        std::size_t number = 0;
        auto rest = journal::read_lines(audit, [&](std::string_view line) {
            if (++number > exported) output.line(line);
            return true;
        });
        exported = std::max(exported, number);
        if (again || !rest || rest->empty()) return rest;
        std::this_thread::sleep_for(writing_time);
    }
}

}  // namespace

Exit run_init(const Context& context, InitRequest request) {
    request.state = context.state;
    const auto outcome = initialise(request);
    if (!outcome) return context.output.fail(outcome.error());
    json::array written;
    for (const auto& name : outcome->written) written.emplace_back(name);
    context.output.result(
        json::object{{"state", context.state.native()},
                     {"written", std::move(written)},
                     {"terminalNetworks", json::value_from(outcome->settings.terminal_networks)}});
    if (outcome->written.empty()) {
        context.output.say("cli.init.nothing", {{"state", context.state.native()}});
    }
    for (const auto& name : outcome->written)
        context.output.say("cli.init.written", {{"file", name}});
    if (!outcome->settings.separate_users) context.output.say("cli.init.ordinary_user");
    if (outcome->settings.terminal_networks.empty()) {
        context.output.say("cli.init.no_terminal_networks");
    }
    return Exit::done;
}

Exit run_audit_verify(const Context& context, const std::filesystem::path& checkpoint,
                      const std::filesystem::path& key_file) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    const auto key = journal::load_public_key(
        key_file.empty() ? settings->state / journal::public_key_file : key_file);
    if (!key) return context.output.fail(key.error());
    const auto known = known_checkpoint(*settings, *key, checkpoint);
    if (!known) return context.output.fail(known.error());
    const auto report = journal::verify_folder(settings->audit_state(), *key, *known);
    if (!report) return context.output.fail(report.error());
    return tell(context, *report);
}

Exit run_audit_export(const Context& context) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    auto& output = context.output;
    const auto rest = export_lines(settings->audit_state(), output);
    if (!rest) return output.fail(rest.error());
    if (!output.flush()) return output.fail(Exit::failed, "cli.error.output");
    if (rest->empty()) return Exit::done;
    output.warn("cli.audit.export_incomplete", {{"bytes", std::to_string(rest->size())}});
    return Exit::negative;
}

Exit run_audit_checkpoint(const Context& context) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    const auto key = journal::load_public_key(settings->state / journal::public_key_file);
    if (!key) return context.output.fail(key.error());
    const auto path = settings->audit_state() / journal::checkpoint_file;
    const auto checkpoint = journal::load_checkpoint(path, *key);
    if (!checkpoint) return context.output.fail(checkpoint.error());
    auto line = read_file(path, journal::maximum_line);
    if (!line) return context.output.fail(line.error());
    if (line->ends_with('\n')) line->pop_back();
    context.output.line(*line);
    return Exit::done;
}

}  // namespace shoji::cli
