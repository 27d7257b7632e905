#include "watch/station/acts.h"

#include "core/base/printable.h"

#include <charconv>

namespace shoji::station {
namespace {

std::string short_text(std::string_view text) {
    return base::printable(text, Acts::most_text);
}

std::uint64_t number_of(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

Acts::Acts(event::Names& names)
    : names_(names),
      guid_(names.add_field("ProcessGuid")),
      parent_(names.add_field("ParentProcessGuid")),
      process_(names.add_field("ProcessId")),
      image_(names.add_field("Image")),
      command_(names.add_field("CommandLine")),
      user_(names.add_field("User")),
      type_(names.add_field("EventType")),
      object_(names),
      termination_(names.add_source("process_termination")),
      report_(names.add_source("sensor_report")) {}

void Acts::make_room() {
    if (processes_.size() < most_processes) return;
    auto& order = ended_.empty() ? running_ : ended_;
    const auto found = processes_.find(order.front());
    const auto number = by_number_.find(found->second.process.process);
    if (number != by_number_.end() && number->second == found->first) by_number_.erase(number);
    order.pop_front();
    processes_.erase(found);
}

void Acts::touch(Kept& kept) {
    auto& order = kept.process.ended ? ended_ : running_;
    order.splice(order.end(), order, kept.place);
}

ActingProcess* Acts::enter(std::string_view guid) {
    std::string key(guid);
    if (const auto known = processes_.find(key); known != processes_.end()) {
        touch(known->second);
        return &known->second.process;
    }
    make_room();
    const auto place = running_.insert(running_.end(), key);
    auto& kept = processes_.emplace(key, Kept{{}, place}).first->second;
    kept.process.guid = std::move(key);
    return &kept.process;
}

void Acts::add(ActingProcess& process, Act act) {
    // A file that is written again and again is one act.
    if (!process.acts.empty() && process.acts.back().object == act.object &&
        process.acts.back().type == act.type && process.acts.back().category == act.category) {
        return;
    }
    if (process.acts.size() >= most_acts) {
        process.acts.pop_front();
        ++process.left_out;
    }
    process.acts.push_back(std::move(act));
}

void Acts::take(const event::Event& event) {
    const auto guid = event.value(guid_);
    constexpr std::size_t most_guid = 96;
    if (guid.empty() || guid.size() > most_guid || event.source.categories[0] == report_) return;
    auto* process = enter(guid);
    if (process->began == 0) process->began = event.time;
    process->process = number_of(event.value(process_));
    process->parent = event.value(parent_).substr(0, most_guid);
    by_number_[process->process] = process->guid;
    if (const auto image = event.value(image_); !image.empty()) process->image = short_text(image);
    if (const auto command = event.value(command_); !command.empty()) {
        process->command = short_text(command);
    }
    if (const auto user = event.value(user_); !user.empty()) process->user = short_text(user);
    const auto category = event.source.categories[0];
    if (category == termination_ && !process->ended) {
        auto& kept = processes_.find(process->guid)->second;
        process->ended = true;
        ended_.splice(ended_.end(), running_, kept.place);
    }
    add(*process, {event.time, std::string(names_.name(category)), short_text(event.value(type_)),
                   short_text(object_.text(event))});
}

void Acts::take_alert(std::uint64_t process, event::Time time, std::string_view title) {
    const auto number = by_number_.find(process);
    if (number == by_number_.end()) return;
    add(processes_.find(number->second)->second.process, {time, "alert", {}, short_text(title)});
}

std::vector<const ActingProcess*> Acts::ancestry(std::uint64_t process) const {
    std::vector<const ActingProcess*> all;
    const auto number = by_number_.find(process);
    auto found = number == by_number_.end() ? processes_.end() : processes_.find(number->second);
    // Parents are older; the bound holds whatever events say.
    while (found != processes_.end() && all.size() < most_ancestry) {
        all.push_back(&found->second.process);
        if (found->second.process.parent == found->first) break;
        found = processes_.find(found->second.process.parent);
    }
    return all;
}

}  // namespace shoji::station
