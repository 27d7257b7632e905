#include "watch/event/windows_sources.h"

#include <algorithm>
#include <charconv>

namespace shoji::event {
namespace {

// Sysmon for Linux writes as its elder brother does.
constexpr std::string_view linux_sysmon = "linux-sysmon/operational";

struct Channel {
    std::string_view service;
    std::string_view channel;
};

// The channels of each service.
constexpr Channel channels[] = {
    {"sysmon", "microsoft-windows-sysmon/operational"},
    {"sysmon", linux_sysmon},
    {"security", "security"},
    {"system", "system"},
    {"application", "application"},
    {"powershell", "microsoft-windows-powershell/operational"},
    {"powershell", "powershellcore/operational"},
    {"powershell-classic", "windows powershell"},
    {"applocker", "microsoft-windows-applocker/exe and dll"},
    {"applocker", "microsoft-windows-applocker/msi and script"},
    {"applocker", "microsoft-windows-applocker/packaged app-deployment"},
    {"applocker", "microsoft-windows-applocker/packaged app-execution"},
    {"appmodel-runtime", "microsoft-windows-appmodel-runtime/admin"},
    {"appxdeployment-server", "microsoft-windows-appxdeploymentserver/operational"},
    {"appxpackaging-om", "microsoft-windows-appxpackaging/operational"},
    {"bits-client", "microsoft-windows-bits-client/operational"},
    {"capi2", "microsoft-windows-capi2/operational"},
    {"certificateservicesclient-lifecycle-system",
     "microsoft-windows-certificateservicesclient-lifecycle-system/operational"},
    {"codeintegrity-operational", "microsoft-windows-codeintegrity/operational"},
    {"dhcp", "microsoft-windows-dhcp-server/operational"},
    {"diagnosis-scripted", "microsoft-windows-diagnosis-scripted/operational"},
    {"dns-client", "microsoft-windows-dns client events/operational"},
    {"dns-client", "microsoft-windows-dns-client/operational"},
    {"dns-server", "dns server"},
    {"dns-server-analytic", "microsoft-windows-dns-server/analytical"},
    {"driver-framework", "microsoft-windows-driverframeworks-usermode/operational"},
    {"firewall-as", "microsoft-windows-windows firewall with advanced security/firewall"},
    {"hyper-v-worker", "microsoft-windows-hyper-v-worker"},
    {"iis-configuration", "microsoft-iis-configuration/operational"},
    {"kernel-event-tracing", "microsoft-windows-kernel-eventtracing"},
    {"kernel-shimengine", "microsoft-windows-kernel-shimengine/operational"},
    {"kernel-shimengine", "microsoft-windows-kernel-shimengine/diagnostic"},
    {"ldap", "microsoft-windows-ldap-client/debug"},
    {"lsa-server", "microsoft-windows-lsa/operational"},
    {"microsoft-servicebus-client", "microsoft-servicebus-client"},
    {"microsoft-servicebus-client", "microsoft-servicebus-client/admin"},
    {"microsoft-servicebus-client", "microsoft-servicebus-client/operational"},
    {"msexchange-management", "msexchange management"},
    {"ntfs", "microsoft-windows-ntfs/operational"},
    {"ntlm", "microsoft-windows-ntlm/operational"},
    {"openssh", "openssh/operational"},
    {"printservice-admin", "microsoft-windows-printservice/admin"},
    {"printservice-operational", "microsoft-windows-printservice/operational"},
    {"security-mitigations", "microsoft-windows-security-mitigations/kernel mode"},
    {"security-mitigations", "microsoft-windows-security-mitigations/user mode"},
    {"sense", "microsoft-windows-sense/operational"},
    {"shell-core", "microsoft-windows-shell-core/operational"},
    {"smbclient-connectivity", "microsoft-windows-smbclient/connectivity"},
    {"smbclient-security", "microsoft-windows-smbclient/security"},
    {"smbserver-connectivity", "microsoft-windows-smbserver/connectivity"},
    {"taskscheduler", "microsoft-windows-taskscheduler/operational"},
    {"terminalservices-localsessionmanager",
     "microsoft-windows-terminalservices-localsessionmanager/operational"},
    {"vhdmp", "microsoft-windows-vhdmp/operational"},
    {"windefend", "microsoft-windows-windows defender/operational"},
    {"wmi", "microsoft-windows-wmi-activity/operational"},
};

struct Numbered {
    std::string_view service;
    std::uint32_t event;
    std::string_view category;
};

constexpr Numbered numbered[] = {
    {"sysmon", 1, "process_creation"},
    {"sysmon", 2, "file_change"},
    {"sysmon", 3, "network_connection"},
    {"sysmon", 4, "sysmon_status"},
    {"sysmon", 5, "process_termination"},
    {"sysmon", 6, "driver_load"},
    {"sysmon", 7, "image_load"},
    {"sysmon", 8, "create_remote_thread"},
    {"sysmon", 9, "raw_access_thread"},
    {"sysmon", 10, "process_access"},
    {"sysmon", 11, "file_event"},
    {"sysmon", 12, "registry_event"},
    {"sysmon", 13, "registry_event"},
    {"sysmon", 13, "registry_set"},
    {"sysmon", 14, "registry_event"},
    {"sysmon", 14, "registry_rename"},
    {"sysmon", 15, "create_stream_hash"},
    {"sysmon", 16, "sysmon_status"},
    {"sysmon", 17, "pipe_created"},
    {"sysmon", 18, "pipe_created"},
    {"sysmon", 19, "wmi_event"},
    {"sysmon", 20, "wmi_event"},
    {"sysmon", 21, "wmi_event"},
    {"sysmon", 22, "dns_query"},
    {"sysmon", 23, "file_delete"},
    {"sysmon", 24, "clipboard_capture"},
    {"sysmon", 25, "process_tampering"},
    {"sysmon", 26, "file_delete"},
    {"sysmon", 27, "file_block_executable"},
    {"sysmon", 28, "file_block_shredding"},
    {"sysmon", 29, "file_executable_detected"},
    {"sysmon", 255, "sysmon_error"},
    {"security", 4688, "process_creation"},
    {"security", 4657, "registry_event"},
    {"security", 4657, "registry_set"},
    {"security", 5156, "network_connection"},
    {"security", 4663, "file_access"},
    {"powershell", 4103, "ps_module"},
    {"powershell", 4104, "ps_script"},
    {"powershell-classic", 400, "ps_classic_start"},
    {"powershell-classic", 600, "ps_classic_provider_start"},
};

struct OtherName {
    std::string_view service;
    std::uint32_t event;
    std::string_view field;
    std::string_view as;
};

// Microsoft's names for what Sysmon, whose names Sigma's categories use, calls otherwise.
constexpr OtherName other_names[] = {
    {"security", 4688, "NewProcessName", "Image"},
    {"security", 4688, "ParentProcessName", "ParentImage"},
    {"security", 4688, "SubjectUserName", "User"},
    {"security", 4688, "MandatoryLabel", "IntegrityLevel"},
    {"security", 4657, "ObjectName", "TargetObject"},
    {"security", 4657, "NewValue", "Details"},
    {"security", 4657, "ProcessName", "Image"},
    {"security", 5156, "Application", "Image"},
    {"security", 5156, "SourceAddress", "SourceIp"},
    {"security", 5156, "DestAddress", "DestinationIp"},
    {"security", 5156, "DestPort", "DestinationPort"},
    {"security", 4663, "ObjectName", "FileName"},
    {"security", 4663, "ProcessName", "Image"},
};

char in_lower_case(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

void add_category(auto& categories, SourceId id) {
    *std::ranges::find(categories, no_source) = id;
}

}  // namespace

std::size_t WindowsSources::CaselessHash::operator()(std::string_view text) const {
    std::size_t hash = text.size();
    for (const char c : text) hash = hash * 31 + static_cast<unsigned char>(in_lower_case(c));
    return hash;
}

bool WindowsSources::CaselessEqual::operator()(std::string_view one, std::string_view other) const {
    return std::ranges::equal(one, other, {}, in_lower_case, in_lower_case);
}

WindowsSources::WindowsSources(Names& names)
    : windows_(names.add_source("windows")),
      linux_(names.add_source("linux")),
      registry_add_(names.add_source("registry_add")),
      registry_delete_(names.add_source("registry_delete")),
      registry_event_(names.add_source("registry_event")) {
    for (const auto& [service, channel] : channels) {
        const auto id = names.add_source(service);
        const auto product = channel == linux_sysmon ? linux_ : windows_;
        by_channel_.emplace(channel, Service{id, product, {}});
    }
    add_categories(names);
    add_other_names(names);
}

void WindowsSources::add_categories(Names& names) {
    for (const auto& [service, event, category] : numbered) {
        for (auto& [channel, known] : by_channel_) {
            if (known.id != names.source(service)) continue;
            add_category(known.categories[event].of, names.add_source(category));
        }
    }
}

void WindowsSources::add_other_names(Names& names) {
    for (const auto& [service, event, field, as] : other_names) {
        const std::size_t index = names_.size();
        names_.emplace_back(names.add_field(as), as);
        for (auto& [channel, known] : by_channel_) {
            if (known.id != names.source(service)) continue;
            known.categories[event].other_names.emplace_back(names.add_field(field), index);
        }
    }
}

const WindowsSources::Service* WindowsSources::service_of(std::string_view channel,
                                                          Last& last) const {
    if (channel == last.channel_) return last.service_;
    const auto found = by_channel_.find(channel);
    const Service* service = found == by_channel_.end() ? nullptr : &found->second;
    constexpr std::size_t longest = 256;
    if (channel.size() <= longest) {
        last.channel_ = channel;
        last.service_ = service;
    }
    return service;
}

bool WindowsSources::describe(Event& event) const {
    Last none;
    return describe(event, none);
}

bool WindowsSources::describe(Event& event, Last& last) const {
    const auto* channel = event.find(field::channel);
    const bool names_provider =
        channel == nullptr && event.value(field::provider) == "Linux-Sysmon";
    if (channel == nullptr && !names_provider) return false;
    event.source.product = windows_;
    const auto* service = service_of(names_provider ? linux_sysmon : channel->value, last);
    if (service == nullptr) return true;
    event.source.product = service->product;
    event.source.service = service->id;
    const auto number_text = event.value(field::event_id);
    std::uint32_t number = 0;
    std::from_chars(number_text.data(), number_text.data() + number_text.size(), number);
    const auto category = service->categories.find(number);
    if (category == service->categories.end()) return true;
    event.source.categories = category->second.of;
    for (const auto& [from, index] : category->second.other_names) {
        const auto* field = event.find(from);
        const auto& [id, name] = names_[index];
        if (field == nullptr || event.find(id) != nullptr) continue;
        event.add({id, field->type, name, field->value});
    }
    // Sysmon's event 12 is both making and deleting; its EventType says which.
    constexpr std::uint32_t registry_object = 12;
    if (number == registry_object && category->second.of.front() == registry_event_) {
        const bool made = event.value(field::event_type).starts_with("Create");
        add_category(event.source.categories, made ? registry_add_ : registry_delete_);
    }
    return true;
}

}  // namespace shoji::event
