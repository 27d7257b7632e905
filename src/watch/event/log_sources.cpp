#include "watch/event/log_sources.h"

#include "watch/event/product_sources.h"

#include <string_view>

namespace shoji::event {
namespace {

constexpr std::string_view sources[] = {
    "linux",
    "auditd",
    "sshd",
    "sudo",
    "cron",
    "clamav",
    "vsftpd",
    "guacamole",
    "auth",
    "syslog",
    "process_creation",
    "file_event",
    "file_delete",
    "file_access",
    "file_rename",
    "network_connection",
    "network_flow",
    "file_change",
    "authentication",
    "firewall",
    "proxy",
    "webserver",
    "dns",
    "fortigate",
    "traffic",
    "event",
    "utm",
    "shoji",
    "journal",
    "screen_input",
    "email",
};

}  // namespace

void add_log_sources(Names& names) {
    for (const auto source : sources) names.add_source(source);
    ProductSources::add_names(names);
}

}  // namespace shoji::event
