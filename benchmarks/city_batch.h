// A city's activities copied into memory, so that what reads them can be measured apart from what
// makes them.
#pragma once

#include "watch/detect/city/city.h"

#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace shoji::bench {

class CityBatch {
  public:
    // The next `most` activities of the city; false when there are no more.
    bool fill(city::City& city, std::size_t most) {
        activities_.clear();
        labels_.clear();
        used_ = 0;
        event::Activity activity;
        city::Label label = 0;
        while (activities_.size() < most && used_ < room && city.next(activity, label)) {
            keep(activity);
            activities_.push_back(activity);
            labels_.push_back(label);
        }
        return !activities_.empty();
    }
    [[nodiscard]] const std::vector<event::Activity>& activities() const { return activities_; }
    [[nodiscard]] const std::vector<city::Label>& labels() const { return labels_; }

  private:
    static constexpr std::size_t room = std::size_t{48} << 20;
    static constexpr std::size_t most_of_one = 1 << 16;

    void keep(event::Activity& activity) {
        for (auto* text : {&activity.host, &activity.user, &activity.process, &activity.parent,
                           &activity.command, &activity.peer, &activity.domain, &activity.protocol,
                           &activity.signature, &activity.host_header, &activity.method,
                           &activity.path, &activity.target, &activity.text}) {
            if (text->empty()) continue;
            std::memcpy(bytes_.get() + used_, text->data(), text->size());
            *text = {bytes_.get() + used_, text->size()};
            used_ += text->size();
        }
    }

    std::vector<event::Activity> activities_;
    std::vector<city::Label> labels_;
    std::unique_ptr<char[]> bytes_ = std::make_unique<char[]>(room + most_of_one);
    std::size_t used_ = 0;
};

}  // namespace shoji::bench
