#include "screen/gateway/admin_request.h"

#include "core/policy/check.h"
#include "core/policy/describe.h"
#include "core/policy/json.h"
#include "screen/gateway/bodies.h"
#include "screen/gateway/json_reader.h"
#include "screen/gateway/token.h"

#include <array>
#include <utility>

namespace shoji::gateway::admin {
namespace {

constexpr std::size_t longest_name = 64;

using Parser = base::Result<Request> (*)(ObjectReader&);

// `key`: of the catalogue's "admin.".
base::Failure invalid(std::string_view key, std::string_view what) {
    return base::worded(base::fail(base::ErrorKind::invalid, "{}", what),
                        fmt::format("admin.{}", key));
}

base::Failure bad_name() {
    return invalid("name",
                   "'name' must be 1 to 64 lower-case letters, digits, '.', '_' or '-', and begin "
                   "with a letter or digit");
}

base::Failure unsound(std::string_view problems) {
    return base::worded(base::fail(base::ErrorKind::invalid, "{}", problems), "admin.configuration",
                        {{"problems", std::string(problems)}});
}

std::string user_name(ObjectReader& reader) {
    return reader.text("name", longest_name);
}

base::Result<Request> user_add(ObjectReader& reader) {
    UserAdd request{user_name(reader), reader.text("role", longest_name)};
    if (!is_user_name(request.name)) return bad_name();
    return request;
}

base::Result<Request> terminal_add(ObjectReader& reader) {
    constexpr std::int64_t latest = 253402300799;  // the end of the year 9999
    TerminalAdd request;
    request.name = reader.text("name", longest_name);
    request.zone = reader.text("zone", longest_name);
    const auto fingerprint = token_from(reader.text("fingerprint", longest_name));
    request.expires = reader.number("expires", 1, latest);
    if (!is_user_name(request.name)) return bad_name();
    if (!fingerprint) {
        return invalid("fingerprint",
                       "'fingerprint' must be the SHA-256 of the certificate: 64 lower-case "
                       "hexadecimal digits");
    }
    request.fingerprint = *fingerprint;
    return request;
}

base::Result<Request> session_kill(ObjectReader& reader) {
    const auto id = control::session_id_from(reader.text("id", longest_name));
    if (!id) return invalid("session_id", id.error().message);
    return SessionKill{*id};
}

base::Result<Request> configuration_apply(ObjectReader& reader) {
    ConfigurationApply request;
    request.revision = reader.number("revision", 0, std::int64_t{1} << 53U);
    const boost::json::object* object = reader.object("configuration");
    if (object == nullptr) return request;  // finish() tells
    auto configuration = policy::configuration_from(*object);
    if (!configuration) return unsound(configuration.error().message);
    const auto problems = policy::check(*configuration);
    if (!problems.empty()) {
        std::string all;
        for (const auto& problem : problems) {
            if (!all.empty()) all += '\n';
            all += policy::describe(text::Language::en, problem);
        }
        return unsound(all);
    }
    request.configuration = std::move(*configuration);
    return request;
}

constexpr std::array<std::pair<std::string_view, Parser>, 14> parsers{{
    {"user.add", user_add},
    {"user.list", [](ObjectReader&) -> base::Result<Request> { return UserList{}; }},
    {"user.remove",
     [](ObjectReader& reader) -> base::Result<Request> { return UserRemove{user_name(reader)}; }},
    {"user.reset",
     [](ObjectReader& reader) -> base::Result<Request> { return UserReset{user_name(reader)}; }},
    {"user.unlock",
     [](ObjectReader& reader) -> base::Result<Request> { return UserUnlock{user_name(reader)}; }},
    {"terminal.add", terminal_add},
    {"terminal.list", [](ObjectReader&) -> base::Result<Request> { return TerminalList{}; }},
    {"terminal.revoke",
     [](ObjectReader& reader) -> base::Result<Request> {
         return TerminalRevoke{user_name(reader)};
     }},
    {"session.list", [](ObjectReader&) -> base::Result<Request> { return SessionList{}; }},
    {"session.kill", session_kill},
    {"destination.refused",
     [](ObjectReader& reader) -> base::Result<Request> {
         return DestinationRefused{reader.optional_text("destination", longest_name)};
     }},
    {"configuration.get",
     [](ObjectReader&) -> base::Result<Request> { return ConfigurationGet{}; }},
    {"configuration.apply", configuration_apply},
    {"status", [](ObjectReader&) -> base::Result<Request> { return Status{}; }},
}};

}  // namespace

base::Result<Request> parse(std::string_view line) {
    const auto object = parse_object(line, maximum_line);
    if (!object) return base::Failure(object.error());
    ObjectReader reader(*object);
    const std::string command = reader.text("command", longest_name);
    for (const auto& [name, parser] : parsers) {
        if (name != command) continue;
        auto request = parser(reader);
        // A missing member is told first: what was read in its place means nothing.
        if (auto finished = reader.finish(); !finished) return base::Failure(finished.error());
        return request;
    }
    return invalid("command", "'command' is missing or not known");
}

}  // namespace shoji::gateway::admin
