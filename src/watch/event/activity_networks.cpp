#include "watch/event/activity_tables.h"

namespace shoji::event::activity_tables {
namespace {

using Kind = ActivityKind;

// The client is the host: the log's own machine is the proxy or the firewall.
constexpr Text request[] = {{&Activity::host, "src_ip"},
                            {&Activity::host, "c-ip"},
                            {&Activity::user, "User"},
                            {&Activity::peer, "dst_ip"},
                            {&Activity::domain, "cs-host"},
                            {&Activity::domain, "r-dns"},
                            {&Activity::signature, "c-useragent"},
                            {&Activity::host_header, "cs-host"},
                            {&Activity::method, "cs-method"}};
constexpr Numbered request_numbers[] = {
    {Number::port, "dst_port"},          {Number::bytes_out, "BytesSent"},
    {Number::bytes_in, "BytesReceived"}, {Number::bytes_out, "cs-bytes"},
    {Number::bytes_in, "sc-bytes"},      {Number::milliseconds, "time-taken"}};
constexpr Text connection[] = {{&Activity::host, "src_ip"},
                               {&Activity::user, "User"},
                               {&Activity::peer, "dst_ip"},
                               {&Activity::domain, "cs-host"},
                               {&Activity::protocol, "protocol"}};
constexpr Numbered connection_numbers[] = {{Number::port, "dst_port"},
                                           {Number::bytes_out, "BytesSent"},
                                           {Number::bytes_in, "BytesReceived"},
                                           {Number::seconds, "duration"}};
constexpr Text query[] = {{&Activity::host, "src_ip"},
                          {&Activity::host, "c-ip"},
                          {&Activity::user, "User"},
                          {&Activity::domain, "query"}};
constexpr Text input[] = {{&Activity::user, "User"}, {&Activity::domain, "Destination"}};
// Characters stand for bytes: the source counts those alone.
constexpr Numbered input_numbers[] = {{Number::bytes_out, "Characters"},
                                      {Number::my_numbers, "MyNumbers"}};
constexpr Text sent_mail[] = {{&Activity::user, "User"}, {&Activity::peer, "RecipientDomain"}};
constexpr Numbered sent_mail_numbers[] = {{Number::bytes_out, "Bytes"}};

constexpr Sort sorts[] = {
    {"", "proxy", 0, Kind::request, Condition::none, false, "", request, request_numbers},
    {"", "dns", 0, Kind::query, Condition::none, false, "dns", query},
    {"", "firewall", 0, Kind::connection, Condition::none, false, "", connection,
     connection_numbers},
    {"", "email", 0, Kind::mail, Condition::none, false, "", sent_mail, sent_mail_numbers},
    {"shoji", "screen_input", 0, Kind::screen_input, Condition::none, false, "", input,
     input_numbers},
};

}  // namespace

std::span<const Sort> of_networks() {
    return sorts;
}

}  // namespace shoji::event::activity_tables
