// Mails that Postfix sent on, from the messages of its programs to syslog: qmgr says who sent a
// mail and how large it is, smtp who got it, both by the number that the mail has in the queue.
//   postfix/qmgr: 3F2A1C0: from=<a@city.example>, size=12345, nrcpt=1 (queue active)
//   postfix/smtp: 3F2A1C0: to=<b@x.example>, relay=mx.x.example[192.0.2.1]:25, …, status=sent (…)
#pragma once

#include "watch/event/event.h"

#include <string>
#include <string_view>
#include <vector>

namespace shoji::event {

class MailQueue {
  public:
    // A message of smtp about a mail that was sent gets User (the sender), Recipient,
    // RecipientDomain, Bytes, DestinationHostname, DestinationIp, DestinationPort and the category
    // email; User and Bytes only when qmgr's message was seen. Of mails in the queue at once so
    // many are kept that each has a slot, mostly: a newer one takes the place of an older one.
    void describe(std::string_view host, std::string_view program, std::string_view text,
                  const Names& names, Event& event);

  private:
    static constexpr std::size_t slots = 8192;
    static constexpr std::size_t most_kept = 512;  // bytes of each text

    struct Mail {
        std::string host;
        std::string id;
        std::string sender;
        std::string bytes;
    };
    Mail& slot(std::string_view host, std::string_view id);

    std::vector<Mail> slots_;  // none before the first mail
};

}  // namespace shoji::event
