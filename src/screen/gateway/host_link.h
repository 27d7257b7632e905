// The gateway's line to shoji-host, which starts and ends sessions. The host may be restarted: the
// link is made again by itself, and whoever keeps sessions is told, to claim them.
#pragma once

#include "screen/control/control.h"
#include "screen/gateway/packet_socket.h"

#include <functional>
#include <map>

namespace shoji::gateway {

// A session that started or was attached, with its two connections.
struct Streams {
    control::SessionId session{};
    base::FileDescriptor display;  // SOCK_STREAM
    base::FileDescriptor reports;  // SOCK_SEQPACKET
};

// Either streams, or why not; neither when the host is away or did not answer in time.
struct HostAnswer {
    std::optional<Streams> streams;
    std::optional<control::Reason> reason;
};

class HostLink {
  public:
    // `users`: who may be at the other end.
    HostLink(const asio::any_io_executor& executor, std::filesystem::path path,
             std::vector<uid_t> users);

    // Set before run(). `connected` comes after each new connection, `lost` when one broke.
    void on_connected(std::function<void()> connected) { on_connected_ = std::move(connected); }
    void on_lost(std::function<void()> lost) { on_lost_ = std::move(lost); }
    void on_exited(std::function<void(control::Exited)> exited) { on_exited_ = std::move(exited); }

    // Works until the program ends.
    Task<> run();

    Task<HostAnswer> start(control::Start request);
    Task<HostAnswer> attach(control::SessionId session);
    // None when the host is away.
    Task<std::optional<std::vector<control::SessionEntry>>> list();
    // A host that is away ends it by itself, since nobody claims it any more.
    void end(const control::SessionId& session);

    [[nodiscard]] bool connected() const { return socket_ != nullptr; }

  private:
    struct Answer {
        HostAnswer host;
        std::vector<control::SessionEntry> sessions;
    };
    using Pending = std::shared_ptr<Promise<Answer>>;

    base::Result<std::shared_ptr<PacketSocket>> connect();
    Task<std::optional<Answer>> ask(const control::ToHost& request, std::uint32_t number,
                                    std::chrono::milliseconds limit);
    Task<> converse();
    base::Result<void> take(base::Packet packet);
    void settle(std::uint32_t request, Answer answer);
    void take_started(const control::Started& started, base::Packet& packet);

    asio::any_io_executor executor_;
    std::filesystem::path path_;
    std::vector<uid_t> users_;
    std::shared_ptr<PacketSocket> socket_;
    std::uint32_t last_request_ = 0;
    std::map<std::uint32_t, Pending> pending_;
    std::function<void()> on_connected_;
    std::function<void()> on_lost_;
    std::function<void(control::Exited)> on_exited_;
};

}  // namespace shoji::gateway
