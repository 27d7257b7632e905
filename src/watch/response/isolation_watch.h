// Whether the packet rules of an isolation still hold. Root can take them away or change them
// without a word to the sensor, so they are read back and held against what nft lists of the very
// same rules in a network namespace of this process alone: what is listed where others are may be
// another's already.
#pragma once

#include "core/base/result.h"
#include "watch/response/isolation_rules.h"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace shoji::response {

class IsolationWatch {
  public:
    // `system` where the kernel gives no network namespace to try the rules in.
    static base::Result<IsolationWatch> of(const IsolationPolicy& policy);

    enum class Finding : std::uint8_t {
        holds,
        grown,   // the namespace, or a device of it, came later and has no rules yet
        undone,  // rules that were there are gone, or are others
    };
    // Of the calling thread's network namespace, as remember().
    base::Result<Finding> look();
    // The rules were given to these devices now.
    base::Result<void> remember(const std::vector<std::string>& devices);
    // Drops namespaces that neither was called in since the last time.
    void forget_gone();

  private:
    struct Device {
        std::string name;
        unsigned number = 0;  // the kernel's: one that is plugged in again has another
        bool operator==(const Device&) const = default;
    };
    struct Namespace {
        std::vector<Device> devices;
        bool is_there = true;
    };

    base::Result<Finding> look_once();
    static std::vector<Device> numbered(const std::vector<std::string>& names);
    // What is listed for the device that has this place in the rules.
    [[nodiscard]] std::string chains_of(const std::string& device, std::size_t place) const;
    [[nodiscard]] std::string frames_of(const std::vector<Device>& devices) const;
    [[nodiscard]] bool has_rest(const std::string& listed, const std::vector<Device>& then,
                                const std::vector<Device>& now) const;

    std::string host_;         // the whole table of the host
    std::string frames_head_;  // of the table of devices: what stands before the chains
    std::string chains_;       // and those of a device named "lo"
    std::map<std::uint64_t, Namespace> known_;  // by the namespace's number, never used again
};

}  // namespace shoji::response
