#include "screen/host/tests/web_server.h"

#include "screen/host/tests/patience.h"

#include <array>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

namespace shoji::host::tests {

WebServer::WebServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
        ::getsockname(listener_.get(), generic, &size) != 0) {
        return;
    }
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
}

WebServer::~WebServer() {
    ::shutdown(listener_.get(), SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
}

void WebServer::set_page(std::string html) {
    const std::lock_guard lock(mutex_);
    page_ = std::move(html);
}

std::string WebServer::await_request() {
    std::unique_lock lock(mutex_);
    requested_.wait_for(lock, patience, [this] { return !requests_.empty(); });
    return requests_.empty() ? "" : requests_.front();
}

void WebServer::serve() {
    while (true) {
        const base::FileDescriptor connection(
            ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!connection.valid()) return;
        answer(connection.get());
    }
}

void WebServer::answer(int connection) {
    std::string head;
    std::array<char, 4096> part{};
    while (head.find("\r\n\r\n") == std::string::npos && head.size() < 65536) {
        const ssize_t count = ::recv(connection, part.data(), part.size(), 0);
        if (count <= 0) return;
        head.append(part.data(), static_cast<std::size_t>(count));
    }
    const bool known = head.starts_with("GET / ");
    std::string body;
    {
        const std::lock_guard lock(mutex_);
        if (known) {
            body = page_;
            requests_.push_back(head);
        }
    }
    requested_.notify_all();
    const std::string answer = fmt::format(
        "HTTP/1.1 {}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\n"
        "Connection: close\r\n\r\n{}",
        known ? "200 OK" : "404 Not Found", body.size(), body);
    static_cast<void>(::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL));
}

}  // namespace shoji::host::tests
