#include "watch/detect/city/outgoing.h"

#include "watch/detect/city/attack/exfiltration.h"
#include "watch/detect/city/names.h"

#include <array>

#include <fmt/format.h>

namespace shoji::city {
namespace {

constexpr Time mean_pause = 18 * hours;
constexpr std::array<std::string_view, 4> storage{"www.gigafile.nu", "app.box.com",
                                                  "drive.google.com", "firestorage.jp"};

}  // namespace

Outgoing::Outgoing(const World& world, std::uint32_t terminal)
    : Source(never),
      world_(world),
      terminal_(terminal),
      random_(world.random(terminal, 0x07)),
      presence_(world, terminal, Presence::Of::person) {
    set_due(presence_.from(world.plan().start + random_.exponential(mean_pause)));
}

void Outgoing::upload(event::Activity& activity, std::uint64_t what) {
    if (what < 220) {
        // A person has a favourite.
        const auto which = mix(terminal_, 0x570) % storage.size();
        site_ = {std::string(storage.at(which)), address_of(7200 + which)};
        fill_upload(activity, site_, random_.size(4'000'000, 5));
    } else if (what < 270) {
        site_ = {"gist.github.com", address_of(7210)};
        fill_upload(activity, site_, random_.size(5'000, 3));
    } else {
        // A form with its enclosures, to a partner or to a body that nobody wrote to before.
        const auto number = 2000 + (random_.per_mille(600) ? mix(terminal_, 0xF0) % 4000
                                                           : random_.below(1'000'000));
        site_ = {site_name(number), address_of(number)};
        fill_upload(activity, site_, random_.size(1'500'000, 5));
    }
}

void Outgoing::write(event::Activity& activity, std::uint64_t what) {
    activity.kind = event::ActivityKind::file_write;
    activity.process = R"(C:\Windows\explorer.exe)";
    activity.entropy = 7.9;
    if (what < 560) {
        path_ = fmt::format(R"(E:\photographs\{:06}.zip)", random_.below(1'000'000));
        activity.bytes_out = random_.size(30'000'000, 4);
    } else if (what < 700) {
        path_ = fmt::format(R"({}\handed over\{:06}.zip)",
                            world_.share(static_cast<std::uint32_t>(random_.below(1000))),
                            random_.below(1'000'000));
        activity.bytes_out = random_.size(40'000'000, 5);
    } else {
        path_ = fmt::format(R"(C:\Users\{}\Documents\{:06}.zip)", world_.user(terminal_),
                            random_.below(1'000'000));
        activity.bytes_out = random_.size(2'000'000, 4);
        activity.entropy = 7.99;
    }
    activity.path = path_;
}

void Outgoing::act(event::Activity& activity) {
    activity.host = world_.host(terminal_);
    activity.user = world_.user(terminal_);
    const auto what = random_.below(1000);
    if (captures_ > 0) {
        --captures_;
        activity.kind = event::ActivityKind::capture;
        activity.process = R"(C:\Windows\System32\SnippingTool.exe)";
        set_due(presence_.from(due() + random_.exponential(2 * minutes)));
        return;
    }
    if (what < 420) {
        upload(activity, what);
    } else if (what < 780) {
        write(activity, what);
    } else if (what < 860) {
        activity.kind = event::ActivityKind::mail;
        activity.process = R"(C:\Program Files\Groupware\mail.exe)";
        path_ = site_name(2000 + random_.below(20'000));
        activity.domain = path_;
        activity.peer = path_;
        activity.bytes_out = random_.size(3'000'000, 3);
    } else if (what < 940) {
        activity.kind = event::ActivityKind::print;
        activity.process = R"(C:\Program Files\Reader\reader.exe)";
        activity.pages = static_cast<std::uint32_t>(random_.size(60, 2));
        activity.bytes_out = activity.pages * 40'000U;
    } else if (what < 980) {
        activity.kind = event::ActivityKind::icmp;
        path_ = address_of(random_.below(1000));
        activity.peer = path_;
        activity.protocol = "icmp";
        activity.bytes_out = 4 * 60;
        activity.bytes_in = 4 * 60;
    } else {
        captures_ = random_.between(10, 40);
        activity.kind = event::ActivityKind::capture;
        activity.process = R"(C:\Windows\System32\SnippingTool.exe)";
    }
    set_due(presence_.from(due() + random_.exponential(mean_pause)));
}

}  // namespace shoji::city
