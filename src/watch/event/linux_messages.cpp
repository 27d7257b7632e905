#include "watch/event/linux_messages.h"

#include "watch/event/logon_messages.h"

#include <algorithm>
#include <array>

namespace shoji::event {
namespace {

struct Service {
    std::string_view program;
    std::string_view service;
};

constexpr Service services[] = {
    {"sshd", "sshd"},         {"sshd-session", "sshd"}, {"sudo", "sudo"},
    {"cron", "cron"},         {"CRON", "cron"},         {"crond", "cron"},
    {"CROND", "cron"},        {"crontab", "cron"},      {"anacron", "cron"},
    {"clamd", "clamav"},      {"clamscan", "clamav"},   {"freshclam", "clamav"},
    {"vsftpd", "vsftpd"},     {"guacd", "guacamole"},   {"guacamole", "guacamole"},
    {"su", "auth"},           {"login", "auth"},        {"systemd-logind", "auth"},
    {"useradd", "auth"},      {"userdel", "auth"},      {"usermod", "auth"},
    {"groupadd", "auth"},     {"groupdel", "auth"},     {"passwd", "auth"},
    {"chage", "auth"},        {"polkitd", "auth"},      {"pkexec", "auth"},
    {"gdm-password", "auth"},
};

// Some programs have their path or a part of themselves in the name: /usr/sbin/CRON, sshd(pam).
std::string_view name_of(std::string_view program) {
    program = program.substr(0, program.find('('));
    program.remove_prefix(program.rfind('/') + 1);  // npos + 1 is 0
    return program;
}

std::string_view service_of(std::string_view program, std::string_view facility) {
    const auto found = std::ranges::find(services, program, &Service::program);
    if (found != std::end(services)) return found->service;
    return facility == "auth" || facility == "authpriv" ? "auth" : "syslog";
}

class Message {
  public:
    Message(const Names& names, Event& event) : names_(names), event_(event) {}

    void add(std::string_view name, std::string_view value) const {
        if (!value.empty()) event_.add({names_.field(name), Type::text, name, value});
    }
    void is_of(std::string_view category) const {
        event_.source.categories.front() = names_.source(category);
    }

  private:
    const Names& names_;
    Event& event_;
};

bool take(std::string_view& text, std::string_view beginning) {
    if (!text.starts_with(beginning)) return false;
    text.remove_prefix(beginning.size());
    return true;
}

std::string_view before(std::string_view text, std::string_view end) {
    return text.substr(0, text.find(end));
}

// "METHOD for USER from ADDRESS port PORT ssh2": whoever tries to come in chooses the name, so that
// the address is looked for from the end.
void add_sshd(std::string_view text, const Message& message) {
    bool success = false;
    std::string_view method;
    if (take(text, "Accepted ") || text.starts_with("Failed ")) {
        success = !take(text, "Failed ");
        const auto end = text.find(" for ");
        if (end == std::string_view::npos) return;
        method = text.substr(0, end);
        text.remove_prefix(end + std::string_view(" for ").size());
        take(text, "invalid user ");
    } else if (!take(text, "Invalid user ")) {
        return;
    }
    constexpr std::string_view from = " from ";
    const auto at = text.rfind(from);
    if (at == std::string_view::npos) return;
    const auto origin = text.substr(at + from.size());
    const auto port = origin.find(" port ");
    message.add("User", text.substr(0, at));
    message.add("SourceIp", before(origin, " "));
    if (port != std::string_view::npos) {
        message.add("SourcePort", before(origin.substr(port + 6), " "));
    }
    message.add("Method", method);
    message.add("Outcome", success ? "success" : "failure");
    message.add("LogonType", "10");
    message.is_of("authentication");
}

void add_sudo(std::string_view text, const Message& message) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    const auto user = text.find(" : ");
    const auto command = text.find("COMMAND=");
    if (user == std::string_view::npos || command == std::string_view::npos) return;
    const auto rest = text.substr(user + 3);
    const auto value = [&](std::string_view name) {
        const auto at = rest.find(name);
        return at == std::string_view::npos ? std::string_view()
                                            : before(rest.substr(at + name.size()), " ; ");
    };
    message.add("User", text.substr(0, user));
    message.add("CurrentDirectory", value("PWD="));
    message.add("TargetUser", value(" USER="));
    const auto run = text.substr(command + std::string_view("COMMAND=").size());
    message.add("CommandLine", run);
    message.add("Image", before(run, " "));
    const bool success = rest.starts_with("TTY=") || rest.starts_with("PWD=");
    message.add("Terminal",
                rest.starts_with("TTY=") ? before(rest.substr(4), " ; ") : value(" TTY="));
    message.add("Outcome", success ? "success" : "failure");
    if (!success) message.is_of("authentication");
}

// (USER) WORD (…)
void add_cron(std::string_view text, const Message& message) {
    if (!take(text, "(")) return;
    const auto user = before(text, ") ");
    text.remove_prefix(std::min(user.size() + 2, text.size()));
    const bool command = take(text, "CMD (");
    if (!command && !take(text, "REPLACE (") && !take(text, "RELOAD (")) return;
    if (text.ends_with(')')) text.remove_suffix(1);
    while (text.starts_with(' ')) text.remove_prefix(1);
    message.add("User", user);
    message.add(command ? "CommandLine" : "CronTable", text);
}

}  // namespace

void add_linux_message(std::string_view program, std::string_view facility, std::string_view text,
                       const Names& names, Event& event) {
    program = name_of(program);
    const auto service = service_of(program, facility);
    event.source.product = names.source("linux");
    event.source.service = names.source(service);
    const Message message(names, event);
    if (text.starts_with("pam_") || service == "auth") {
        add_logon_message(program, text, names, event);
    } else if (service == "sshd") {
        add_sshd(text, message);
    } else if (service == "sudo") {
        add_sudo(text, message);
    }
    if (service == "cron") add_cron(text, message);
}

}  // namespace shoji::event
