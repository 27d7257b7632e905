#include "core/base/printable.h"
#include "core/journal/hex.h"
#include "core/policy/json_text.h"
#include "hub/admin.h"
#include "watch/detect/incident/names.h"

#include <array>

namespace shoji::hub {
namespace {

namespace json = boost::json;
using base::ErrorKind;
using base::Failure;

constexpr std::size_t deepest = 4;
constexpr std::size_t most_name = 253;
constexpr std::size_t most_said = 300;  // bytes, of a person's name and of a reason
constexpr std::int64_t most_alerts = 1000;

constexpr std::array<std::pair<std::string_view, Request::Command>, 14> commands{
    {{"status", Request::Command::status},
     {"sensor.add", Request::Command::sensor_add},
     {"sensor.list", Request::Command::sensor_list},
     {"sensor.revoke", Request::Command::sensor_revoke},
     {"alerts", Request::Command::alerts},
     {"incidents", Request::Command::incidents},
     {"incident", Request::Command::incident},
     {"order.add", Request::Command::order_add},
     {"order.list", Request::Command::order_list},
     {"order.withdraw", Request::Command::order_withdraw},
     {"incident.close", Request::Command::incident_close},
     {"suppressions", Request::Command::suppressions},
     {"suppressions.set", Request::Command::suppressions_set},
     {"events", Request::Command::events}}};

Failure wrong(std::string_view what) {
    return base::fail(ErrorKind::invalid, "the request's {}", what);
}

// Takes members out, and remembers the first that is wrong, and those that nobody asked for.
class Members {
  public:
    explicit Members(const json::object& object) : object_(object) {}

    std::string text(std::string_view key, std::size_t most) {
        const json::value* value = take(key);
        if (value == nullptr) return {};
        if (!value->is_string() || value->get_string().size() > most ||
            !base::is_printable(std::string_view(value->get_string()))) {
            return fail(key), std::string();
        }
        return std::string(value->get_string());
    }
    std::int64_t number(std::string_view key, std::int64_t otherwise, std::int64_t least,
                        std::int64_t most) {
        const json::value* value = take(key);
        if (value == nullptr) return otherwise;
        const std::int64_t* number = value->if_int64();
        if (number == nullptr || *number < least || *number > most) return fail(key), otherwise;
        return *number;
    }
    [[nodiscard]] bool has(std::string_view key) const { return object_.contains(key); }
    void fail(std::string_view key) {
        if (wrong_.empty()) wrong_ = key;
    }
    base::Result<void> finish() {
        if (!wrong_.empty()) return wrong("'" + wrong_ + "' is not right");
        if (taken_ != object_.size()) return wrong("members are not those of its command");
        return {};
    }

  private:
    const json::value* take(std::string_view key) {
        const json::value* value = object_.if_contains(key);
        if (value != nullptr) ++taken_;
        return value;
    }

    const json::object& object_;
    std::size_t taken_ = 0;
    std::string wrong_;
};

void read_alerts(Members& members, AlertQuery& query) {
    if (members.has("after")) query.after = members.number("after", 0, 0, INT64_MAX);
    query.since = members.number("since", 0, 0, INT64_MAX);
    query.host = incident::host_key(members.text("host", most_name));
    query.most = static_cast<std::size_t>(members.number("most", 200, 1, most_alerts));
    query.least = static_cast<incident::Level>(members.number("level", 0, 0, incident::levels - 1));
}

void read_sensor(Members& members, Request& request) {
    request.name = members.text("name", most_name);
    if (request.name.empty()) members.fail("name");
    if (request.command != Request::Command::sensor_add) return;
    const auto fingerprint = journal::from_hex<32>(members.text("fingerprint", 64));
    if (fingerprint) {
        request.fingerprint = *fingerprint;
    } else {
        members.fail("fingerprint");
    }
    request.expires = members.number("expires", 0, 0, INT64_MAX);
    if (request.expires == 0) members.fail("expires");
}

void read_order(Members& members, Request& request) {
    request.name = members.text("name", most_name);
    if (request.name.empty()) members.fail("name");
    const auto id = journal::from_hex<16>(members.text("id", 32));
    if (id) {
        request.order_id = *id;
    } else {
        members.fail("id");
    }
    auto order = journal::bytes_from_hex(members.text("order", 2 * line::maximum_order));
    if (order && !order->empty()) {
        request.order = std::move(*order);
    } else {
        members.fail("order");
    }
}

// Who answers for it, and why.
void read_answerable(Members& members, Request& request) {
    for (auto [key, into] : {std::pair{"by", &request.by}, std::pair{"reason", &request.reason}}) {
        *into = members.text(key, most_said);
        if (into->empty()) members.fail(key);
    }
}

void read_suppressions(Members& members, Request& request) {
    const auto bytes = journal::bytes_from_hex(members.text("text", 2 * most_suppressions));
    if (bytes) {
        request.text.assign(bytes->begin(), bytes->end());
    } else {
        members.fail("text");
    }
}

void read_events(Members& members, Request& request) {
    request.name = members.text("host", most_name);
    if (request.name.empty()) members.fail("host");
    request.after = members.number("after", 0, 0, INT64_MAX);
    request.query.since = members.number("since", 0, 0, INT64_MAX);
}

}  // namespace

base::Result<Request> parse_request(std::string_view line) {
    const auto parsed = policy::parse_json(line, {maximum_request, deepest});
    if (!parsed || !parsed->is_object()) return wrong("line is no JSON object");
    Members members(parsed->get_object());
    const std::string word = members.text("command", 32);
    Request request;
    bool known = false;
    for (const auto& [name, command] : commands) {
        if (name != word) continue;
        request.command = command;
        known = true;
    }
    if (!known) return wrong("command is none of the hub's");
    using enum Request::Command;
    if (request.command == sensor_add || request.command == sensor_revoke) {
        read_sensor(members, request);
    }
    if (request.command == alerts) read_alerts(members, request.query);
    if (request.command == order_add) read_order(members, request);
    if (request.command == events) read_events(members, request);
    if (request.command == incident_close || request.command == suppressions_set) {
        read_answerable(members, request);
    }
    if (request.command == suppressions_set) read_suppressions(members, request);
    if (request.command == incident || request.command == incident_close ||
        request.command == order_withdraw) {
        request.number = static_cast<std::uint64_t>(members.number("number", 0, 1, INT64_MAX));
        if (request.number == 0) members.fail("number");
    }
    if (auto finished = members.finish(); !finished) return Failure(finished.error());
    return request;
}

}  // namespace shoji::hub
