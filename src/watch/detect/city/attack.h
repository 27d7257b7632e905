// What all attacks have in common: they act between a start and an end, while the terminal is
// switched on. To add a kind: AttackKind (plan.h), a class in attack/, a line in each switch of
// attack.cpp.
#pragma once

#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

#include <memory>

namespace shoji::city {

class AttackSource : public Source {
  protected:
    // `number`: which of the plan's attacks it is; its chance follows from it.
    AttackSource(const World& world, const Attack& attack, std::uint64_t number);

    // The host, its user and the malware's process.
    void sign(event::Activity& activity) const;
    // The client's signature: the malware's own, or the browser's where the attack says so.
    [[nodiscard]] std::string_view signature(std::string_view own) const {
        return attack_.like_browser ? world_.browser_signature(attack_.host) : own;
    }
    // Acts again `pause` later, when the terminal is on then; else once it is, or never.
    void again_after(Time pause);
    // attack().interval, or `usual` when it is 0, within `percent` on either side.
    Time interval(Time usual, std::uint32_t percent);

    [[nodiscard]] const World& world() const { return world_; }
    [[nodiscard]] const Attack& attack() const { return attack_; }
    [[nodiscard]] Random& random() { return random_; }
    [[nodiscard]] std::uint64_t bytes(std::uint64_t usual) const {
        return attack_.bytes == 0 ? usual : attack_.bytes;
    }

  private:
    const World& world_;
    Attack attack_;
    Random random_;
    Presence presence_;
};

// The world must outlive it.
std::unique_ptr<Source> make_attack(const World& world, const Attack& attack, std::uint64_t number);

}  // namespace shoji::city
