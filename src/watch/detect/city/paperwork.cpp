#include "watch/detect/city/paperwork.h"

#include "watch/detect/city/names.h"

#include <array>

#include <fmt/format.h>

namespace shoji::city {
namespace {

constexpr Time mean_pause = 4 * minutes;
constexpr std::string_view office = R"(C:\Program Files\Office\office.exe)";
constexpr std::array<std::string_view, 4> forms{"xlsx", "docx", "pdf", "csv"};

}  // namespace

Paperwork::Paperwork(const World& world, std::uint32_t terminal)
    : Source(never),
      world_(world),
      terminal_(terminal),
      random_(world.random(terminal, 0x9A)),
      presence_(world, terminal, Presence::Of::person) {
    set_due(presence_.from(world.plan().start + random_.exponential(mean_pause)));
}

void Paperwork::read(event::Activity& activity) {
    activity.kind = event::ActivityKind::file_read;
    activity.bytes_in = random_.size(90'000, 5);
    const bool classified_one = world_.handles_classified(terminal_) && random_.per_mille(250);
    path_ = fmt::format(R"({}\{}\{:04}.{})", classified_one ? classified : world_.share(terminal_),
                        2020 + random_.below(7), random_.rank(11), forms[random_.below(4)]);
    activity.path = path_;
}

void Paperwork::write(event::Activity& activity) {
    activity.kind = event::ActivityKind::file_write;
    activity.bytes_out = random_.size(70'000, 5);
    activity.entropy = 7.2 + static_cast<double>(random_.below(700)) / 1000;
    const auto where = random_.below(1000);
    const auto number = random_.rank(11);
    const auto form = forms[random_.below(4)];
    if (where < 6) {
        path_ = fmt::format(R"(E:\{:04}.{})", number, form);
    } else if (where < 500) {
        path_ = fmt::format(R"({}\2026\{:04}.{})", world_.share(terminal_), number, form);
    } else {
        path_ =
            fmt::format(R"(C:\Users\{}\Documents\{:04}.{})", world_.user(terminal_), number, form);
    }
    activity.path = path_;
}

void Paperwork::rename(event::Activity& activity) {
    activity.kind = event::ActivityKind::file_rename;
    const auto number = random_.rank(11);
    path_ = fmt::format(R"({}\2026\{:04}.tmp)", world_.share(terminal_), number);
    target_ = fmt::format(R"({}\2026\{:04}.xlsx)", world_.share(terminal_), number);
    activity.path = path_;
    activity.target = target_;
}

void Paperwork::mail(event::Activity& activity) {
    activity.kind = event::ActivityKind::mail;
    activity.process = R"(C:\Program Files\Groupware\mail.exe)";
    activity.bytes_out = random_.size(random_.per_mille(150) ? 600'000 : 9'000, 4);
    path_ = random_.per_mille(650) ? std::string("city.lg.jp") : site_name(2000 + random_.rank(14));
    activity.domain = path_;
}

void Paperwork::act(event::Activity& activity) {
    activity.host = world_.host(terminal_);
    activity.user = world_.user(terminal_);
    activity.process = office;
    const auto what = random_.below(1000);
    if (what < 620) {
        read(activity);
    } else if (what < 800) {
        write(activity);
    } else if (what < 840) {
        rename(activity);
    } else if (what < 940) {
        mail(activity);
    } else if (what < 992) {
        activity.kind = event::ActivityKind::print;
        activity.pages = static_cast<std::uint32_t>(random_.size(3, 3));
        activity.bytes_out = activity.pages * 40'000U;
    } else {
        activity.kind = event::ActivityKind::capture;
        activity.process = R"(C:\Windows\System32\SnippingTool.exe)";
    }
    const bool eats = presence_.lunch(due());
    set_due(presence_.from(due() + random_.exponential(eats ? 5 * mean_pause : mean_pause)));
}

}  // namespace shoji::city
