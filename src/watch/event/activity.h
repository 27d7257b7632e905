// An event as the analytics see it: who did what, to whom, how much, whatever log it came from. One
// shape for all kinds keeps their readers plain; what a kind does not have is empty or 0.
//
// The texts are views into the event (event.h) and live as long as it.
#pragma once

#include "watch/event/event.h"

#include <cstdint>
#include <string_view>

namespace shoji::event {

enum class ActivityKind : std::uint8_t {
    connection,  // one transport connection that ended, or was denied
    request,     // one request through a proxy
    query,       // one DNS query with its answer
    icmp,        // one ICMP exchange
    file_read,   // one file opened and read, `bytes_in` of it; with `protocol` "memory", `path` is
                 // the program whose memory another one opened
    file_write,  // one file written, `bytes_out` of it; `path` says where: a disk, a stick, a share
    file_rename,  // `path` to `target`
    process,      // a program started; `parent` and `command` say how
    logon,        // `logon_type` as Windows counts them; `peer` and `domain`: address and name of
                  // where it came from
    service,  // a service, task or other thing that starts programs was installed: `target` names
              // it, `protocol` says its sort, as far as the source knows: "service", "task", "key"
              // (of the registry), "unit" (of systemd), "cron"; `path` is what it starts
    mail,     // one mail sent, `peer` is the domain of the recipient
    print,    // one job, `pages` of it
    capture,  // one capture of the screen
    screen_input,  // text that went into a screen session: `text` holds it, or, where the source
                   // keeps no text, `bytes_out` says how much and `my_numbers` what was in it
    transfer,      // part of a connection that goes on: its bytes so far, told of once. The
                   // connection itself comes at its end, with the bytes that were not told of yet
};

struct Activity {
    ActivityKind kind = ActivityKind::connection;
    Time time = 0;      // when it began
    Time duration = 0;  // nanoseconds

    std::string_view host;     // the terminal
    std::string_view user;     // empty: the source did not say
    std::string_view process;  // path of the program
    std::uint64_t process_id = 0;
    std::string_view parent;      // path of the program that started it
    std::uint64_t parent_id = 0;  // its number; 0: the source did not say
    std::string_view command;

    std::string_view peer;    // address, as text
    std::string_view domain;  // the name that was asked for, connected to or requested
    std::uint16_t port = 0;
    std::string_view protocol;   // "tls", "dns", "http", "ssh" …, as far as the source knows
    std::string_view signature;  // of the client: JA3, JA4 or the user agent
    std::string_view host_header;
    std::string_view method;  // of a request
    bool denied = false;      // by a firewall, a proxy or the egress
    std::uint64_t bytes_out = 0;
    std::uint64_t bytes_in = 0;

    std::string_view path;
    std::string_view target;
    std::string_view text;
    std::uint32_t my_numbers = 0;  // individual numbers that the source found in a text
    std::uint32_t pages = 0;
    std::uint8_t logon_type = 0;
    double entropy = -1;  // bits a byte of what was written; negative: not known
};

}  // namespace shoji::event
