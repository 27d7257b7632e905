#include "core/base/bytes.h"
#include "screen/control/control.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <arpa/inet.h>

namespace shoji::control {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::ErrorKind;

enum class Tag : std::uint8_t {
    start = 0x01,
    attach = 0x02,
    end = 0x03,
    list = 0x04,
    started = 0x11,
    failed = 0x12,
    exited = 0x13,
    listing = 0x14,
    allowance = 0x21,
    refused = 0x31,
    traffic = 0x32,
};

constexpr std::uint16_t minimum_scale = 60;  // 1/120
constexpr std::uint16_t maximum_scale = 480;
// An address of 45 bytes, a slash and three digits.
constexpr std::size_t maximum_network_text = 49;

template <class... Overloads>
struct Visitor : Overloads... {
    using Overloads::operator()...;
};
template <class... Overloads>
Visitor(Overloads...) -> Visitor<Overloads...>;

template <class Enumeration>
std::uint8_t number_of(Enumeration value) {
    return static_cast<std::uint8_t>(value);
}

void write_tag(ByteWriter& writer, Tag tag) {
    writer.write(number_of(tag));
}

// An enumeration of one byte whose values run from 0 to `last`.
template <class Enumeration>
Enumeration read_enumeration(ByteReader& reader, std::uint8_t last) {
    const auto value = reader.read<std::uint8_t>();
    if (value > last) reader.fail();
    return static_cast<Enumeration>(value);
}

SessionId read_session(ByteReader& reader) {
    SessionId id{};
    const auto bytes = reader.read_bytes(id.size());
    std::ranges::copy(bytes, id.begin());
    return id;
}

void write_origins(ByteWriter& writer, const std::vector<Origin>& origins) {
    writer.write(static_cast<std::uint8_t>(origins.size()));
    for (const auto& origin : origins) {
        writer.write(number_of(origin.scheme));
        writer.write_string(origin.host);
        writer.write(origin.port);
        writer.write(std::uint8_t{origin.internal});
    }
}

std::vector<Origin> read_origins(ByteReader& reader) {
    const auto count = reader.read<std::uint8_t>();
    if (count == 0 || count > maximum_origins) reader.fail();
    std::vector<Origin> origins;
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        Origin origin;
        origin.scheme = read_enumeration<Scheme>(reader, 1);
        origin.host = reader.read_string(maximum_host_name);
        origin.port = reader.read<std::uint16_t>();
        origin.internal = read_enumeration<std::uint8_t>(reader, 1) == 1;
        if (origin.port == 0 || !(is_host_name(origin.host) || is_address_literal(origin.host))) {
            reader.fail();
        }
        origins.push_back(std::move(origin));
    }
    return origins;
}

Geometry read_geometry(ByteReader& reader) {
    Geometry geometry;
    geometry.width = reader.read<std::uint16_t>();
    geometry.height = reader.read<std::uint16_t>();
    geometry.scale = reader.read<std::uint16_t>();
    const auto is_side = [](std::uint16_t side) {
        return side >= minimum_side && side <= maximum_side;
    };
    if (!is_side(geometry.width) || !is_side(geometry.height) || geometry.scale < minimum_scale ||
        geometry.scale > maximum_scale) {
        reader.fail();
    }
    return geometry;
}

bool is_address(const std::string& text) {
    in6_addr scratch{};
    return text.find('\0') == std::string::npos &&
           (inet_pton(AF_INET, text.c_str(), &scratch) == 1 ||
            inet_pton(AF_INET6, text.c_str(), &scratch) == 1);
}

bool is_network(const std::string& text) {
    const auto slash = text.find('/');
    if (slash == std::string::npos || !is_address(text.substr(0, slash))) return false;
    const std::string bits = text.substr(slash + 1);
    const bool digits = !bits.empty() && bits.size() <= 3 &&
                        std::ranges::all_of(bits, [](char c) { return c >= '0' && c <= '9'; });
    return digits && std::stoi(bits) <= (text.find(':') == std::string::npos ? 32 : 128);
}

void write_strings(ByteWriter& writer, const std::vector<std::string>& strings) {
    writer.write(static_cast<std::uint16_t>(strings.size()));
    for (const auto& text : strings) writer.write_string(text);
}

std::vector<std::string> read_strings(ByteReader& reader, std::size_t maximum_count,
                                      bool (*is_valid)(const std::string&)) {
    const auto count = reader.read<std::uint16_t>();
    if (count > maximum_count) reader.fail();
    std::vector<std::string> strings;
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        strings.emplace_back(reader.read_string(maximum_network_text));
        if (!is_valid(strings.back())) reader.fail();
    }
    return strings;
}

Start read_start(ByteReader& reader) {
    Start start;
    start.request = reader.read<std::uint32_t>();
    start.origins = read_origins(reader);
    start.geometry = read_geometry(reader);
    start.locale = read_enumeration<Locale>(reader, 1);
    start.layout = read_enumeration<Layout>(reader, 1);
    start.expires = reader.read<std::uint64_t>();
    return start;
}

Listing read_listing(ByteReader& reader) {
    Listing listing;
    listing.request = reader.read<std::uint32_t>();
    const auto count = reader.read<std::uint16_t>();
    if (count > maximum_sessions) reader.fail();
    for (std::size_t i = 0; i < count && reader.ok(); ++i) {
        SessionEntry entry;
        entry.session = read_session(reader);
        entry.started = reader.read<std::uint64_t>();
        entry.memory_bytes = reader.read<std::uint64_t>();
        listing.sessions.push_back(entry);
    }
    return listing;
}

Refused read_refused(ByteReader& reader) {
    Refused refused;
    refused.reason = read_enumeration<RefusalReason>(reader, last_refusal_reason);
    refused.scheme = read_enumeration<Scheme>(reader, 1);
    refused.host = reader.read_string(maximum_host_name);
    refused.port = reader.read<std::uint16_t>();
    refused.times = reader.read<std::uint32_t>();
    const bool host_valid =
        refused.host.empty() || is_host_name(refused.host) || is_address_literal(refused.host);
    if (!host_valid || refused.times == 0) reader.fail();
    return refused;
}

Traffic read_traffic(ByteReader& reader) {
    Traffic traffic;
    traffic.bytes_out = reader.read<std::uint64_t>();
    traffic.bytes_in = reader.read<std::uint64_t>();
    traffic.connections = reader.read<std::uint64_t>();
    traffic.refusals = reader.read<std::uint64_t>();
    traffic.reports_lost = reader.read<std::uint64_t>();
    return traffic;
}

template <class Message>
base::Result<Message> decode(std::span<const std::uint8_t> packet,
                             std::optional<Message> (*read)(ByteReader&, Tag)) {
    if (packet.size() > maximum_packet) {
        return base::fail(ErrorKind::invalid, "reading a control message: {} bytes exceed {}",
                          packet.size(), maximum_packet);
    }
    ByteReader reader(packet);
    const auto tag = reader.read<std::uint8_t>();
    auto message = read(reader, static_cast<Tag>(tag));
    if (!message) {
        return base::fail(ErrorKind::invalid,
                          "reading a control message: {} names no message of this direction", tag);
    }
    if (!reader.finished()) {
        return base::fail(ErrorKind::invalid,
                          "reading control message {}: {} bytes do not make one", tag,
                          packet.size());
    }
    return std::move(*message);
}

std::optional<ToHost> read_to_host(ByteReader& reader, Tag tag) {
    switch (tag) {
        case Tag::start:
            return read_start(reader);
        case Tag::attach: {
            const auto request = reader.read<std::uint32_t>();
            return Attach{request, read_session(reader)};
        }
        case Tag::end:
            return End{read_session(reader)};
        case Tag::list:
            return List{reader.read<std::uint32_t>()};
        default:
            return std::nullopt;
    }
}

std::optional<FromHost> read_from_host(ByteReader& reader, Tag tag) {
    switch (tag) {
        case Tag::started: {
            const auto request = reader.read<std::uint32_t>();
            return Started{request, read_session(reader)};
        }
        case Tag::failed: {
            const auto request = reader.read<std::uint32_t>();
            return Failed{request, read_enumeration<Reason>(reader, last_reason)};
        }
        case Tag::exited: {
            const auto session = read_session(reader);
            return Exited{session, read_enumeration<Reason>(reader, last_reason)};
        }
        case Tag::listing:
            return read_listing(reader);
        default:
            return std::nullopt;
    }
}

std::optional<FromEgress> read_from_egress(ByteReader& reader, Tag tag) {
    switch (tag) {
        case Tag::refused:
            return read_refused(reader);
        case Tag::traffic:
            return read_traffic(reader);
        default:
            return std::nullopt;
    }
}

std::optional<Allowance> read_allowance(ByteReader& reader, Tag tag) {
    if (tag != Tag::allowance) return std::nullopt;
    Allowance allowance;
    allowance.origins = read_origins(reader);
    allowance.expires = reader.read<std::uint64_t>();
    allowance.terminal_networks = read_strings(reader, maximum_networks, is_network);
    allowance.resolvers = read_strings(reader, maximum_resolvers, is_address);
    return allowance;
}

}  // namespace

std::vector<std::uint8_t> encode(const ToHost& message) {
    ByteWriter writer;
    std::visit(Visitor{[&](const Start& start) {
                           write_tag(writer, Tag::start);
                           writer.write(start.request);
                           write_origins(writer, start.origins);
                           writer.write(start.geometry.width);
                           writer.write(start.geometry.height);
                           writer.write(start.geometry.scale);
                           writer.write(number_of(start.locale));
                           writer.write(number_of(start.layout));
                           writer.write(start.expires);
                       },
                       [&](const Attach& attach) {
                           write_tag(writer, Tag::attach);
                           writer.write(attach.request);
                           writer.write_bytes(attach.session);
                       },
                       [&](const End& end) {
                           write_tag(writer, Tag::end);
                           writer.write_bytes(end.session);
                       },
                       [&](const List& list) {
                           write_tag(writer, Tag::list);
                           writer.write(list.request);
                       }},
               message);
    return writer.take();
}

std::vector<std::uint8_t> encode(const FromHost& message) {
    ByteWriter writer;
    std::visit(Visitor{[&](const Started& started) {
                           write_tag(writer, Tag::started);
                           writer.write(started.request);
                           writer.write_bytes(started.session);
                       },
                       [&](const Failed& failed) {
                           write_tag(writer, Tag::failed);
                           writer.write(failed.request);
                           writer.write(number_of(failed.reason));
                       },
                       [&](const Exited& exited) {
                           write_tag(writer, Tag::exited);
                           writer.write_bytes(exited.session);
                           writer.write(number_of(exited.reason));
                       },
                       [&](const Listing& listing) {
                           write_tag(writer, Tag::listing);
                           writer.write(listing.request);
                           writer.write(static_cast<std::uint16_t>(listing.sessions.size()));
                           for (const auto& entry : listing.sessions) {
                               writer.write_bytes(entry.session);
                               writer.write(entry.started);
                               writer.write(entry.memory_bytes);
                           }
                       }},
               message);
    return writer.take();
}

std::vector<std::uint8_t> encode(const FromEgress& message) {
    ByteWriter writer;
    std::visit(Visitor{[&](const Refused& refused) {
                           write_tag(writer, Tag::refused);
                           writer.write(number_of(refused.reason));
                           writer.write(number_of(refused.scheme));
                           writer.write_string(refused.host);
                           writer.write(refused.port);
                           writer.write(refused.times);
                       },
                       [&](const Traffic& traffic) {
                           write_tag(writer, Tag::traffic);
                           writer.write(traffic.bytes_out);
                           writer.write(traffic.bytes_in);
                           writer.write(traffic.connections);
                           writer.write(traffic.refusals);
                           writer.write(traffic.reports_lost);
                       }},
               message);
    return writer.take();
}

std::vector<std::uint8_t> encode(const Allowance& message) {
    ByteWriter writer;
    write_tag(writer, Tag::allowance);
    write_origins(writer, message.origins);
    writer.write(message.expires);
    write_strings(writer, message.terminal_networks);
    write_strings(writer, message.resolvers);
    return writer.take();
}

base::Result<ToHost> decode_to_host(std::span<const std::uint8_t> packet) {
    return decode<ToHost>(packet, read_to_host);
}

base::Result<FromHost> decode_from_host(std::span<const std::uint8_t> packet) {
    return decode<FromHost>(packet, read_from_host);
}

base::Result<FromEgress> decode_from_egress(std::span<const std::uint8_t> packet) {
    return decode<FromEgress>(packet, read_from_egress);
}

base::Result<Allowance> decode_allowance(std::span<const std::uint8_t> packet) {
    return decode<Allowance>(packet, read_allowance);
}

}  // namespace shoji::control
