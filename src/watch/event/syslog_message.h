// One message of syslog: RFC 5424, and what RFC 3164 describes as it is found in /var/log (without
// priority) and on the line (with it); rsyslog's form with a time of RFC 3339 as well.
#pragma once

#include "watch/event/event.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::event {

// What messages of RFC 3164 leave out.
struct SyslogDefaults {
    Time newest = 0;  // no message is more than a day later: tells the year; 0: not known
    Time offset = 0;  // of local time from UTC, nanoseconds
};

struct SyslogMessage {
    // A parameter of structured data; the value may have backslashes before ", \ and ].
    struct Parameter {
        std::string_view element;
        std::string_view name;
        std::string_view value;
    };

    std::string_view facility;  // its name; empty where there is no priority
    std::string_view severity;
    Time time = 0;  // 0: it does not say
    std::string_view host;
    std::string_view program;
    std::string_view process_id;
    std::string_view message_id;
    std::vector<Parameter> parameters;
    std::string_view text;
};

// Nothing when the text begins neither with a priority nor with a time. Views into the text.
std::optional<SyslogMessage> parse_syslog_message(std::string_view text,
                                                  const SyslogDefaults& defaults);

// Without the backslashes that RFC 5424 puts before ", \ and ].
std::string unescape_parameter(std::string_view value);

}  // namespace shoji::event
