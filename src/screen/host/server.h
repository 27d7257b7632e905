// The host's socket: gateways connect, ask, and are told. A connection whose packet is malformed is
// told so and closed. Descriptor and memory use per connection are bounded.
#pragma once

#include "core/base/result.h"
#include "core/base/settings.h"
#include "screen/control/control.h"
#include "screen/host/event_loop.h"
#include "screen/host/sessions.h"

#include <map>
#include <span>

namespace shoji::host {

class Server {
  public:
    // Listens at settings.host_socket(), for the gateway's user alone.
    static base::Result<std::unique_ptr<Server>> listen(const base::Settings& settings,
                                                        EventLoop& loop);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    // Must be set before the loop runs.
    void serve(Sessions& sessions) { sessions_ = &sessions; }
    void report(Claimant claimant, const control::Exited& exited);

  private:
    Server(const base::Settings& settings, EventLoop& loop) : settings_(settings), loop_(loop) {}

    void accept();
    void receive(Claimant claimant);
    void handle(Claimant claimant, const control::Start& start);
    void handle(Claimant claimant, const control::Attach& attach);
    void handle(Claimant claimant, const control::End& end);
    void handle(Claimant claimant, const control::List& list);
    void answer(Claimant claimant, std::uint32_t request, Sessions::Answer answer);
    void send(Claimant claimant, const control::FromHost& message,
              std::span<const int> descriptors = {});
    void close(Claimant claimant);

    const base::Settings& settings_;
    EventLoop& loop_;
    Sessions* sessions_ = nullptr;
    base::FileDescriptor listener_;
    std::map<Claimant, base::FileDescriptor> connections_;
    Claimant next_ = 1;
};

}  // namespace shoji::host
