#include "watch/detect/city/city.h"

#include "watch/detect/city/attack.h"
#include "watch/detect/city/browsing.h"
#include "watch/detect/city/lookups.h"
#include "watch/detect/city/meetings.h"
#include "watch/detect/city/outgoing.h"
#include "watch/detect/city/paperwork.h"
#include "watch/detect/city/polling.h"
#include "watch/detect/city/service.h"
#include "watch/detect/city/workday.h"

#include <algorithm>
#include <stdexcept>

namespace shoji::city {

City::City(const CityPlan& plan) : world_(plan) {
    if (plan.terminals == 0) throw std::invalid_argument("a city without terminals");
    for (std::uint32_t i = 0; i < world_.terminals(); ++i) add_terminal(i);
    for (std::uint32_t i = 0; i < world_.hosts(); ++i) {
        for (std::size_t service = 0; service < services().size(); ++service) {
            if (!has_service(world_, i, service)) continue;
            add(std::make_unique<ServiceSource>(world_, i, service));
        }
    }
    first_attack_ = static_cast<std::uint32_t>(sources_.size());
    for (std::size_t i = 0; i < plan.attacks.size(); ++i) {
        if (plan.attacks[i].host >= plan.terminals) {
            throw std::invalid_argument("an attack on a terminal that is not there");
        }
        add(make_attack(world_, plan.attacks[i], i + 1));
    }
    std::sort(turns_.begin(), turns_.end());  // a sorted list is a heap
}

void City::add(std::unique_ptr<Source> source) {
    turns_.push_back({source->due(), static_cast<std::uint32_t>(sources_.size())});
    sources_.push_back(std::move(source));
}

void City::add_terminal(std::uint32_t terminal) {
    add(std::make_unique<Browsing>(world_, terminal));
    add(std::make_unique<Paperwork>(world_, terminal));
    add(std::make_unique<Workday>(world_, terminal));
    add(std::make_unique<Meetings>(world_, terminal));
    add(std::make_unique<Outgoing>(world_, terminal));
    if (Lookups::has_filter(world_, terminal)) add(std::make_unique<Lookups>(world_, terminal));
    if (Polling::has_habit(world_, terminal)) add(std::make_unique<Polling>(world_, terminal));
}

bool City::next(event::Activity& activity, Label& label) {
    const Turn turn = turns_.front();
    if (turn.due >= world_.end()) return false;
    activity = {};
    activity.time = turn.due;
    auto& source = *sources_[turn.source];
    source.act(activity);
    label = turn.source < first_attack_ ? 0 : turn.source - first_attack_ + 1;
    turns_.front().due = source.due();
    sift_down(0);
    return true;
}

void City::sift_down(std::size_t place) {
    constexpr std::size_t children = 4;
    const Turn moving = turns_[place];
    while (true) {
        const std::size_t first = place * children + 1;
        if (first >= turns_.size()) break;
        const std::size_t last = std::min(first + children, turns_.size());
        std::size_t least = first;
        for (std::size_t child = first + 1; child < last; ++child) {
            if (turns_[child] < turns_[least]) least = child;
        }
        if (!(turns_[least] < moving)) break;
        turns_[place] = turns_[least];
        place = least;
    }
    turns_[place] = moving;
}

}  // namespace shoji::city
