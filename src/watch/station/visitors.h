// Who asks at the local socket: how the sensor is, what a process did, events as they come. Only
// root may connect, and members of the group that policy names (the socket's mode). Never waits: a
// visitor that reads too slowly loses blocks, which the stream's numbers show.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/letters/letters.h"

#include <chrono>
#include <functional>
#include <list>
#include <string>

namespace shoji::station {

class Visitors {
  public:
    static constexpr std::size_t most = 8;  // at once; more wait

    // `listener`: invalid where there is no local socket.
    Visitors(base::FileDescriptor listener, std::function<std::string(const letters::Wish&)> answer)
        : listener_(std::move(listener)), answer_(std::move(answer)) {}

    void turn();
    [[nodiscard]] bool wanted() const { return watching_ > 0; }  // somebody wants events
    // To all that want events; `kind` is letters::tail_events or tail_alert.
    void tell(std::uint8_t kind, letters::View bytes);

  private:
    using Clock = std::chrono::steady_clock;
    struct Visitor {
        base::FileDescriptor socket;
        bool watches = false;
        Clock::time_point until;  // of its wish
    };

    // False: it is over.
    bool serve(Visitor& visitor);

    base::FileDescriptor listener_;
    std::function<std::string(const letters::Wish&)> answer_;
    std::list<Visitor> visitors_;
    std::size_t watching_ = 0;
};

}  // namespace shoji::station
