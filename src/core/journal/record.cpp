#include "core/journal/record.h"

#include "core/base/bytes.h"
#include "core/base/printable.h"

#include <array>

namespace shoji::journal {
namespace {

using base::ErrorKind;

constexpr std::array<std::string_view, last_action + 1> action_names{
    "program_started", "sign_in", "sign_out",      "route_decision", "session_start",
    "session_end",     "refusal", "configuration", "terminal",       "recovery",
    "connection",      "fault",   "screen_input"};
constexpr std::array<std::string_view, 3> outcome_names{"allowed", "refused", "failed"};

template <class Enumeration, std::size_t Count>
std::optional<Enumeration> find(const std::array<std::string_view, Count>& names,
                                std::string_view name) {
    for (std::size_t i = 0; i < Count; ++i) {
        if (names[i] == name) return static_cast<Enumeration>(i);
    }
    return std::nullopt;
}

}  // namespace

std::vector<std::uint8_t> encode(const Record& record) {
    base::ByteWriter writer;
    writer.write(static_cast<std::uint8_t>(record.action));
    writer.write(static_cast<std::uint8_t>(record.outcome));
    for (const std::string* field : {&record.who, &record.terminal, &record.what, &record.reason}) {
        writer.write_string(base::printable(*field, maximum_field));
    }
    return writer.take();
}

base::Result<Record> decode_record(std::span<const std::uint8_t> packet) {
    if (packet.size() > maximum_record) {
        return base::fail(ErrorKind::invalid, "journal record: {} bytes, the limit is {}",
                          packet.size(), maximum_record);
    }
    base::ByteReader reader(packet);
    const auto action = reader.read<std::uint8_t>();
    const auto outcome = reader.read<std::uint8_t>();
    Record record;
    for (std::string* field : {&record.who, &record.terminal, &record.what, &record.reason}) {
        *field = reader.read_string(maximum_field);
    }
    if (!reader.finished()) {
        return base::fail(ErrorKind::invalid, "journal record: its length does not fit its fields");
    }
    if (action > last_action || outcome >= outcome_names.size()) {
        return base::fail(ErrorKind::invalid, "journal record: unknown action {} or outcome {}",
                          action, outcome);
    }
    for (const std::string* field : {&record.who, &record.terminal, &record.what, &record.reason}) {
        if (!base::is_printable(*field)) {
            return base::fail(ErrorKind::invalid,
                              "journal record: a field is no UTF-8 or has control characters");
        }
    }
    record.action = static_cast<Action>(action);
    record.outcome = static_cast<Outcome>(outcome);
    return record;
}

std::string_view name_of(Action action) {
    return action_names.at(static_cast<std::size_t>(action));
}

std::string_view name_of(Outcome outcome) {
    return outcome_names.at(static_cast<std::size_t>(outcome));
}

std::optional<Action> action_from(std::string_view name) {
    return find<Action>(action_names, name);
}

std::optional<Outcome> outcome_from(std::string_view name) {
    return find<Outcome>(outcome_names, name);
}

bool begins_something(const Record& record) {
    return record.outcome == Outcome::allowed &&
           (record.action == Action::session_start || record.action == Action::sign_in);
}

}  // namespace shoji::journal
