// Which of Sigma's log sources an event of JSON is of that is not of Windows, told by names of
// fields that unmistakably belong together: those of clouds, of services that write audit logs, of
// Zeek (product_sources.cpp has them all). What names an address that something came from also gets
// Sigma's names for firewalls, proxies and name servers (log_names.h), whoever wrote it.
#pragma once

#include "watch/event/event.h"

#include <cstdint>
#include <vector>

namespace shoji::event {

class ProductSources {
  public:
    // `names` must have what add_names() adds and outlive it.
    explicit ProductSources(const Names& names);

    // Before the first event is read.
    static void add_names(Names& names);

    // Sets what the event's shape says. Precondition: it has no product yet.
    void describe(Event& event) const;

  private:
    const Names& names_;
    std::vector<std::uint8_t> mark_of_;  // by the number of a field; no_mark: none
};

}  // namespace shoji::event
