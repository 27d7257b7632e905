#include "watch/detect/city/browsing.h"

#include "watch/detect/city/names.h"

namespace shoji::city {
namespace {

constexpr Time mean_pause = 4 * minutes;
constexpr std::string_view browser = R"(C:\Program Files\Microsoft\Edge\Application\msedge.exe)";
constexpr std::string_view agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)";
constexpr std::uint64_t habits = 12;
constexpr unsigned tail_bits = 18;

}  // namespace

Browsing::Browsing(const World& world, std::uint32_t terminal)
    : Source(never),
      world_(world),
      terminal_(terminal),
      random_(world.random(terminal, 0xB0)),
      presence_(world, terminal, Presence::Of::person) {
    set_due(presence_.from(world.plan().start + static_cast<Time>(random_.below(minutes))));
}

void Browsing::choose_site() {
    const auto kind = random_.below(100);
    if (kind < 50) {
        const auto habit = mix(terminal_, random_.rank(4) % habits, 0x4A);
        // Half of a person's habits are everybody's; the others are a department's or one's own.
        if (habit % 2 == 0) {
            site_ = world_.popular((habit >> 8) % 60);
        } else {
            const auto number =
                2000 + mix(terminal_ / (habit % 4 == 1 ? 25 : 1), habit % 97) % 90000;
            site_ = {site_name(number), address_of(number)};
        }
    } else if (kind < 88) {
        site_ = world_.popular(random_.rank(World::popular_bits));
    } else {
        const auto number = 2000 + random_.rank(tail_bits);
        site_ = {site_name(number), address_of(number)};
    }
}

void Browsing::after(Time pause) {
    const Time next = due() + pause;
    const Time when = presence_.from(next);
    if (when != next) step_ = Step::query;
    set_due(when);
}

void Browsing::ask(event::Activity& activity) {
    activity.kind = event::ActivityKind::query;
    activity.peer = "10.0.0.3";
    activity.port = 53;
    activity.protocol = "dns";
    activity.method = random_.per_mille(300) ? "AAAA" : "A";
    activity.bytes_out = 30 + site_.name.size();
    activity.bytes_in = 60 + site_.name.size() + random_.below(200);
    // A few names are misspelt, or gone.
    if (!random_.per_mille(15)) activity.text = site_.address;
    activity.domain = site_.name;
}

void Browsing::request(event::Activity& activity, const Site& site, bool page) {
    activity.kind = event::ActivityKind::request;
    activity.process = browser;
    activity.peer = site.address;
    activity.domain = site.name;
    activity.host_header = site.name;
    activity.port = 443;
    activity.protocol = "tls";
    activity.method = random_.per_mille(60) ? "POST" : "GET";
    activity.signature = world_.browser_signature(terminal_);
    activity.text = agent;
    activity.duration = static_cast<Time>(random_.size(80, 3)) * seconds / 1000;
    activity.bytes_out = random_.size(activity.method == "POST" ? 3000 : 700, 2);
    activity.bytes_in = random_.size(page ? 60'000 : 12'000, 5);
    activity.denied = random_.per_mille(2);
}

void Browsing::act(event::Activity& activity) {
    activity.host = world_.host(terminal_);
    activity.user = world_.user(terminal_);
    switch (step_) {
        case Step::query:
            choose_site();
            ask(activity);
            step_ = Step::page;
            after(static_cast<Time>(random_.between(5, 60)) * seconds / 1000);
            return;
        case Step::page:
            request(activity, site_, true);
            parts_ = static_cast<std::uint32_t>(random_.between(2, 12));
            step_ = Step::parts;
            break;
        case Step::parts:
            if (random_.below(2) == 0) {
                request(activity, site_, false);
            } else {
                request(activity, world_.included(random_.rank(World::included_bits)), false);
            }
            --parts_;
            break;
    }
    if (parts_ > 0) {
        after(static_cast<Time>(random_.between(20, 700)) * seconds / 1000);
        return;
    }
    step_ = Step::query;
    const bool eats = presence_.lunch(due()) && random_.below(3) != 0;
    after(random_.exponential(mean_pause) + (eats ? 30 * minutes : 0));
}

}  // namespace shoji::city
