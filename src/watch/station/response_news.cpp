#include "watch/station/response_news.h"

#include <algorithm>

namespace shoji::station {

void ResponseNews::add(letters::Note note, std::string_view rule, std::string_view what) {
    // A blank ends the rule's name.
    std::string name(rule);
    std::ranges::replace(name, ' ', '_');
    auto& one = all_[{note, std::move(name)}];
    one.what = what;
    ++one.untold;
    ++untold_;
}

void ResponseNews::tell(Time now, const Say& say) {
    for (auto& [key, one] : all_) {
        if (one.untold == 0 || now < one.next) continue;
        if (!say({key.first, key.second + ' ' + one.what, one.untold})) return;
        untold_ -= std::exchange(one.untold, 0);
        one.next = now + std::chrono::minutes(1);
    }
}

}  // namespace shoji::station
