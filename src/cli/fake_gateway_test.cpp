#include "cli/fake_gateway_test.h"

#include "core/base/unix_socket.h"

#include <array>

#include <boost/json.hpp>
#include <gtest/gtest.h>
#include <sys/socket.h>

namespace shoji::cli {

FakeGateway::FakeGateway(const std::filesystem::path& socket,
                         std::map<std::string, std::string> answers)
    : answers_(std::move(answers)) {
    auto listener = base::listen_unix(socket, base::SocketKind::stream, 0600, false);
    EXPECT_TRUE(listener) << listener.error().message;
    listener_ = std::move(*listener);
    thread_ = std::thread([this] { serve(); });
}

FakeGateway::~FakeGateway() {
    ::shutdown(listener_.get(), SHUT_RDWR);  // wakes accept()
    thread_.join();
}

std::vector<std::string> FakeGateway::take_requests() {
    const std::lock_guard lock(mutex_);
    return std::exchange(requests_, {});
}

void FakeGateway::serve() {
    for (;;) {
        const auto connection = base::accept_unix(listener_.get(), false);
        if (!connection) return;
        answer(connection->get());
    }
}

void FakeGateway::answer(int socket) {
    std::string line;
    std::array<char, 4096> part{};
    while (!line.ends_with('\n')) {
        const ssize_t got = ::recv(socket, part.data(), part.size(), 0);
        if (got <= 0) return;
        line.append(part.data(), static_cast<std::size_t>(got));
    }
    line.pop_back();
    const auto request = boost::json::parse(line).as_object();
    const std::string command(request.at("command").as_string());
    {
        const std::lock_guard lock(mutex_);
        requests_.push_back(line);
    }
    const auto known = answers_.find(command);
    const std::string said =
        (known == answers_.end()
             ? R"({"ok":false,"error":{"kind":"invalid","message":"'command' is not known"}})"
             : known->second) +
        "\n";
    ::send(socket, said.data(), said.size(), MSG_NOSIGNAL);
}

}  // namespace shoji::cli
