// The hub's sockets: sensors at one TLS address, administrators at a Unix socket; one loop, one
// thread. A sensor that floods gets one batch in each turn as all others do; one that does not read
// what it is told, or does not finish its handshake, is let go.
#pragma once

#include "core/base/file_descriptor.h"
#include "hub/admin.h"
#include "hub/collector.h"
#include "watch/channel/channel.h"
#include "watch/line/message.h"

#include <list>
#include <map>
#include <vector>

#include <poll.h>

namespace shoji::hub {

inline constexpr std::size_t maximum_sensors = 4096;   // connections
inline constexpr std::size_t maximum_strangers = 256;  // of them, still in their handshake
inline constexpr std::size_t maximum_administrators = 16;

class Server {
  public:
    // `sensors`, `administrators`: listening sockets that do not block; `end` becomes readable when
    // the program is to end.
    Server(Collector& collector, Admin& admin, channel::Context context,
           base::FileDescriptor sensors, base::FileDescriptor administrators,
           std::vector<uid_t> users, int end);

    // Until the end.
    base::Result<void> run();

  private:
    struct SensorConnection {
        channel::Channel channel;
        line::Splitter splitter;
        Collector::LinkId link = 0;                   // 0: a stranger yet
        std::chrono::steady_clock::time_point until;  // the handshake's, or of taking its answers
        bool closes = false;                          // when all is sent
    };
    struct AdminConnection {
        base::FileDescriptor socket;
        std::string who;
        std::string received;
        std::string answer;
        std::chrono::steady_clock::time_point until;
    };
    using Sensors = std::list<SensorConnection>;
    using Administrators = std::list<AdminConnection>;

    void accept_sensors(const Moment& now);
    void accept_administrators(const Moment& now);
    // False: it is over.
    bool serve(SensorConnection& connection, const Moment& now);
    bool listen_to(SensorConnection& connection, const Moment& now);
    void answer(SensorConnection& connection, const Moment& now);
    bool serve(AdminConnection& connection, const Moment& now);
    void serve_all(const Moment& now);
    std::vector<pollfd> waits() const;

    Collector& collector_;
    Admin& admin_;
    channel::Context context_;
    base::FileDescriptor sensor_listener_;
    base::FileDescriptor admin_listener_;
    std::vector<uid_t> users_;
    int end_;
    Sensors sensors_;
    std::size_t strangers_ = 0;
    bool has_news_ = false;  // something was received that is not looked at yet
    Administrators administrators_;
};

// Listens at the address; does not block.
base::Result<base::FileDescriptor> listen_tcp(const std::string& address, std::uint16_t port);
Moment moment_now();

}  // namespace shoji::hub
