// Gateway to viewer: types 0x40 to 0x43.
#include "screen/control/control.h"
#include "screen/wire/fields.h"
#include "screen/wire/wire.h"

#include <algorithm>

namespace shoji::wire {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::Result;

template <class Message>
Result<FromGateway> finished(const Fields& fields, Message message) {
    if (auto whole = fields.finish(); !whole) return base::Failure(whole.error());
    return FromGateway(std::move(message));
}

bool is_host_character(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == ':';
}

Result<FromGateway> read_refused(ByteReader& reader) {
    Fields fields("refused", reader);
    Refused refused;
    refused.reason = fields.number<std::uint8_t>("reason", 0, control::last_refusal_reason);
    refused.scheme = fields.number<std::uint8_t>("scheme", 0, 1);
    refused.port = fields.number<std::uint16_t>("port");
    refused.times = fields.number<std::uint32_t>("times");
    const auto host = fields.text("host", maximum_host);
    fields.require("host", std::all_of(host.begin(), host.end(), is_host_character));
    if (fields.ok()) refused.host = host;
    return finished(fields, std::move(refused));
}

Result<FromGateway> read_ticket(ByteReader& reader) {
    Fields fields("ticket", reader);
    Ticket ticket;
    const auto bytes = reader.read_bytes(ticket.bytes.size());
    fields.require("ticket", true);
    if (fields.ok()) std::copy(bytes.begin(), bytes.end(), ticket.bytes.begin());
    return finished(fields, ticket);
}

Result<FromGateway> read_ended(ByteReader& reader) {
    Fields fields("ended", reader);
    const auto reason = fields.number<std::uint8_t>("reason");
    fields.require("reason", reason <= control::last_reason ||
                                 (reason >= ended_signed_out && reason <= ended_terminal_revoked));
    return finished(fields, Ended{reason});
}

Result<FromGateway> read_waiting(ByteReader& reader) {
    Fields fields("waiting", reader);
    const auto seconds = fields.number<std::uint16_t>("seconds");
    return finished(fields, Waiting{seconds});
}

struct Writer {
    ByteWriter out;

    void operator()(const Refused& refused) {
        out.write<std::uint8_t>(0x40);
        out.write(refused.reason);
        out.write(refused.scheme);
        out.write(refused.port);
        out.write(refused.times);
        out.write_string(refused.host);
    }
    void operator()(const Ticket& ticket) {
        out.write<std::uint8_t>(0x41);
        out.write_bytes(ticket.bytes);
    }
    void operator()(const Ended& ended) {
        out.write<std::uint8_t>(0x42);
        out.write(ended.reason);
    }
    void operator()(const Waiting& waiting) {
        out.write<std::uint8_t>(0x43);
        out.write(waiting.seconds);
    }
};

}  // namespace

Result<FromGateway> decode_from_gateway(std::span<const std::uint8_t> message) {
    if (message.empty() || message.size() > maximum_from_session) {
        return base::fail(base::ErrorKind::invalid, "a message of {} bytes; 1 to {} are allowed",
                          message.size(), maximum_from_session);
    }
    ByteReader reader(message);
    const auto type = reader.read<std::uint8_t>();
    switch (type) {
        case 0x40:
            return read_refused(reader);
        case 0x41:
            return read_ticket(reader);
        case 0x42:
            return read_ended(reader);
        case 0x43:
            return read_waiting(reader);
        default:
            return base::fail(base::ErrorKind::invalid,
                              "no message from the gateway has the type {:#04x}", type);
    }
}

std::vector<std::uint8_t> encode(const FromGateway& message) {
    Writer writer;
    std::visit(writer, message);
    return writer.out.take();
}

}  // namespace shoji::wire
