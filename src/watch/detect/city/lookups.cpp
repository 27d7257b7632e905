#include "watch/detect/city/lookups.h"

#include "watch/detect/city/names.h"

#include <fmt/format.h>

namespace shoji::city {

Lookups::Lookups(const World& world, std::uint32_t terminal)
    : Source(never),
      world_(world),
      terminal_(terminal),
      random_(world.random(terminal, 0x10)),
      presence_(world, terminal, Presence::Of::person),
      mail_tool_(has_mail_tool(world, terminal)) {
    set_due(presence_.from(world.plan().start + random_.exponential(hours)));
}

void Lookups::act(event::Activity& activity) {
    activity.kind = event::ActivityKind::query;
    activity.host = world_.host(terminal_);
    activity.user = world_.user(terminal_);
    activity.peer = "10.0.0.3";
    activity.port = 53;
    activity.protocol = "dns";
    activity.method = "A";
    if (mail_tool_) {
        name_ = fmt::format("{}.{}.{}.{}.list.mailtool.example-filter.jp", random_.below(256),
                            random_.below(256), random_.below(256), random_.below(224));
        activity.process = R"(C:\Program Files\Groupware\mail.exe)";
    } else {
        name_ = fmt::format("{}.rep.av-maker.com", chance_label(random_.next(), 26, true));
        activity.process = R"(C:\Program Files\Antivirus\update.exe)";
    }
    activity.domain = name_;
    activity.bytes_out = 30 + name_.size();
    activity.bytes_in = 80 + name_.size();
    activity.text = "127.0.0.2";
    set_due(presence_.from(due() + random_.exponential(mail_tool_ ? 5 * minutes : hours)));
}

}  // namespace shoji::city
