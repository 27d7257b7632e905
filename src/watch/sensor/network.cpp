#include "watch/sensor/network.h"

#include "watch/sensor/address.h"
#include "watch/sensor/family.h"

#include <algorithm>

#include <netinet/in.h>

namespace shoji::sensor {
namespace {

struct Kind {
    event::SourceId category;
    std::string_view type;
};

Kind kind_of(std::uint16_t kind, const Words& words) {
    switch (kind) {
        case SENSOR_NETWORK_CONNECT:
            return {words.network_connection, "connect"};
        case SENSOR_NETWORK_ACCEPT:
            return {words.network_connection, "accept"};
        case SENSOR_NETWORK_BIND:
            return {words.network_listen, "bind"};
        case SENSOR_NETWORK_LISTEN:
            return {words.network_listen, "listen"};
        case SENSOR_NETWORK_FLOW:
            return {words.network_flow, "flow_goes_on"};
        case SENSOR_NETWORK_END:
            return {words.network_flow, "flow_end"};
        default:
            return {event::no_source, {}};
    }
}

void add_protocol(EventWriter& writer, const Words& words, std::uint8_t protocol) {
    switch (protocol) {
        case IPPROTO_TCP:
            return writer.text(words.protocol, "tcp");
        case IPPROTO_UDP:
            return writer.text(words.protocol, "udp");
        default:
            return writer.number(words.protocol, protocol);
    }
}

// The side that began is the source, as in Sysmon's events.
void add_ends(EventWriter& writer, const Scene& scene, const sensor_connection& part) {
    const auto& words = scene.words;
    const bool comes_in = part.head.kind == SENSOR_NETWORK_ACCEPT ||
                          (part.head.kind >= SENSOR_NETWORK_FLOW &&
                           (part.how & (SENSOR_NETWORK_INITIATED | SENSOR_NETWORK_BEFORE)) == 0);
    const auto& source = comes_in ? part.remote : part.local;
    const auto& destination = comes_in ? part.local : part.remote;
    writer.kept(words.source_ip, address_text(source.address));
    writer.number(words.source_port, source.port);
    if (part.head.kind == SENSOR_NETWORK_BIND || part.head.kind == SENSOR_NETWORK_LISTEN) return;
    writer.kept(words.destination_ip, address_text(destination.address));
    writer.number(words.destination_port, destination.port);
    if (!comes_in) {
        AddressNames::Address address{};
        std::ranges::copy(part.remote.address, address.begin());
        writer.kept(words.destination_hostname, scene.names_of_addresses.find(address));
    }
    if ((part.how & SENSOR_NETWORK_BEFORE) == 0) writer.truth(words.initiated, !comes_in);
}

void add_result(EventWriter& writer, const Scene& scene, const sensor_connection& part) {
    if (part.head.kind != SENSOR_NETWORK_CONNECT) return;
    scene.add_result(writer, -std::int32_t{part.error});
}

void add_bytes(EventWriter& writer, const Words& words, const sensor_connection& part) {
    if (part.head.kind != SENSOR_NETWORK_FLOW && part.head.kind != SENSOR_NETWORK_END) return;
    writer.number(words.bytes_sent, part.sent);
    writer.number(words.bytes_received, part.received);
    writer.number(words.all_sent, part.all_sent);
    writer.number(words.all_received, part.all_received);
    if (part.head.time >= part.began) writer.number(words.duration, part.head.time - part.began);
}

}  // namespace

base::Result<bool> read_network(Record record, Scene& scene, event::Event& event) {
    const auto part = RecordReader(record).part<sensor_connection>();
    if (!part) return base::Failure(part.error());
    const auto& words = scene.words;
    const auto [category, type] = kind_of(part->head.kind, words);
    if (type.empty()) {
        return base::fail(base::ErrorKind::corrupt, "no record of the network is of kind {:#x}",
                          part->head.kind);
    }
    scene.begin(event, part->head, category);
    EventWriter writer(event);
    writer.text(words.event_type, type);
    add_protocol(writer, words, part->protocol);
    add_ends(writer, scene, *part);
    add_result(writer, scene, *part);
    if (part->began != 0) writer.number(words.flow_id, part->began);
    add_bytes(writer, words, *part);
    if (part->network_namespace != 0) {
        writer.number(words.network_namespace, part->network_namespace);
    }
    if (part->head.process != 0) scene.add_actor(writer, part->head);
    return true;
}

}  // namespace shoji::sensor
