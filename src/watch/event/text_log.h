// Logs that are text, message by message: syslog in all its forms (syslog_message.h), with what
// devices put into it (payload.h, JSON with or without "@cee:"), and lines of these forms without
// syslog around them; lines of proxies and web servers (access_line.h).
//
// Of syslog's header come facility, severity, Computer, program, pid and msgid; structured data as
// ELEMENT.NAME; the rest as message, but for JSON, whose fields stand as JsonReader has them.
// Log sources: fortigate with its type as service; firewall, proxy, webserver, dns as the fields
// say; else, of programs, linux and its services (linux_messages.h), and email (mail_queue.h).
#pragma once

#include "watch/event/json_reader.h"
#include "watch/event/mail_queue.h"
#include "watch/event/product_sources.h"
#include "watch/event/reading.h"
#include "watch/event/syslog_frames.h"
#include "watch/event/syslog_message.h"

#include <cstdint>
#include <string_view>

namespace shoji::event {

class TextLog {
  public:
    // All of a file's text, which must outlive this, as must names and sources; behind its end
    // json_padding bytes must be readable.
    TextLog(std::string_view text, const Names& names, const WindowsSources& windows,
            const SyslogDefaults& defaults, const Reading& reading = {});

    // Whether a line begins as lines of such a log do.
    static bool is_one(std::string_view line);

    // The next event; false at the end. Its values are good until the next call.
    bool next(Event& event);

    [[nodiscard]] const Damages& damages() const { return damages_; }
    [[nodiscard]] std::uint64_t offset() const { return frames_.offset(); }

  private:
    bool read(std::string_view text, Event& event);
    bool read_json(const SyslogMessage& message, Event& event);
    void add_header(const SyslogMessage& message, Event& event) const;
    [[nodiscard]] bool is_fortigate(const Event& event) const;
    void add_source(const SyslogMessage& message, Event& event);
    void add(Event& event, std::string_view name, std::string_view value) const;
    [[nodiscard]] std::string_view value(const Event& event, std::string_view name) const;
    [[nodiscard]] Time device_time(const Event& event) const;

    const Names& names_;
    SyslogDefaults defaults_;
    JsonReader json_;
    ProductSources products_;
    MailQueue mails_;
    Damages damages_;
    SyslogFrames frames_;
    std::uint64_t number_ = 0;  // of the message
};

}  // namespace shoji::event
