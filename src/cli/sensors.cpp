// Sensors and the hub that they deliver to.
#include "access/certificate.h"
#include "cli/admin_client.h"
#include "cli/answer_cells.h"
#include "cli/authority.h"
#include "cli/commands.h"
#include "cli/files.h"

#include <chrono>

#include <boost/json/object.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::Result;

Result<json::value> ask(const Context& context, std::string_view command,
                        json::object arguments = {}) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return base::Failure(settings.error());
    return ask_hub(*settings, command, std::move(arguments));
}

// What a sensor is, in one word of the catalogue.
std::string_view state_of(const json::value& row) {
    const auto is = [&](std::string_view key) {
        const json::value* value = member(row, key);
        return value != nullptr && value->is_bool() && value->get_bool();
    };
    const json::value* revoked = member(row, "revoked");
    if (revoked != nullptr && revoked->is_int64() && revoked->get_int64() != 0) {
        return "sensor.state.revoked";
    }
    if (is("silent")) return "sensor.state.silent";
    if (is("connected")) return "sensor.state.connected";
    return "sensor.state.away";
}

}  // namespace

Exit run_sensor_enrol(const Context& context, const std::string& name,
                      const std::filesystem::path& file, int days) {
    const auto settings = base::load_settings(context.state);
    if (!settings) return context.output.fail(settings.error());
    const auto authority = use_authority(*settings, "certificate for sensor " + name);
    if (!authority) return context.output.fail(authority.error());
    const auto made =
        access::issue_part(*authority, access::Part::sensor, name, std::chrono::days(days));
    if (!made) return context.output.fail(made.error());
    const auto fingerprint = access::fingerprint_of(made->certificate);
    const auto expires = access::expiry_of(made->certificate);
    if (!fingerprint) return context.output.fail(fingerprint.error());
    if (!expires) return context.output.fail(expires.error());
    // Registered first: a bundle that nobody knows is useless, one that is written and then refused
    // would mislead.
    const auto answer = ask_hub(*settings, "sensor.add",
                                {{"name", name},
                                 {"fingerprint", *fingerprint},
                                 {"expires", expires->time_since_epoch().count()}});
    if (!answer) return context.output.fail(answer.error());
    // What channel::credentials_from_bundle() reads.
    const std::string bundle = made->key + made->certificate + authority->certificate;
    if (const auto written = write_file(file, bundle, 0600, {}); !written) {
        // Its key is lost, and nobody may come with it; the name is free again.
        const auto revoked = ask_hub(*settings, "sensor.revoke", {{"name", name}});
        return context.output.fail(revoked ? written.error() : revoked.error());
    }
    context.output.result(json::object{{"file", file.native()}, {"fingerprint", *fingerprint}});
    context.output.say("cli.sensor.enrolled", {{"name", name}, {"file", file.native()}});
    return Exit::done;
}

Exit run_sensor_list(const Context& context) {
    const auto answer = ask(context, "sensor.list");
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    std::vector<std::vector<std::string>> rows;
    if (const json::array* list = answer->if_array()) {
        for (const auto& row : *list) {
            rows.push_back({cell(row, "name"), text::say(context.output.language(), state_of(row)),
                            moment(row, "seen"), moment(row, "expires"), cell(row, "lost"),
                            cell(row, "program")});
        }
    }
    context.output.table({"cli.column.name", "cli.column.state", "cli.column.last",
                          "cli.column.expires", "cli.column.lost", "cli.column.program"},
                         rows);
    return Exit::done;
}

Exit run_sensor_revoke(const Context& context, const std::string& name) {
    const auto answer = ask(context, "sensor.revoke", {{"name", name}});
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    context.output.say("cli.sensor.revoked", {{"name", name}});
    return Exit::done;
}

Exit run_hub_status(const Context& context) {
    const auto answer = ask(context, "status");
    if (!answer) return context.output.fail(answer.error());
    context.output.result(*answer);
    const auto word = [&](std::string_view key) {
        return text::say(context.output.language(), key);
    };
    const std::string trouble = cell(*answer, "trouble");
    context.output.table({"cli.column.part", "cli.column.state"},
                         {{word("cli.hub.sensors"), cell(*answer, "sensors")},
                          {word("cli.hub.connected"), cell(*answer, "connected")},
                          {word("cli.hub.silent"), cell(*answer, "silent")},
                          {word("cli.hub.incidents"), cell(*answer, "incidents")}});
    if (trouble.empty()) return Exit::done;
    context.output.say("cli.hub.trouble", {{"message", trouble}});
    return Exit::negative;
}

}  // namespace shoji::cli
