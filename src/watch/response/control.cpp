#include "watch/response/control.h"

#include "core/base/printable.h"
#include "core/journal/hex.h"

namespace shoji::response {
namespace {

constexpr std::uint8_t status = 1;
constexpr std::uint8_t request = 2;
constexpr std::uint8_t order = 3;
constexpr std::uint8_t approve = 4;
constexpr std::uint8_t refuse = 5;

base::Failure wrong() {
    return base::worded(base::fail(base::ErrorKind::invalid, "not a command"), "response.bad.form");
}

base::Result<Command> decode_decision(base::ByteReader reader, bool approved) {
    DecideCommand decision;
    constexpr std::size_t digits = 32;
    constexpr std::size_t most_by = 200;
    decision.id = reader.read_string(digits);
    decision.by = reader.read_string(most_by);
    decision.approved = approved;
    if (!reader.finished() || !journal::from_hex<16>(decision.id) || decision.by.empty() ||
        !base::is_printable(decision.by)) {
        return wrong();
    }
    return decision;
}

}  // namespace

std::vector<std::uint8_t> encode_command(const Command& command) {
    base::ByteWriter writer;
    if (std::holds_alternative<StatusCommand>(command)) {
        writer.write(status);
    } else if (const auto* asked = std::get_if<Request>(&command)) {
        writer.write(request);
        writer.write_bytes(encode_request(*asked));
    } else if (const auto* came = std::get_if<OrderCommand>(&command)) {
        writer.write(order);
        writer.write_bytes(came->order);
    } else if (const auto* decision = std::get_if<DecideCommand>(&command)) {
        writer.write(decision->approved ? approve : refuse);
        writer.write_string(decision->id);
        writer.write_string(decision->by);
    }
    return writer.take();
}

base::Result<Command> decode_command(std::span<const std::uint8_t> bytes) {
    if (bytes.empty() || bytes.size() > most_command) return wrong();
    const auto rest = bytes.subspan(1);
    switch (bytes[0]) {
        case status:
            if (!rest.empty()) return wrong();
            return StatusCommand{};
        case request: {
            auto asked = decode_request(rest);
            if (!asked) return base::Failure(asked.error());
            return Command(std::move(*asked));
        }
        case order:
            if (rest.empty() || rest.size() > most_order) return wrong();
            return OrderCommand{{rest.begin(), rest.end()}};
        case approve:
        case refuse:
            return decode_decision(base::ByteReader(rest), bytes[0] == approve);
        default:
            return wrong();
    }
}

}  // namespace shoji::response
