// The packet rules of all sessions of this machine, kept in force: someone else's "flush ruleset"
// may have taken them away when the next one is added or removed, and then all are set anew.
#pragma once

#include "core/base/result.h"
#include "screen/isolation/firewall.h"

#include <functional>
#include <map>
#include <string_view>
#include <vector>

namespace shoji::host {

class PacketRules {
  public:
    // What hands rules to the kernel: isolation::apply_rules, or a test's own.
    using Apply = std::function<base::Result<void>(std::string_view)>;

    // `slots` are in force already. Without `enforced` nothing is ever applied: this machine, or
    // this user, has no packet rules.
    PacketRules(bool enforced, isolation::FirewallGround ground,
                const std::vector<isolation::FirewallSlot>& slots,
                Apply apply = isolation::apply_rules);

    // On failure the slot has no rules, and no program of it may run.
    base::Result<void> add(const isolation::FirewallSlot& slot);
    // Harmless for a slot that has none.
    base::Result<void> remove(std::uint32_t slot);
    base::Result<void> remove_table();

  private:
    base::Result<void> set_anew();

    bool enforced_;
    isolation::FirewallGround ground_;
    std::map<std::uint32_t, isolation::FirewallSlot> slots_;
    Apply apply_;
};

}  // namespace shoji::host
