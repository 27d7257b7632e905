#include "screen/gateway/admin_server.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

namespace json = boost::json;

using namespace std::chrono_literals;

constexpr auto idle_limit = 60s;

std::string_view name_of(base::ErrorKind kind) {
    using enum base::ErrorKind;
    switch (kind) {
        case invalid:
            return "invalid";
        case denied:
            return "denied";
        case not_found:
            return "not_found";
        case exists:
            return "exists";
        case unavailable:
            return "unavailable";
        case full:
            return "full";
        case system:
            return "system";
        case corrupt:
            return "corrupt";
    }
    return "system";
}

std::string line_of(const base::Result<json::value>& result) {
    json::object object{{"ok", result.has_value()}};
    if (result) {
        object["result"] = *result;
    } else {
        const std::string_view kind = name_of(result.error().kind);
        json::object values;
        for (const auto& [name, value] : result.error().values) values[name] = value;
        object["error"] = json::object{{"kind", json::string_view(kind.data(), kind.size())},
                                       {"message", result.error().message},
                                       {"key", result.error().key},
                                       {"values", std::move(values)}};
    }
    std::string line(json::serialize(object));
    line += '\n';
    return line;
}

// Closes a connection on which nothing has moved for a minute, as long as this object lives.
class IdleLimit {
  public:
    template <class Handle>
    IdleLimit(const asio::any_io_executor& executor, const Handle& connection)
        : timer_(executor, idle_limit) {
        timer_.async_wait([connection](const boost::system::error_code& cancelled) {
            boost::system::error_code ignored;
            if (!cancelled) connection->socket.close(ignored);
        });
    }

  private:
    asio::steady_timer timer_;
};

}  // namespace

AdminServer::AdminServer(const asio::any_io_executor& executor, AdminCommands& commands,
                         std::vector<uid_t> users)
    : executor_(executor), commands_(commands), users_(std::move(users)), acceptor_(executor) {}

void AdminServer::start(base::FileDescriptor listener, std::filesystem::path path) {
    path_ = std::move(path);
    acceptor_.assign(asio::local::stream_protocol(), listener.release());
    spawn(executor_, accept(), "accepting administrators");
}

void AdminServer::stop() {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    std::error_code also_ignored;
    std::filesystem::remove(path_, also_ignored);
}

Task<> AdminServer::accept() {
    while (acceptor_.is_open()) {
        boost::system::error_code error;
        auto socket =
            co_await acceptor_.async_accept(asio::redirect_error(asio::use_awaitable, error));
        if (!acceptor_.is_open()) co_return;
        if (error) {
            co_await sleep_for(100ms);
            continue;
        }
        const auto peer = base::peer_credentials(socket.native_handle());
        if (!peer || std::ranges::find(users_, peer->user) == users_.end()) {
            spdlog::warn("admin: user id {} was turned away", peer ? peer->user : uid_t(-1));
            continue;
        }
        auto connection = std::make_shared<Connection>(std::move(socket));
        if (!make_room()) {
            spawn(executor_, turn_away(std::move(connection)), "turning an administrator away");
            continue;
        }
        connections_.push_back(connection);
        spawn(executor_, serve(std::move(connection), fmt::format("uid:{}", peer->user)),
              "serving an administrator");
    }
}

bool AdminServer::make_room() {
    if (connections_.size() < maximum_connections) return true;
    const auto idle = std::ranges::find_if(connections_, &Connection::waits);
    if (idle == connections_.end()) return false;
    boost::system::error_code ignored;
    (*idle)->socket.close(ignored);
    connections_.erase(idle);
    return true;
}

Task<> AdminServer::turn_away(Handle connection) {
    const std::string reply = line_of(
        base::worded(base::fail(base::ErrorKind::unavailable,
                                "{} administrators' connections are at work", maximum_connections),
                     "admin.connections"));
    const IdleLimit limit(executor_, connection);
    boost::system::error_code error;
    co_await asio::async_write(connection->socket, asio::buffer(reply),
                               asio::redirect_error(asio::use_awaitable, error));
}

Task<> AdminServer::serve(Handle connection, std::string who) {
    co_await converse(connection, std::move(who));
    connections_.remove(connection);
}

Task<> AdminServer::converse(Handle connection, std::string who) {
    auto& socket = connection->socket;
    std::string received;
    for (bool more = true; more;) {
        boost::system::error_code error;
        {
            const IdleLimit limit(executor_, connection);
            co_await asio::async_read_until(socket,
                                            asio::dynamic_buffer(received, admin::maximum_line),
                                            '\n', asio::redirect_error(asio::use_awaitable, error));
        }
        more = !error;
        std::string reply;
        if (error == asio::error::not_found) {
            reply = line_of(
                base::worded(base::fail(base::ErrorKind::invalid, "a line of more than {} bytes",
                                        admin::maximum_line),
                             "admin.too_long", {{"limit", std::to_string(admin::maximum_line)}}));
        } else if (error) {
            co_return;
        } else {
            const auto end = received.find('\n') + 1;
            std::string line = received.substr(0, end);
            received.erase(0, end);
            connection->waits = false;
            reply = co_await answer(std::move(line), who);
        }
        const IdleLimit limit(executor_, connection);
        co_await asio::async_write(socket, asio::buffer(reply),
                                   asio::redirect_error(asio::use_awaitable, error));
        if (error) co_return;
        connection->waits = true;
        connections_.remove(connection);
        connections_.push_back(connection);
    }
}

Task<std::string> AdminServer::answer(std::string line, std::string who) {
    auto request = admin::parse(line);
    if (!request) co_return line_of(base::Failure(request.error()));
    const auto result = co_await commands_.carry_out(std::move(*request), std::move(who));
    co_return line_of(result);
}

}  // namespace shoji::gateway
