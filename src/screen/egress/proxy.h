// The proxy of one session: accepts the browser's connections, serves each by itself, and ends them
// all when the destination's approval ends.
#pragma once

#include "core/base/file_descriptor.h"
#include "screen/egress/connection.h"

#include <memory>
#include <unordered_map>

namespace shoji::egress {

struct Inherited {
    base::FileDescriptor listener;  // a listening TCP socket
    base::FileDescriptor reports;   // a listening SOCK_SEQPACKET socket
};

class Proxy {
  public:
    Proxy(const asio::any_io_executor& executor, Inherited inherited, AllowList allow_list,
          Expiry expiry, Resolver resolver, const Limits& limits);

    void start();
    // Tells what is not told yet, as far as it can be told at once.
    void stop();
    [[nodiscard]] std::size_t connections() const { return live_->size(); }
    [[nodiscard]] const control::Traffic& traffic() const { return context_.reporter.traffic(); }

  private:
    // Pairs take themselves out when they go, which may be after the proxy has.
    using Live = std::unordered_map<Pair*, std::weak_ptr<Pair>>;

    Awaitable<void> accept();
    void take(Tcp::socket client);
    void end_at_expiry(asio::posix::stream_descriptor& timer);

    Context context_;
    Tcp::acceptor acceptor_;
    std::shared_ptr<Live> live_ = std::make_shared<Live>();
    asio::posix::stream_descriptor wall_timer_;
    asio::posix::stream_descriptor running_timer_;
};

}  // namespace shoji::egress
