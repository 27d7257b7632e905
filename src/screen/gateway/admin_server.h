// The admin socket: who connects is asked of the kernel, then one JSON request a line is answered
// with one JSON line. Whoever sends no whole line for a minute is disconnected, and makes room
// earlier when all places are taken.
#pragma once

#include "screen/gateway/admin_commands.h"

#include <filesystem>
#include <list>

#include <boost/asio/local/stream_protocol.hpp>

namespace shoji::gateway {

class AdminServer {
  public:
    static constexpr std::size_t maximum_connections = 16;

    // `users`: who may give orders.
    AdminServer(const asio::any_io_executor& executor, AdminCommands& commands,
                std::vector<uid_t> users);

    // Takes a listening socket over. The file of it is removed at stop().
    void start(base::FileDescriptor listener, std::filesystem::path path);
    void stop();

  private:
    using Socket = asio::local::stream_protocol::socket;

    struct Connection {
        explicit Connection(Socket&& accepted) : socket(std::move(accepted)) {}
        Socket socket;
        bool waits = true;  // for a line
    };
    using Handle = std::shared_ptr<Connection>;

    Task<> accept();
    // False when all connections are at work.
    bool make_room();
    Task<> turn_away(Handle connection);
    Task<> serve(Handle connection, std::string who);
    Task<> converse(Handle connection, std::string who);
    Task<std::string> answer(std::string line, std::string who);

    asio::any_io_executor executor_;
    AdminCommands& commands_;
    std::vector<uid_t> users_;
    asio::local::stream_protocol::acceptor acceptor_;
    std::filesystem::path path_;
    std::list<Handle> connections_;  // the one that has waited longest first
};

}  // namespace shoji::gateway
