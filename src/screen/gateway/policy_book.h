// The policy in force: the newest configuration of the store.
#pragma once

#include "core/policy/policy.h"
#include "core/store/types.h"

#include <memory>
#include <string>

namespace shoji::gateway {

class PolicyBook {
  public:
    void set(std::int64_t revision, policy::Configuration configuration) {
        revision_ = revision;
        configuration_ = std::make_shared<const policy::Configuration>(std::move(configuration));
    }
    [[nodiscard]] std::int64_t revision() const { return revision_; }
    // Stays as it is when the next one is set.
    [[nodiscard]] std::shared_ptr<const policy::Configuration> current() const {
        return configuration_;
    }
    [[nodiscard]] policy::Decision decide(const std::string& zone, const std::string& role,
                                          const std::string& destination,
                                          store::Seconds now) const {
        const std::chrono::sys_seconds moment{std::chrono::seconds{now}};
        return policy::decide(*configuration_,
                              {zone, role, destination, policy::day_in_japan(moment)});
    }

  private:
    std::int64_t revision_ = 0;
    std::shared_ptr<const policy::Configuration> configuration_ =
        std::make_shared<const policy::Configuration>();
};

}  // namespace shoji::gateway
