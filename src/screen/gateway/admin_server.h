// The admin socket: who connects is asked of the kernel, then one JSON request a line is answered
// with one JSON line.
#pragma once

#include "screen/gateway/admin_commands.h"

#include <filesystem>

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

    Task<> accept();
    Task<> serve(std::shared_ptr<Socket> socket, std::string who);
    Task<std::string> answer(std::string line, std::string who);

    asio::any_io_executor executor_;
    AdminCommands& commands_;
    std::vector<uid_t> users_;
    asio::local::stream_protocol::acceptor acceptor_;
    std::filesystem::path path_;
    std::size_t connections_ = 0;
};

}  // namespace shoji::gateway
