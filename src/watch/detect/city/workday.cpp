#include "watch/detect/city/workday.h"

#include <array>

#include <fmt/format.h>

namespace shoji::city {
namespace {

constexpr Time mean_pause = 12 * minutes;
constexpr std::string_view explorer = R"(C:\Windows\explorer.exe)";
constexpr std::array<std::string_view, 6> programs{
    R"(C:\Program Files\Office\office.exe)",
    R"(C:\Program Files\Microsoft\Edge\Application\msedge.exe)",
    R"(C:\Program Files\Groupware\mail.exe)",
    R"(C:\Program Files\Reader\reader.exe)",
    R"(C:\Windows\System32\notepad.exe)",
    R"(C:\Windows\System32\calc.exe)"};
constexpr std::array<std::string_view, 6> phrases{
    "令和八年度 補助金 交付申請", "住民票 手数料",        "図書館 休館日",
    "道路 占用許可 様式",         "会議室 予約 第二庁舎", "介護保険 負担割合"};
// Types of logon as Windows counts them.
constexpr std::uint8_t interactive = 2;
constexpr std::uint8_t network = 3;
constexpr std::uint8_t unlock = 7;

}  // namespace

Workday::Workday(const World& world, std::uint32_t terminal)
    : Source(never),
      world_(world),
      terminal_(terminal),
      random_(world.random(terminal, 0x3D)),
      presence_(world, terminal, Presence::Of::person) {
    set_due(presence_.from(world.plan().start));
}

void Workday::start_program(event::Activity& activity) {
    activity.kind = event::ActivityKind::process;
    activity.process = programs[random_.rank(3) % programs.size()];
    activity.command = activity.process;
    activity.parent = explorer;
    activity.process_id = 1000 + random_.below(60'000);
}

void Workday::type(event::Activity& activity) {
    activity.kind = event::ActivityKind::screen_input;
    activity.domain = world_.popular(random_.below(20)).name;
    // A telephone number or a receipt's number goes in as well.
    text_ = phrases[random_.below(phrases.size())];
    if (random_.per_mille(200)) text_ += fmt::format(" {:010}", random_.below(4'000'000'000));
    activity.text = text_;
    activity.bytes_out = text_.size();
}

void Workday::act(event::Activity& activity) {
    activity.host = world_.host(terminal_);
    activity.user = world_.user(terminal_);
    const auto what = random_.below(100);
    if (signed_on_ != presence_.shift().on) {
        signed_on_ = presence_.shift().on;
        activity.kind = event::ActivityKind::logon;
        activity.logon_type = interactive;
    } else if (what < 40) {
        start_program(activity);
    } else if (what < 60 && terminal_ % 3 == 0) {
        type(activity);
    } else {
        activity.kind = event::ActivityKind::logon;
        activity.logon_type = what < 85 ? network : unlock;
        if (what < 85) activity.target = "fs01";
    }
    set_due(presence_.from(due() + random_.exponential(mean_pause)));
}

}  // namespace shoji::city
