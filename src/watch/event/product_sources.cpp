#include "watch/event/product_sources.h"

#include "watch/event/log_names.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace shoji::event {
namespace {

// A field that is there and says something; with a value, this, or, by a '*', its end or beginning.
struct Mark {
    std::string_view field;
    std::string_view value = {};
};
struct Shape {
    std::string_view product;
    std::string_view service;
    std::string_view category;
    std::array<Mark, 3> marks;
};

// The first that holds counts.
constexpr Shape shapes[] = {
    {"aws", "cloudtrail", "", {{{"eventSource"}, {"eventName"}, {"awsRegion"}}}},
    {"gcp",
     "google_workspace.admin",
     "",
     {{{"eventService", "admin.googleapis.com"}, {"eventName"}, {}}}},
    {"gcp",
     "google_workspace.login",
     "",
     {{{"protoPayload.serviceName", "login.googleapis.com"},
       {"protoPayload.metadata.event.eventName"},
       {}}}},
    {"gcp", "gcp.audit", "", {{{"protoPayload.methodName"}, {"protoPayload.serviceName"}, {}}}},
    {"gcp", "gcp.audit", "", {{{"data.protoPayload.methodName"}, {}, {}}}},
    {"gcp", "gcp.audit", "", {{{"gcp.audit.method_name"}, {}, {}}}},
    {"azure", "pim", "", {{{"riskEventType", "*AlertIncident"}, {}, {}}}},
    {"azure", "riskdetection", "", {{{"riskEventType"}, {"detectedDateTime"}, {}}}},
    {"azure", "riskdetection", "", {{{"riskEventType"}, {"riskState"}, {}}}},
    {"azure", "signinlogs", "", {{{"Type", "SigninLogs"}, {}, {}}}},
    {"azure", "signinlogs", "", {{{"category", "*SignInLogs"}, {"tenantId"}, {}}}},
    {"azure", "signinlogs", "", {{{"conditionalAccessStatus"}, {"appDisplayName"}, {}}}},
    {"azure", "auditlogs", "", {{{"Type", "AuditLogs"}, {}, {}}}},
    {"azure", "auditlogs", "", {{{"category", "AuditLogs"}, {"tenantId"}, {}}}},
    {"azure", "auditlogs", "", {{{"activityDisplayName"}, {"loggedByService"}, {}}}},
    {"azure", "activitylogs", "", {{{"Type", "AzureActivity"}, {}, {}}}},
    {"azure", "activitylogs", "", {{{"operationName"}, {"resourceId", "/*"}, {"correlationId"}}}},
    {"m365",
     "threat_management",
     "",
     {{{"eventSource", "SecurityComplianceCenter"}, {"eventName"}, {}}}},
    {"m365", "exchange", "", {{{"eventSource", "Exchange"}, {"eventName"}, {}}}},
    {"m365", "audit", "", {{{"Workload"}, {"Operation"}, {"RecordType"}}}},
    {"okta", "okta", "", {{{"eventType"}, {"displayMessage"}, {}}}},
    {"github", "audit", "", {{{"action"}, {"actor"}, {"org"}}}},
    {"github", "audit", "", {{{"action"}, {"actor"}, {"_document_id"}}}},
    {"bitbucket", "audit", "", {{{"auditType.category"}, {"auditType.action"}, {}}}},
    {"kubernetes",
     "audit",
     "application",
     {{{"kind", "Event"}, {"apiVersion", "audit.k8s.io/*"}, {}}}},
    {"onelogin", "onelogin.events", "", {{{"event_type_id"}, {"account_id"}, {}}}},
    {"opencanary", "", "application", {{{"logtype"}, {"node_id"}, {"src_host"}}}},
    {"zeek", "", "", {{{"_path"}, {"ts"}, {}}}},
    {"zeek", "", "", {{{"ts"}, {"uid"}, {"id.orig_h"}}}},
};

// A log of Zeek that does not say which one it is, by a field that it alone has.
struct ZeekLog {
    std::string_view service;
    std::string_view field;
};
constexpr ZeekLog zeek_logs[] = {
    {"conn", "conn_state"}, {"dns", "qtype_name"},          {"http", "method"},
    {"smb_files", "path"},  {"dce_rpc", "endpoint"},        {"kerberos", "request_type"},
    {"rdp", "cookie"},      {"x509", "certificate.serial"},
};

// Any of these: something came from an address.
constexpr std::string_view addresses[] = {"src_ip",    "srcip", "source_ip", "src",
                                          "source.ip", "c-ip",  "client_ip", "id.orig_h"};

struct OtherName {
    std::string_view as;           // as log_names.h knows it
    std::string_view field;        // in JSON
    std::string_view beside = {};  // only where this is as well
};
// Suricata's EVE, Zeek, Elastic's Common Schema.
constexpr OtherName other_names[] = {
    {"src_ip", "id.orig_h"},
    {"src_ip", "source.ip"},
    {"src_port", "id.orig_p"},
    {"src_port", "source.port"},
    {"dst_ip", "id.resp_h"},
    {"dst_ip", "destination.ip"},
    {"dst_port", "id.resp_p"},
    {"dst_port", "destination.port"},
    {"protocol", "network.transport"},
    {"BytesSent", "flow.bytes_toserver"},
    {"BytesSent", "orig_bytes"},
    {"BytesReceived", "flow.bytes_toclient"},
    {"BytesReceived", "resp_bytes"},
    {"cs-host", "http.hostname"},
    {"cs-host", "host", "uid"},
    {"c-uri", "http.url"},
    {"c-uri", "uri"},
    {"c-uri", "url.original"},
    {"cs-method", "http.http_method"},
    {"cs-method", "method"},
    {"cs-method", "http.request.method"},
    {"c-useragent", "http.http_user_agent"},
    {"c-useragent", "user_agent.original"},
    {"sc-status", "http.status"},
    {"sc-status", "status_code"},
    {"query", "dns.rrname"},
    {"query", "dns.queries.rrname"},
    {"query", "dns.question.name"},
    {"record_type", "dns.rrtype"},
    {"record_type", "dns.queries.rrtype"},
    {"record_type", "qtype_name"},
};

constexpr std::uint8_t no_mark = 0xff;

// Each field that is asked for, once.
std::vector<std::string_view> all_marks() {
    std::vector<std::string_view> marks;
    const auto add = [&](std::string_view field) {
        if (!field.empty() && std::ranges::find(marks, field) == marks.end()) {
            marks.push_back(field);
        }
    };
    for (const auto& shape : shapes) {
        for (const auto& mark : shape.marks) add(mark.field);
    }
    for (const auto& log : zeek_logs) add(log.field);
    for (const auto field : addresses) add(field);
    for (const auto& name : other_names) {
        add(name.field);
        add(name.as);
        add(name.beside);
    }
    return marks;
}

const std::vector<std::string_view>& marks() {
    static const auto all = all_marks();
    return all;
}

// no_mark for no field.
std::uint8_t mark_of(std::string_view field) {
    if (field.empty()) return no_mark;
    return static_cast<std::uint8_t>(std::ranges::find(marks(), field) - marks().begin());
}

// The fields of the tables as marks, looked up once.
struct Numbers {
    struct Other {
        std::uint8_t as;
        std::uint8_t field;
        std::uint8_t beside;
    };
    std::vector<std::array<std::uint8_t, 3>> shapes;
    std::vector<std::uint8_t> zeek_logs;
    std::vector<std::uint8_t> addresses;
    std::vector<Other> others;
    std::uint8_t zeek_path = mark_of("_path");
};

Numbers all_numbers() {
    Numbers all;
    for (const auto& [product, service, category, marks] : shapes) {
        all.shapes.push_back(
            {mark_of(marks[0].field), mark_of(marks[1].field), mark_of(marks[2].field)});
    }
    for (const auto& log : zeek_logs) all.zeek_logs.push_back(mark_of(log.field));
    for (const auto field : addresses) all.addresses.push_back(mark_of(field));
    for (const auto& [as, field, beside] : other_names) {
        all.others.push_back({mark_of(as), mark_of(field), mark_of(beside)});
    }
    return all;
}

const Numbers& numbers() {
    static const auto all = all_numbers();
    return all;
}

// The first field of an event for each mark; null where it has none, or says nothing.
using Found = std::array<const Field*, 128>;

bool holds(std::string_view wanted, std::uint8_t number, const Found& found) {
    if (number == no_mark) return true;
    const auto* field = found.at(number);
    if (field == nullptr) return false;
    const auto is = field->value;
    if (wanted.empty() || is == wanted) return true;
    if (wanted.front() == '*') return is.ends_with(wanted.substr(1));
    return wanted.back() == '*' && is.starts_with(wanted.substr(0, wanted.size() - 1));
}

// Null when none holds.
const Shape* shape_of(const Found& found) {
    for (std::size_t i = 0; i < std::size(shapes); ++i) {
        const auto& marks = shapes[i].marks;
        const auto& number = numbers().shapes[i];
        if (holds(marks[0].value, number[0], found) && holds(marks[1].value, number[1], found) &&
            holds(marks[2].value, number[2], found)) {
            return &shapes[i];
        }
    }
    return nullptr;
}

Found found_in(const Event& event, const std::vector<std::uint8_t>& mark_of) {
    Found found{};
    for (const auto& field : event.fields()) {
        const auto id = static_cast<std::uint32_t>(field.id);
        if (id >= mark_of.size() || mark_of[id] == no_mark || field.value.empty()) continue;
        auto& first = found.at(mark_of[id]);
        if (first == nullptr) first = &field;
    }
    return found;
}

SourceId zeek_service(const Found& found, const Names& names) {
    if (const auto* path = found.at(numbers().zeek_path)) return names.source(path->value);
    for (std::size_t i = 0; i < std::size(zeek_logs); ++i) {
        if (found.at(numbers().zeek_logs[i]) != nullptr) return names.source(zeek_logs[i].service);
    }
    return no_source;
}

void add_other_names(Event& event, const Names& names, Found found) {
    std::array<Field, std::size(other_names)> added;
    std::size_t count = 0;
    for (std::size_t i = 0; i < std::size(other_names); ++i) {
        const auto& [as, from, beside] = numbers().others[i];
        const auto* field = found.at(from);
        const bool is_there = found.at(as) != nullptr;
        if (field == nullptr || is_there) continue;
        if (beside != no_mark && found.at(beside) == nullptr) continue;
        const auto name = other_names[i].as;
        added.at(count) = {names.field(name), field->type, name, field->value};
        found.at(as) = &added.at(count++);
    }
    for (std::size_t i = 0; i < count; ++i) event.add(added.at(i));
    add_log_names(names, event);
}

}  // namespace

void ProductSources::add_names(Names& names) {
    for (const auto mark : marks()) names.add_field(mark);
    for (const auto& shape : shapes) {
        names.add_source(shape.product);
        if (!shape.service.empty()) names.add_source(shape.service);
        if (!shape.category.empty()) names.add_source(shape.category);
    }
    for (const auto& log : zeek_logs) names.add_source(log.service);
}

ProductSources::ProductSources(const Names& names) : names_(names) {
    for (std::size_t mark = 0; mark < marks().size(); ++mark) {
        const auto id = names.field(marks()[mark]);
        if (id == other_field) continue;
        const auto number = static_cast<std::uint32_t>(id);
        if (number >= mark_of_.size()) mark_of_.resize(number + 1, no_mark);
        mark_of_[number] = static_cast<std::uint8_t>(mark);
    }
}

void ProductSources::describe(Event& event) const {
    const auto found = found_in(event, mark_of_);
    const auto* shape = shape_of(found);
    if (shape != nullptr) {
        event.source.product = names_.source(shape->product);
        event.source.service = names_.source(shape->service);
        if (!shape->category.empty()) {
            event.source.categories.front() = names_.source(shape->category);
        }
    }
    const bool is_zeek = shape != nullptr && shape->product == "zeek";
    if (is_zeek) event.source.service = zeek_service(found, names_);
    const bool has_address = std::ranges::any_of(
        numbers().addresses, [&](std::uint8_t number) { return found.at(number) != nullptr; });
    if (has_address && (is_zeek || shape == nullptr)) add_other_names(event, names_, found);
}

}  // namespace shoji::event
