// The labelled traffic of a city that is not there: what detectors are measured on. A stream in the
// order of time, the same for the same plan on every machine, as long as the plan has days.
//
// Where a kind of activity leaves a field's meaning open, here it is so. A query: `domain` the name
// asked for, `peer` the resolver, `method` the record's type, `text` the answer, empty when there
// is no such name. A request: `text` the user agent. Memory: some 4 KiB a terminal.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

#include <memory>
#include <vector>

namespace shoji::city {

// 0: normal; else the number of the attack in CityPlan::attacks, from 1.
using Label = std::uint32_t;

class City {
  public:
    // Throws std::invalid_argument when the plan has no terminal or an attack names one that is not
    // there.
    explicit City(const CityPlan& plan);

    // The next activity; false when the plan's days are over. Its texts stand until the next call.
    bool next(event::Activity& activity, Label& label);

    [[nodiscard]] const World& world() const { return world_; }

  private:
    struct Turn {
        Time due;
        std::uint32_t source;
        bool operator<(const Turn& other) const {
            return due != other.due ? due < other.due : source < other.source;
        }
    };

    void add(std::unique_ptr<Source> source);
    void add_terminal(std::uint32_t terminal);
    void sift_down(std::size_t place);

    World world_;
    std::vector<std::unique_ptr<Source>> sources_;
    std::vector<Turn> turns_;  // a heap of four children a node, the earliest first
    std::uint32_t first_attack_ = 0;
};

}  // namespace shoji::city
