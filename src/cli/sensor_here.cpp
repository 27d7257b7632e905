// How the sensor of this machine is, and what a process did.
#include "cli/answer_cells.h"
#include "cli/commands.h"
#include "cli/event_words.h"
#include "cli/local_sensor.h"
#include "cli/timeline.h"
#include "cli/told.h"
#include "core/base/printable.h"
#include "watch/event/time.h"
#include "watch/event/time_zone.h"

#include <algorithm>

#include <boost/json/object.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;

constexpr std::size_t most_shown = 400;

std::int64_t number_of(const json::value& row, std::string_view key) {
    const auto* value = member(row, key);
    return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

bool is(const json::value& row, std::string_view key) {
    const auto* value = member(row, key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

const json::array& list_of(const json::value& object, std::string_view key) {
    static const json::array none;
    const auto* value = member(object, key);
    return value != nullptr && value->is_array() ? value->get_array() : none;
}

std::string megabytes(std::uint64_t bytes) {
    constexpr double mega = 1 << 20;
    return fmt::format("{:.1f}", static_cast<double>(bytes) / mega);
}

// Why each better way was not taken, in the reader's language.
std::string reasons_of(const json::value& family, text::Language language) {
    std::string all;
    for (const auto& one : list_of(family, "refused")) {
        if (!one.is_string()) continue;
        if (!all.empty()) all += ", ";
        all += told(std::string_view(one.get_string()), language);
    }
    return all;
}

// Each family, by what it is seen, and why by nothing better.
bool show_families(const json::value& state, TerminalOutput& output) {
    bool all = true;
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : list_of(state, "families")) {
        const bool seen = member(one, "backend") != nullptr && member(one, "backend")->is_string();
        all = all && seen;
        rows.push_back(
            {cell(one, "family"),
             seen ? cell(one, "backend") : text::say(output.language(), "sensor.status.not_seen"),
             reasons_of(one, output.language())});
    }
    output.table({"cli.column.family", "cli.column.backend", "cli.column.refused"}, rows);
    return all;
}

// Each process with its memory; adds that to `object`.
bool show_parts(const json::value& state, json::object& object, TerminalOutput& output) {
    bool all = true;
    bool knows = true;  // how much all of them take
    std::uint64_t sum = 0;
    json::array parts;
    std::vector<std::vector<std::string>> rows;
    for (const auto& one : list_of(state, "parts")) {
        const auto memory = memory_of(number_of(one, "process"));
        all = all && memory;
        knows = knows && memory && memory->share > 0;
        sum += memory ? memory->share : 0;
        rows.push_back({cell(one, "part"), memory ? cell(one, "process") : "-",
                        cell(one, "restarts"), memory ? megabytes(memory->resident) : "-",
                        memory && memory->share > 0 ? megabytes(memory->share) : "-"});
        json::object part{{"part", cell(one, "part")},
                          {"process", number_of(one, "process")},
                          {"restarts", number_of(one, "restarts")}};
        if (memory) {
            part["residentBytes"] = memory->resident;
            if (memory->share > 0) part["shareBytes"] = memory->share;
        }
        parts.push_back(std::move(part));
    }
    object["parts"] = std::move(parts);
    if (knows) object["memoryBytes"] = sum;
    output.table({"cli.column.part", "cli.column.process", "cli.column.restarts",
                  "cli.column.resident", "cli.column.share"},
                 rows);
    if (knows) output.say("sensor.status.memory", {{"megabytes", megabytes(sum)}});
    return all;
}

bool show_delivery(const json::value& delivery, TerminalOutput& output) {
    const auto* waiting = member(delivery, "waiting");
    const json::value none{json::object{}};
    const auto& counts = waiting == nullptr ? none : *waiting;
    output.say("sensor.status.spool",
               {{"alerts", cell(counts, "alerts")},
                {"events", cell(counts, "events")},
                {"megabytes", megabytes(static_cast<std::uint64_t>(
                                  std::max<std::int64_t>(number_of(delivery, "spoolBytes"), 0)))},
                {"lost", cell(delivery, "lost")}});
    const bool connected = is(delivery, "connected");
    if (connected) {
        output.say("sensor.status.hub", {{"hub", cell(delivery, "hub")}});
    } else {
        output.say(
            "sensor.status.no_hub",
            {{"hub", cell(delivery, "hub")},
             {"message", told(std::string_view(cell(delivery, "trouble")), output.language())}});
    }
    return connected;
}

bool show_analyst(const json::value& status, TerminalOutput& output) {
    output.say("sensor.status.events", {{"events", cell(status, "events")},
                                        {"alerts", cell(status, "alerts")},
                                        {"lost", cell(status, "lost")}});
    if (const auto* detection = member(status, "detection")) {
        output.say("sensor.status.rules",
                   {{"rules", cell(*detection, "rules")}, {"left", cell(*detection, "leftOut")}});
    } else {
        output.say("sensor.status.no_rules");
    }
    const auto* delivery = member(status, "delivery");
    if (delivery == nullptr) {
        output.say("sensor.status.no_delivery");
        return true;
    }
    return show_delivery(*delivery, output);
}

std::string_view text_of(const json::value& row, std::string_view key) {
    const auto* value = member(row, key);
    return value != nullptr && value->is_string() ? std::string_view(value->get_string())
                                                  : std::string_view();
}

// As this machine's clocks show it; "-" where there is none.
std::string time_in(const json::value& row, std::string_view key, const event::TimeZone& zone) {
    return shown_time(event::parse_time(cell(row, key)).value_or(0), zone);
}

void show_process(const json::value& one, std::size_t depth, const event::TimeZone& zone,
                  TerminalOutput& output) {
    const std::string indent(2 * depth, ' ');
    const auto shown = [&](std::string_view key) {
        return base::printable(cell(one, key), most_shown);
    };
    output.say(is(one, "ended") ? "sensor.tree.ended" : "sensor.tree.process",
               {{"indent", indent},
                {"process", shown("process")},
                {"image", shown("image")},
                {"user", shown("user")},
                {"since", time_in(one, "since", zone)},
                {"command", shown("command")}});
    if (number_of(one, "leftOut") > 0) {
        output.say("sensor.tree.left_out", {{"indent", indent}, {"count", cell(one, "leftOut")}});
    }
    // Of what it was started with, the line above tells.
    const auto command = text_of(one, "command");
    for (const auto& act : list_of(one, "acts")) {
        const auto object = text_of(act, "object");
        output.say(
            "sensor.tree.act",
            {{"indent", indent},
             {"time", time_in(act, "time", zone)},
             {"what", event_words(cell(act, "category"), cell(act, "type"), output.language())},
             {"object", object_words(object == command ? "" : object)}});
    }
}

// Whether the kernel protects the sensor, as far as it can.
bool show_protection(const json::value& state, TerminalOutput& output) {
    const auto* pinned = member(state, "pinned");
    const bool wants_pins = pinned != nullptr && pinned->is_bool();
    output.say(is(state, "pinned") ? "sensor.status.pinned" : "sensor.status.not_pinned");
    if (const auto* shield = member(state, "shield")) {
        if (is(*shield, "up")) {
            output.say("sensor.status.shield");
        } else if (is(*shield, "wanted")) {
            output.say(
                "sensor.status.no_shield",
                {{"message", told(std::string_view(cell(*shield, "why")), output.language())}});
        } else {
            output.say("sensor.status.shield_off");
        }
    }
    return !wants_pins || pinned->get_bool();
}

}  // namespace

Exit run_sensor_status(const Context& context, const std::filesystem::path& runtime) {
    auto& output = context.output;
    const LocalSensor sensor(runtime);
    const auto state = sensor.state();
    if (!state) return output.fail(state.error());
    json::object object = state->get_object();
    bool good = show_families(*state, output);
    output.say("cli.blank");
    good = show_parts(*state, object, output) && good;
    output.say("cli.blank");
    good = show_protection(*state, output) && good;
    const auto status = sensor.ask({letters::Wish::Kind::status, 0});
    if (status) {
        object["analyst"] = *status;
        good = show_analyst(*status, output) && good;
    } else {
        output.warn("sensor.error.silent");
    }
    output.result(object);
    return status && good ? Exit::done : Exit::negative;
}

Exit run_sensor_tree(const Context& context, const std::filesystem::path& runtime,
                     std::uint32_t process) {
    auto& output = context.output;
    const auto answer = LocalSensor(runtime).ask({letters::Wish::Kind::tree, process});
    if (!answer) return output.fail(answer.error());
    const auto& processes = list_of(*answer, "processes");
    if (processes.empty()) {
        return output.fail(Exit::not_found, "sensor.tree.none",
                           {{"process", std::to_string(process)}});
    }
    output.result(*answer);
    const auto zone = event::TimeZone::local();
    // The eldest first, as a tree grows.
    for (std::size_t depth = 0; depth < processes.size(); ++depth) {
        show_process(processes[processes.size() - 1 - depth], depth, zone, output);
    }
    return Exit::done;
}

}  // namespace shoji::cli
