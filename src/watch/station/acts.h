// What processes have done lately, for who asks about one of them: its ancestors, and the last acts
// of each. Bounded; those that ended go first, the one silent for longest at their head.
#pragma once

#include "watch/event/event.h"
#include "watch/event/event_object.h"

#include <cstdint>
#include <deque>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace shoji::station {

struct Act {
    event::Time time = 0;
    std::string category;  // of the event
    std::string type;      // EventType; may be empty
    std::string object;    // event/event_object.h
};

struct ActingProcess {
    std::string guid;
    std::string parent;  // the guid
    std::uint64_t process = 0;
    std::string image;
    std::string command;
    std::string user;
    event::Time began = 0;  // when it was first told of
    bool ended = false;
    std::uint64_t left_out = 0;  // acts that are no longer kept
    std::deque<Act> acts;        // the oldest first
};

class Acts {
  public:
    static constexpr std::size_t most_processes = 2048;
    static constexpr std::size_t most_acts = 12;   // of one process
    static constexpr std::size_t most_text = 160;  // bytes of each text kept
    static constexpr std::size_t most_ancestry = 64;

    explicit Acts(event::Names& names);

    void take(const event::Event& event);
    // An alert is an act as well.
    void take_alert(std::uint64_t process, event::Time time, std::string_view title);
    // Of the process that has the number now, or had it last: itself first, then its parent …;
    // empty when it is not known.
    [[nodiscard]] std::vector<const ActingProcess*> ancestry(std::uint64_t process) const;
    [[nodiscard]] std::size_t size() const { return processes_.size(); }

  private:
    using Order = std::list<std::string>;  // guids
    struct Kept {
        ActingProcess process;
        Order::iterator place;
    };

    ActingProcess* enter(std::string_view guid);
    void touch(Kept& kept);
    void make_room();
    static void add(ActingProcess& process, Act act);

    const event::Names& names_;
    event::FieldId guid_, parent_, process_, image_, command_, user_, type_;
    event::EventObject object_;
    event::SourceId termination_, report_;
    std::unordered_map<std::string, Kept> processes_;
    std::unordered_map<std::uint64_t, std::string> by_number_;
    Order running_;  // the one silent for longest first
    Order ended_;
};

}  // namespace shoji::station
