#include "watch/sensor/dns.h"

#include "watch/sensor/address.h"
#include "watch/sensor/dns_message.h"
#include "watch/sensor/family.h"

#include <fmt/format.h>
#include <netinet/in.h>

namespace shoji::sensor {
namespace {

// As Sysmon writes them: addresses as they are, names with their type.
std::string results_of(const DnsMessage& message) {
    std::string text;
    for (const auto& answer : message.answers) {
        if (answer.name.empty()) {
            text += address_text(answer.address);
        } else {
            text += fmt::format("type: {} {}", answer.type, answer.name);
        }
        text += ';';
    }
    return text;
}

void add_message(EventWriter& writer, Scene& scene, const DnsMessage& message) {
    const auto& words = scene.words;
    writer.kept(words.query_name, message.name.empty() ? "." : message.name);
    if (const auto name = dns_type_name(message.type); !name.empty()) {
        writer.text(words.query_type, name);
    } else {
        writer.number(words.query_type, message.type);
    }
    if (!message.is_answer) return;
    writer.number(words.query_status, message.status);
    writer.kept(words.query_results, results_of(message));
    for (const auto& answer : message.answers) {
        if (answer.name.empty()) scene.names_of_addresses.add(answer.address, message.name);
    }
}

}  // namespace

base::Result<bool> read_dns(Record record, Scene& scene, event::Event& event) {
    RecordReader reader(record);
    const auto part = reader.part<sensor_dns>();
    if (!part) return base::Failure(part.error());
    const auto text = reader.text(part->text_bytes);
    if (!reader.whole()) {
        return base::fail(base::ErrorKind::corrupt, "a record of DNS says more than it holds");
    }
    const bool asked = part->head.kind == SENSOR_DNS_QUESTION;
    if (!asked && part->head.kind != SENSOR_DNS_ANSWER) {
        return base::fail(base::ErrorKind::corrupt, "no record of DNS is of kind {:#x}",
                          part->head.kind);
    }
    const auto& words = scene.words;
    const auto message =
        parse_dns({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
                  text.size() == part->message_bytes);
    scene.begin(event, part->head, asked ? words.dns_query : words.dns_answer);
    EventWriter writer(event);
    // Something else that goes by way of this port is worth a look.
    writer.text(words.event_type, !message ? "no_dns" : asked ? "question" : "answer");
    if (message) add_message(writer, scene, *message);
    writer.kept(words.server_ip, address_text(part->server.address));
    writer.text(words.protocol, part->protocol == IPPROTO_UDP ? "udp" : "tcp");
    writer.number(words.size_of_message, part->message_bytes);
    if (part->head.process != 0) scene.add_actor(writer, part->head);
    scene.add_incomplete(writer, part->head.flags);
    return true;
}

}  // namespace shoji::sensor
