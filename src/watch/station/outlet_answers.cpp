// What the analyst answers at the local socket, as JSON.
#include "watch/event/time.h"
#include "watch/station/outlet.h"
#include "watch/station/process_start.h"

#include <ctime>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

namespace shoji::station {
namespace {

namespace json = boost::json;

event::Time clock_now(clockid_t clock) {
    constexpr event::Time second = 1'000'000'000;
    timespec now{};
    ::clock_gettime(clock, &now);
    return event::Time{now.tv_sec} * second + now.tv_nsec;
}

// When it began, also where that was before the sensor did.
event::Time began(const ActingProcess& process) {
    const auto start = static_cast<event::Time>(start_in(process.guid).nanoseconds);
    if (start <= 0) return process.began;
    return start + clock_now(CLOCK_REALTIME) - clock_now(CLOCK_BOOTTIME);
}

json::object to_json(const ActingProcess& process) {
    json::array acts;
    for (const auto& act : process.acts) {
        acts.push_back({{"time", event::format_time(act.time)},
                        {"category", act.category},
                        {"type", act.type},
                        {"object", act.object}});
    }
    return {{"process", process.process},
            {"image", process.image},
            {"command", process.command},
            {"user", process.user},
            {"since", event::format_time(began(process))},
            {"ended", process.ended},
            {"leftOut", process.left_out},
            {"acts", std::move(acts)}};
}

json::object delivery_of(const letters::Receipt& receipt, bool here) {
    return {{"connected", receipt.connected},
            {"running", here},
            {"trouble", receipt.trouble},
            {"waiting",
             {{"alerts", receipt.waiting[0]},
              {"notices", receipt.waiting[1]},
              {"events", receipt.waiting[2]}}},
            {"spoolBytes", receipt.spool_bytes},
            {"lost", receipt.lost}};
}

}  // namespace

std::string Outlet::status() const {
    json::object object{{"events", events_}, {"alerts", alerts_}, {"lost", reports_.lost()}};
    if (detection_) {
        object["detection"] = {{"rules", detection_->rules()},
                               {"leftOut", detection_->problems().size()},
                               {"beyondRules", policy_.detection->beyond_rules}};
    }
    if (policy_.delivery) {
        object["delivery"] = delivery_of(outbox_.receipt(), outbox_.connected());
        object["delivery"].as_object()["hub"] =
            fmt::format("{} {}", policy_.delivery->address, policy_.delivery->port);
    }
    return json::serialize(object);
}

std::string Outlet::tree(std::uint32_t process) const {
    // What is beyond is the eldest ancestors' acts.
    constexpr std::size_t most = letters::most_answer - 1024;
    std::string list;
    for (const auto* one : acts_.ancestry(process)) {
        const auto text = json::serialize(to_json(*one));
        if (list.size() + text.size() > most) break;
        if (!list.empty()) list += ',';
        list += text;
    }
    return fmt::format(R"({{"processes":[{}]}})", list);
}

std::string Outlet::answer(const letters::Wish& wish) const {
    return wish.kind == letters::Wish::Kind::tree ? tree(wish.process) : status();
}

}  // namespace shoji::station
