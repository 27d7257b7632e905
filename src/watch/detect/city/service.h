// What machines do by themselves, again and again: updates, telemetry, time, agents, backups. The
// list stands in service_list.cpp.
#pragma once

#include "watch/detect/city/names.h"
#include "watch/detect/city/source.h"
#include "watch/detect/city/world.h"

#include <span>

namespace shoji::city {

struct Service {
    enum class On : std::uint8_t { terminals, servers };

    std::string_view name;  // of the site; where it has a '#', a part of the machine's own stands
    std::string_view peer;  // empty: the address that goes with the name
    std::uint16_t port;
    std::string_view protocol;
    std::string_view process;
    std::string_view signature;
    event::ActivityKind kind;
    On on;
    std::uint32_t per_mille;  // so many of these hosts have it
    Time every;
    std::uint32_t jitter_percent;  // of `every`, on either side
    Time duration;                 // the median
    std::uint64_t bytes_out;       // the median
    std::uint64_t bytes_in;        // the median
    std::uint32_t octaves;         // how far sizes and durations go from it
    Time at = -1;                  // of the day, in Japan: daily then, not every so often
    bool denied = false;
};

std::span<const Service> services();
bool has_service(const World& world, std::uint32_t host, std::size_t service);

class ServiceSource : public Source {
  public:
    ServiceSource(const World& world, std::uint32_t host, std::size_t service);
    void act(event::Activity& activity) override;

  private:
    Time after(Time time);

    const World& world_;
    const Service& service_;
    std::uint32_t host_;
    Random random_;
    Presence presence_;
    Site site_;
};

}  // namespace shoji::city
