// Another protocol than a port is for: ssh on 443, what is no DNS on 53. What many hosts do the
// same way is the city's own habit and no alert.
#pragma once

#include "watch/detect/exfiltration/bounded_table.h"
#include "watch/detect/exfiltration/seen.h"

#include <cstdint>

namespace shoji::exfiltration {

// False only for a protocol that is known not to be spoken on that port.
bool is_usual_protocol(std::uint16_t port, std::string_view protocol);

class Protocols {
  public:
    explicit Protocols(const Settings& settings);

    // A connection to the outside; `habit` is the hash of its port and protocol.
    void observe(const Seen& seen, std::uint64_t habit, Alerts& alerts);

    [[nodiscard]] std::uint64_t displaced() const { return table_.displaced(); }
    static std::size_t memory_limit(const Settings& settings);

    template <class Archive>
    void transfer(Archive& archive) {
        archive(table_);
    }

  private:
    // Of a habit its hosts; of a subject with a habit and a destination the bytes.
    struct Use {
        HostCount hosts;
        std::uint64_t bytes = 0;
        std::int32_t day = -1;
        bool told = false;
        [[nodiscard]] std::int64_t standing() const {
            return std::int64_t{day} * 4 + (told ? 100 : 0) + step_of(bytes) / 8;
        }
        template <class Archive>
        void transfer(Archive& archive) {
            archive(hosts, bytes, day, told);
        }
    };

    const Settings& settings_;
    BoundedTable<Use> table_;
};

}  // namespace shoji::exfiltration
