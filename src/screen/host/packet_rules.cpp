#include "screen/host/packet_rules.h"

#include <spdlog/spdlog.h>

namespace shoji::host {

PacketRules::PacketRules(bool enforced, isolation::FirewallGround ground,
                         const std::vector<isolation::FirewallSlot>& slots, Apply apply)
    : enforced_(enforced), ground_(std::move(ground)), apply_(std::move(apply)) {
    for (const auto& slot : slots) slots_.emplace(slot.slot, slot);
}

base::Result<void> PacketRules::add(const isolation::FirewallSlot& slot) {
    if (!enforced_) return {};
    slots_.insert_or_assign(slot.slot, slot);
    if (apply_(isolation::add_slot_rules(ground_, slot))) return {};
    auto set = set_anew();
    if (!set) slots_.erase(slot.slot);
    return set;
}

base::Result<void> PacketRules::remove(std::uint32_t slot) {
    const auto found = slots_.find(slot);
    if (!enforced_ || found == slots_.end()) return {};
    const isolation::FirewallSlot rules = found->second;
    slots_.erase(found);
    if (apply_(isolation::remove_slot_rules(ground_, rules))) return {};
    auto set = set_anew();
    if (!set) slots_.emplace(slot, rules);
    return set;
}

base::Result<void> PacketRules::remove_table() {
    return enforced_ ? apply_(isolation::remove_table_rules(ground_)) : base::Result<void>{};
}

base::Result<void> PacketRules::set_anew() {
    spdlog::warn("the packet rules are not as they were left; all are set anew");
    std::vector<isolation::FirewallSlot> all;
    for (const auto& [number, slot] : slots_) all.push_back(slot);
    return apply_(isolation::table_rules(ground_, all));
}

}  // namespace shoji::host
