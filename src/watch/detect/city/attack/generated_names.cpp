#include "watch/detect/city/attack/generated_names.h"

#include "watch/detect/city/names.h"

#include <array>

namespace shoji::city {
namespace {

constexpr std::array<std::string_view, 5> endings{".com", ".net", ".info", ".org", ".biz"};

}  // namespace

GeneratedNames::GeneratedNames(const World& world, const Attack& attack, std::uint64_t number)
    : AttackSource(world, attack, number) {}

void GeneratedNames::act(event::Activity& activity) {
    if (left_ == 0) left_ = bytes(40);
    sign(activity);
    name_ = chance_label(random().next(), random().between(10, 17), false);
    name_ += endings[random().below(endings.size())];
    activity.kind = event::ActivityKind::query;
    activity.peer = "10.0.0.3";
    activity.domain = name_;
    activity.port = 53;
    activity.protocol = "dns";
    activity.method = "A";
    activity.bytes_out = 30 + name_.size();
    activity.bytes_in = 110 + name_.size();
    --left_;
    again_after(left_ == 0 ? interval(3 * hours, 20)
                           : static_cast<Time>(random().between(500, 4000)) * seconds / 1000);
}

}  // namespace shoji::city
