// Activities of all kinds out of bytes or chance, with few names, so that much of it belongs
// together; times mostly go forward.
#pragma once

#include "watch/event/activity.h"

#include <array>
#include <cstdint>
#include <string>

namespace shoji::exfiltration::testing {

class RandomActivities {
  public:
    // `next()` gives numbers; the activity's texts stand until the next call.
    template <class Next>
    event::Activity make(Next&& next) {
        using event::ActivityKind;
        event::Activity one;
        one.kind = static_cast<ActivityKind>(next() % 14);
        step(next() % 64, next());
        one.time = time_;
        static constexpr std::array<std::string_view, 4> hosts{"pc1", "pc2", "", "\xff\xfe"};
        static constexpr std::array<std::string_view, 8> sites{"a.example.org",
                                                               "drive.example",
                                                               "x.paste.example",
                                                               "mail.example",
                                                               "city.lg.jp",
                                                               "203.0.113.7",
                                                               "..",
                                                               "co.jp"};
        static constexpr std::array<std::string_view, 6> paths{R"(\\fs01\mynumber\a.xlsx)",
                                                               R"(E:\a.zip)",
                                                               R"(\\other\s\b.7z)",
                                                               R"(C:\c.gpg)",
                                                               "//",
                                                               "E:/"};
        static constexpr std::array<std::string_view, 5> programs{R"(C:\a.exe)", R"(C:\7z.exe)", "",
                                                                  "/usr/bin/tar", R"(C:\b.exe)"};
        static constexpr std::array<std::string_view, 4> protocols{"tls", "ssh", "", "dns"};
        one.host = hosts.at(next() % hosts.size());
        one.user = hosts.at(next() % hosts.size());
        one.process = programs.at(next() % programs.size());
        one.domain = sites.at(next() % sites.size());
        if (next() % 2 == 0) {
            name_ = std::to_string(next()) + "." + std::string(one.domain);
            one.domain = name_;
        }
        one.peer = next() % 3 == 0 ? "10.0.0.9" : "203.0.113.9";
        one.port = next() % 2 == 0 ? 443 : 53;
        one.protocol = protocols.at(next() % protocols.size());
        one.path = paths.at(next() % paths.size());
        one.bytes_out = next() << next() % 24;
        one.bytes_in = next() << next() % 24;
        one.pages = static_cast<std::uint32_t>(next());
        one.entropy = next() % 2 == 0 ? 7.99 : -1;
        one.denied = next() % 16 == 0;
        text_ = std::to_string(next()) + std::to_string(next());
        if (next() % 4 == 0) text_.resize(1);
        one.text = text_;
        return one;
    }

  private:
    void step(std::uint64_t how, std::uint64_t size) {
        constexpr event::Time one_second = 1'000'000'000;
        constexpr event::Time one_day = 86'400 * one_second;
        if (how < 50) {
            time_ += static_cast<event::Time>(size % 4000) * one_second;
        } else if (how < 58) {
            time_ += static_cast<event::Time>(size % 40) * one_day / 8;
        } else if (how < 60) {
            time_ -= static_cast<event::Time>(size % 40) * one_day;
        } else if (how == 60) {
            time_ = static_cast<event::Time>(size % 1000);
        } else if (how == 61) {
            time_ = event::Time{9'000'000'000} * one_second;
        } else {
            time_ = event::Time{1'780'000'000} * one_second;
        }
    }

    event::Time time_ = event::Time{1'780'000'000} * 1'000'000'000;
    std::string name_;
    std::string text_;
};

}  // namespace shoji::exfiltration::testing
