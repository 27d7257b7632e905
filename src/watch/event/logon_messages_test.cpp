// Lines as Debian 12's programs write them.
#include "watch/event/logon_messages.h"

#include "watch/event/linux_messages.h"
#include "watch/event/log_sources.h"
#include "watch/event/testing/shown.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

class LogonMessages : public ::testing::Test {
  protected:
    LogonMessages() { add_log_sources(names_); }

    void read(std::string_view program, std::string_view text) {
        event_.clear();
        text_ = text;
        add_linux_message(program, "", text_, names_, event_);
    }
    std::string value(std::string_view name) {
        const auto found = std::ranges::find(event_.fields(), name, &Field::name);
        return found == event_.fields().end() ? std::string() : std::string(found->value);
    }
    std::string source() { return testing::source_of(event_, names_); }

    Names names_;
    std::string text_;
    Event event_;
};

TEST_F(LogonMessages, Su) {
    read("su", "(to root) tanaka on pts/0");
    EXPECT_EQ(source(), "linux/auth/authentication");
    EXPECT_EQ(value("EventType"), "logon");
    EXPECT_EQ(value("TargetUser"), "root");
    EXPECT_EQ(value("User"), "tanaka");
    EXPECT_EQ(value("Terminal"), "pts/0");
    EXPECT_EQ(value("Outcome"), "success");
    read("su", "FAILED SU (to root) tanaka on none");
    EXPECT_EQ(value("Outcome"), "failure");
    EXPECT_EQ(value("TargetUser"), "root");
    read("su", "FAILED su for root by tanaka");
    EXPECT_EQ(value("Outcome"), "failure");
    EXPECT_EQ(value("User"), "tanaka");
    read("su", "something else");
    EXPECT_EQ(source(), "linux/auth/-");
}

TEST_F(LogonMessages, Login) {
    read("login", "LOGIN ON tty1 BY tanaka");
    EXPECT_EQ(value("User"), "tanaka");
    EXPECT_EQ(value("Terminal"), "tty1");
    EXPECT_EQ(value("LogonType"), "2");
    EXPECT_EQ(value("Outcome"), "success");
    read("login", "ROOT LOGIN  on '/dev/tty1'");
    EXPECT_EQ(value("User"), "root");
    EXPECT_EQ(value("Terminal"), "/dev/tty1");
    read("login", "FAILED LOGIN (2) on '/dev/tty1' FROM 'far' FOR 'a, b', Authentication failure");
    EXPECT_EQ(value("User"), "a, b");
    EXPECT_EQ(value("Terminal"), "/dev/tty1");
    EXPECT_EQ(value("SourceHost"), "far");
    EXPECT_EQ(value("Outcome"), "failure");
    EXPECT_EQ(source(), "linux/auth/authentication");
}

TEST_F(LogonMessages, Pam) {
    constexpr std::string_view failure =
        "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=192.0.2.7  user=root";
    read("sshd", "pam_unix(sshd:auth): " + std::string(failure));
    EXPECT_EQ(source(), "linux/sshd/-") << "sshd itself says it as well";
    EXPECT_EQ(value("User"), "root");
    EXPECT_EQ(value("SourceIp"), "192.0.2.7");
    EXPECT_EQ(value("Terminal"), "ssh");
    EXPECT_EQ(value("Outcome"), "failure");
    read("gdm-password", "pam_unix(gdm-password:auth): " + std::string(failure));
    EXPECT_EQ(value("PamService"), "gdm-password");
    EXPECT_EQ(source(), "linux/auth/authentication");
    read("gdm-password",
         "pam_unix(gdm-password:session): session opened for user tanaka(uid=1000) by (uid=0)");
    EXPECT_EQ(source(), "linux/auth/authentication");
    EXPECT_EQ(value("User"), "tanaka");
    read("CRON", "pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)");
    EXPECT_EQ(source(), "linux/cron/-");
    EXPECT_EQ(value("EventType"), "session_opened");
    read("sudo", "pam_unix(sudo:session): session opened for user root(uid=0) by tanaka(uid=1000)");
    EXPECT_EQ(value("SourceUser"), "tanaka");
    EXPECT_EQ(source(), "linux/sudo/-");
    read("sudo", "pam_unix(sudo:session): session closed for user root");
    EXPECT_EQ(value("EventType"), "session_closed");
    EXPECT_EQ(value("User"), "root");
}

TEST_F(LogonMessages, SessionsOfLogind) {
    read("systemd-logind", "New session c5 of user tanaka.");
    EXPECT_EQ(value("LogonId"), "c5");
    EXPECT_EQ(value("User"), "tanaka");
    read("systemd-logind", "Removed session c5.");
    EXPECT_EQ(value("LogonId"), "c5");
    EXPECT_EQ(value("EventType"), "session_closed");
}

TEST_F(LogonMessages, WhatSudoRefuses) {
    read("sudo",
         "tanaka : 3 incorrect password attempts ; TTY=pts/1 ; PWD=/ ; USER=root ; "
         "COMMAND=/bin/sh");
    EXPECT_EQ(source(), "linux/sudo/authentication");
    EXPECT_EQ(value("Outcome"), "failure");
    EXPECT_EQ(value("Terminal"), "pts/1");
    EXPECT_EQ(value("TargetUser"), "root");
    read("sudo", "tanaka : TTY=pts/1 ; PWD=/ ; USER=root ; COMMAND=/bin/sh");
    EXPECT_EQ(value("Terminal"), "pts/1");
    EXPECT_EQ(value("Outcome"), "success");
}

TEST_F(LogonMessages, WhatIsCutIsNoFault) {
    constexpr std::string_view whole[] = {
        "pam_unix(sshd:auth): authentication failure; ruser=a rhost=b  user=c",
        "pam_unix(gdm:session): session opened for user a(uid=1) by b(uid=0)",
        "FAILED LOGIN (1) on '/dev/tty1' FROM 'x' FOR 'y', z",
        "ROOT LOGIN  on '/dev/tty1'",
        "New session 1 of user x.",
        "FAILED SU (to a) b on c"};
    for (const auto& text : whole) {
        for (std::size_t size = 0; size <= text.size(); ++size) {
            for (const auto* program : {"su", "login", "systemd-logind", "sshd"}) {
                read(program, text.substr(0, size));
                EXPECT_LE(event_.fields().size(), 8U);
            }
        }
    }
}

}  // namespace
}  // namespace shoji::event
