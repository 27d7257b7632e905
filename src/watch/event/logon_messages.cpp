#include "watch/event/logon_messages.h"

#include <algorithm>
#include <array>

namespace shoji::event {
namespace {

bool take(std::string_view& text, std::string_view beginning) {
    if (!text.starts_with(beginning)) return false;
    text.remove_prefix(beginning.size());
    return true;
}

// The part of `text` before `end`, taken off it with `end`; all of it where there is none.
std::string_view take_until(std::string_view& text, std::string_view end) {
    const auto at = text.find(end);
    const auto part = text.substr(0, at);
    text.remove_prefix(at == std::string_view::npos ? text.size() : at + end.size());
    return part;
}

std::string_view without_quotes(std::string_view text) {
    if (text.size() >= 2 && text.starts_with('\'') && text.ends_with('\'')) {
        return text.substr(1, text.size() - 2);
    }
    return text;
}

class Message {
  public:
    Message(const Names& names, Event& event) : names_(names), event_(event) {}

    void add(std::string_view name, std::string_view value) const {
        if (!value.empty()) event_.add({names_.field(name), Type::text, name, value});
    }
    void is(std::string_view type, bool success) const {
        add("EventType", type);
        add("Outcome", success ? "success" : "failure");
    }
    void is_authentication() const {
        event_.source.categories.front() = names_.source("authentication");
    }

  private:
    const Names& names_;
    Event& event_;
};

// util-linux: "(to root) tanaka on pts/0"; shadow: "Successful su for root by tanaka".
void add_su(std::string_view text, const Message& message) {
    bool success = !take(text, "FAILED SU ");
    if (take(text, "(to ")) {
        message.add("TargetUser", take_until(text, ") "));
        const auto terminal = text.rfind(" on ");
        message.add("User", text.substr(0, terminal));
        if (terminal != std::string_view::npos) message.add("Terminal", text.substr(terminal + 4));
    } else if (success &&
               (take(text, "Successful su for ") || text.starts_with("FAILED su for "))) {
        success = !take(text, "FAILED su for ");
        message.add("TargetUser", take_until(text, " by "));
        message.add("User", text);
    } else {
        return;
    }
    message.is("logon", success);
    message.is_authentication();
}

// "LOGIN ON tty1 BY tanaka FROM host", "ROOT LOGIN ON tty1", "DIALUP AT ttyS0 BY tanaka"
bool add_login_success(std::string_view text, const Message& message) {
    const bool root = take(text, "ROOT LOGIN");
    while (root && text.starts_with(' ')) text.remove_prefix(1);
    const bool known = root ? take(text, "ON ") || take(text, "on ")
                            : take(text, "LOGIN ON ") || take(text, "DIALUP AT ");
    if (!known) return false;
    auto rest = text;
    auto terminal = take_until(rest, root ? " FROM " : " BY ");
    message.add("Terminal", without_quotes(terminal));
    message.add("User", root ? "root" : take_until(rest, " FROM "));
    message.add("SourceHost", rest);
    return true;
}

// "FAILED LOGIN (1) on '/dev/tty1' FOR 'root', Authentication failure"; with "FROM 'host'" before
// FOR
bool add_login_failure(std::string_view text, const Message& message) {
    if (!take(text, "FAILED LOGIN ") && !take(text, "TOO MANY LOGIN TRIES ")) return false;
    take_until(text, ") on ");
    auto place = take_until(text, " FOR ");
    message.add("Terminal", without_quotes(take_until(place, " FROM ")));
    message.add("SourceHost", without_quotes(place));
    // The name is what somebody typed: its end is the last comma's.
    message.add("User", without_quotes(text.substr(0, text.rfind(", "))));
    return true;
}

void add_login(std::string_view text, const Message& message) {
    const bool failed = add_login_failure(text, message);
    if (!failed && !add_login_success(text, message)) return;
    message.is("logon", !failed);
    message.add("LogonType", "2");
    message.is_authentication();
}

// Behind NAME= up to a blank.
std::string_view value_of(std::string_view text, std::string_view name) {
    const auto at = text.find(name);
    if (at == std::string_view::npos) return {};
    const auto value = text.substr(at + name.size());
    return value.substr(0, value.find(' '));
}

// Programs that say themselves whom they let in, and refused.
bool tells_itself(std::string_view service) {
    constexpr std::array<std::string_view, 7> programs{"sshd",   "su",    "su-l",  "sudo",
                                                       "sudo-i", "login", "remote"};
    return std::ranges::find(programs, service) != programs.end();
}

bool is_nobodys_logon(std::string_view service) {
    constexpr std::array<std::string_view, 5> services{"cron", "crond", "atd", "systemd-user",
                                                       "runuser"};
    return std::ranges::find(services, service) != services.end();
}

// "user tanaka(uid=1000) by (uid=0)": without the number
std::string_view name_before_number(std::string_view text) {
    return text.substr(0, text.find("(uid="));
}

// "pam_MODULE(SERVICE:TYPE): …"
void add_pam(std::string_view text, const Message& message) {
    take_until(text, "(");
    const auto service = take_until(text, ":");
    take_until(text, "): ");
    if (take(text, "authentication failure; ")) {
        const auto user = text.rfind(" user=");
        message.add("PamService", service);
        message.add("User",
                    user == std::string_view::npos ? std::string_view() : text.substr(user + 6));
        message.add("SourceUser", value_of(text, "ruser="));
        message.add("SourceIp", value_of(text, "rhost="));
        message.add("Terminal", value_of(text, "tty="));
        message.is("logon", false);
        if (!tells_itself(service)) message.is_authentication();
        return;
    }
    const bool opened = take(text, "session opened for user ");
    if (!opened && !take(text, "session closed for user ")) return;
    const auto user = opened ? take_until(text, " by ") : text;
    message.add("PamService", service);
    message.add("User", name_before_number(user));
    if (opened) message.add("SourceUser", name_before_number(text));
    message.is(opened ? "session_opened" : "session_closed", true);
    const bool is_logon = opened && !tells_itself(service) && !is_nobodys_logon(service);
    if (!is_logon) return;
    message.add("LogonType", "2");
    message.is_authentication();
}

void add_logind(std::string_view text, const Message& message) {
    if (take(text, "New session ")) {
        message.add("LogonId", take_until(text, " of user "));
        message.add("User", text.substr(0, text.rfind('.')));
        message.is("session_opened", true);
    } else if (take(text, "Removed session ")) {
        message.add("LogonId", text.substr(0, text.find('.')));
        message.is("session_closed", true);
    }
}

}  // namespace

void add_logon_message(std::string_view program, std::string_view text, const Names& names,
                       Event& event) {
    const Message message(names, event);
    if (text.starts_with("pam_")) return add_pam(text, message);
    if (program == "su") return add_su(text, message);
    if (program == "login") return add_login(text, message);
    if (program == "systemd-logind") add_logind(text, message);
}

}  // namespace shoji::event
