#include "watch/event/mail_queue.h"

#include <algorithm>
#include <functional>

namespace shoji::event {
namespace {

// What stands between `name` and the next `end`.
std::string_view value_of(std::string_view text, std::string_view name, char end) {
    const auto at = text.find(name);
    if (at == std::string_view::npos) return {};
    const auto rest = text.substr(at + name.size());
    return rest.substr(0, rest.find(end));
}

}  // namespace

MailQueue::Mail& MailQueue::slot(std::string_view host, std::string_view id) {
    if (slots_.empty()) slots_.resize(slots);
    const std::hash<std::string_view> hash;
    return slots_[(hash(host) * 31 + hash(id)) % slots];
}

void MailQueue::describe(std::string_view host, std::string_view program, std::string_view text,
                         const Names& names, Event& event) {
    const bool queued = program == "postfix/qmgr";
    if (!queued && program != "postfix/smtp") return;
    const auto colon = text.find(": ");
    constexpr std::size_t longest_id = 32;
    if (colon > longest_id) return;  // or there is none
    const auto id = text.substr(0, colon);
    auto& mail = slot(host, id);
    const auto rest = text.substr(colon + 2);
    if (queued) {
        if (!rest.starts_with("from=<")) return;
        mail = {std::string(host.substr(0, most_kept)), std::string(id),
                std::string(value_of(rest, "from=<", '>').substr(0, most_kept)),
                std::string(value_of(rest, " size=", ',').substr(0, most_kept))};
        return;
    }
    if (!rest.starts_with("to=<") || rest.find(" status=sent") == std::string_view::npos) return;
    const auto add = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) event.add({names.field(name), Type::text, name, value});
    };
    const auto recipient = value_of(rest, "to=<", '>');
    const auto relay = value_of(rest, " relay=", ',');
    const auto at = recipient.rfind('@');
    if (mail.id == id && mail.host == host.substr(0, most_kept)) {
        add("User", event.keep(mail.sender));
        add("Bytes", event.keep(mail.bytes));
    }
    add("Recipient", recipient);
    if (at != std::string_view::npos) add("RecipientDomain", recipient.substr(at + 1));
    add("DestinationHostname", relay.substr(0, relay.find('[')));
    add("DestinationIp", value_of(relay, "[", ']'));
    add("DestinationPort", value_of(relay, "]:", ','));
    event.source.categories.front() = names.source("email");
}

}  // namespace shoji::event
