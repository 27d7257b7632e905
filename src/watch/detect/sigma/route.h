// The way of an event through the plan: the detections of its log sources, each with a bit of its
// own, and what is looked for in its fields.
#pragma once

#include "watch/detect/sigma/detection_bits.h"
#include "watch/detect/sigma/plan_content.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

namespace shoji::sigma {

// What is looked for in one field for one group; the group's detections have their bits from
// `first_bit` on.
struct Search {
    const Group* group;
    const FieldIndex* index;
    std::uint32_t first_bit;
};

struct RouteField {
    event::FieldId field;
    std::uint32_t slot;
    std::vector<Search> searches;
};

struct Route {
    static constexpr std::uint32_t no_slot = 0xffffffff;

    std::vector<DetectionNumber> detections;  // of each bit
    std::vector<Word> always;                 // those without a witness
    std::vector<RouteField> fields;
    std::vector<Search> keywords;      // what may stand in any field
    std::size_t shortest_keyword = 0;  // bytes
    // Of each field that a detection asks about, a number that no other field has, of this route or
    // another one; else no_slot.
    std::vector<std::uint32_t> slots;
};

// The routes of log sources, made when they are first asked for.
class Routes {
  public:
    static constexpr std::size_t most = 256;

    // The plan must outlive it.
    explicit Routes(const PlanContent& plan) : plan_(plan) {}

    // True when there is no room for another one: clear() takes all away.
    [[nodiscard]] bool is_full() const { return routes_.size() >= most; }
    void clear();
    // All rules, whatever their log source. Good until clear(), like the next.
    const Route& all();
    const Route& of(const event::LogSource& source);
    [[nodiscard]] std::uint32_t slots() const { return slots_; }

  private:
    struct SourceHash {
        std::size_t operator()(const event::LogSource& source) const;
    };
    Route make(const event::LogSource* source);
    void add(const Group& group, Route& route);

    const PlanContent& plan_;
    std::unordered_map<event::LogSource, Route, SourceHash> routes_;
    event::LogSource last_source_;
    const Route* last_ = nullptr;
    std::uint32_t slots_ = 0;
};

}  // namespace shoji::sigma
