#include "watch/event/log_names.h"

#include <algorithm>
#include <array>
#include <span>

namespace shoji::event {
namespace {

struct OtherName {
    std::string_view as;     // Sigma's
    std::string_view field;  // a device's
};

// CEF, LEEF, FortiGate, netfilter, and what others use often. Of several the first counts.
constexpr OtherName other_names[] = {
    {"src_ip", "src"},
    {"src_ip", "srcip"},
    {"src_ip", "SRC"},
    {"src_ip", "source_ip"},
    {"src_ip", "srcAddr"},
    {"src_port", "spt"},
    {"src_port", "srcport"},
    {"src_port", "srcPort"},
    {"src_port", "SPT"},
    {"src_port", "sport"},
    {"dst_ip", "dst"},
    {"dst_ip", "dstip"},
    {"dst_ip", "DST"},
    {"dst_ip", "dest_ip"},
    {"dst_ip", "dstAddr"},
    {"dst_port", "dpt"},
    {"dst_port", "dstport"},
    {"dst_port", "dstPort"},
    {"dst_port", "DPT"},
    {"dst_port", "dport"},
    {"dst_port", "dest_port"},
    {"protocol", "proto"},
    {"protocol", "PROTO"},
    {"action", "act"},
    {"BytesSent", "out"},
    {"BytesSent", "sentbyte"},
    {"BytesSent", "srcBytes"},
    {"BytesSent", "cs-bytes"},
    {"BytesReceived", "in"},
    {"BytesReceived", "rcvdbyte"},
    {"BytesReceived", "dstBytes"},
    {"BytesReceived", "sc-bytes"},
    {"User", "suser"},
    {"User", "usrName"},
    {"User", "srcuser"},
    {"User", "user"},
    {"User", "cs-username"},
    {"c-uri", "request"},
    {"c-uri", "url"},
    {"cs-method", "requestMethod"},
    {"cs-method", "httpmethod"},
    {"cs-host", "dhost"},
    {"cs-host", "hostname"},
    {"c-useragent", "requestClientApplication"},
    {"c-useragent", "agent"},
    {"c-useragent", "user_agent"},
    {"query", "qname"},
    {"record_type", "qtype"},
};

bool has(const Event& event, std::string_view name) {
    return std::ranges::any_of(event.fields(), [&](const Field& field) {
        return field.name == name && !field.value.empty();
    });
}

std::string_view value_of(const Event& event, std::string_view name) {
    const auto found = std::ranges::find(event.fields(), name, &Field::name);
    return found == event.fields().end() ? std::string_view() : found->value;
}

void add(const Names& names, Event& event, std::string_view name, std::string_view value) {
    event.add({names.field(name), Type::text, name, value});
}

void add_category(const Names& names, Event& event, std::string_view category) {
    auto& categories = event.source.categories;
    const auto id = names.source(category);
    if (std::ranges::find(categories, id) != categories.end()) return;
    const auto free = std::ranges::find(categories, no_source);
    if (free != categories.end()) *free = id;
}

}  // namespace

void add_log_names(const Names& names, Event& event) {
    for (const auto& [as, field] : other_names) {
        const auto value = value_of(event, field);
        if (!value.empty() && !has(event, as)) add(names, event, as, value);
    }
    const auto uri = value_of(event, "c-uri");
    if (!uri.empty()) add_uri_parts(uri, names, event);
    const bool has_peers = has(event, "src_ip") && has(event, "dst_ip");
    if (has_peers && (has(event, "dst_port") || has(event, "protocol"))) {
        add_category(names, event, "firewall");
    }
    const bool is_request = has(event, "cs-method") || has(event, "c-useragent");
    if (has(event, "c-uri") || (has(event, "cs-host") && is_request)) {
        add_category(names, event, "proxy");
    }
    if (has(event, "query")) add_category(names, event, "dns");
}

void add_uri_parts(std::string_view uri, const Names& names, Event& event) {
    if (!has(event, "cs-uri")) add(names, event, "cs-uri", uri);
    auto rest = uri;
    const auto scheme = rest.find("://");
    const bool is_https = rest.starts_with("https");
    if (scheme != std::string_view::npos) rest.remove_prefix(scheme + 3);
    // A path alone names no host; "host:443" is what CONNECT asks for.
    const auto end = std::min(rest.find_first_of("/?"), rest.size());
    auto host = rest.substr(0, end);
    if (scheme == std::string_view::npos && host.find(':') == std::string_view::npos) host = {};
    if (!host.empty()) {
        rest.remove_prefix(end);
        host.remove_prefix(host.rfind('@') + 1);  // npos + 1 is 0
        const auto bracket = host.find(']');
        const auto colon = host.find(':', bracket == std::string_view::npos ? 0 : bracket);
        const auto port =
            colon == std::string_view::npos ? std::string_view() : host.substr(colon + 1);
        host = host.substr(0, colon);
        if (!has(event, "cs-host")) add(names, event, "cs-host", host);
        if (!has(event, "r-dns")) add(names, event, "r-dns", host);
        if (!has(event, "dst_port")) {
            const std::string_view usual = scheme == std::string_view::npos ? ""
                                           : is_https                       ? "443"
                                                                            : "80";
            add(names, event, "dst_port", port.empty() ? usual : port);
        }
    }
    const auto question = rest.find('?');
    const auto stem = rest.substr(0, question);
    add(names, event, "c-uri-stem", stem);
    if (question != std::string_view::npos) {
        add(names, event, "c-uri-query", rest.substr(question + 1));
    }
    const auto slash = stem.rfind('/');
    const auto dot = stem.rfind('.');
    if (dot != std::string_view::npos && (slash == std::string_view::npos || dot > slash)) {
        add(names, event, "c-uri-extension", stem.substr(dot + 1));
    }
}

}  // namespace shoji::event
