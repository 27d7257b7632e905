// A web site on loopback for tests: one thread, one request a connection.
#pragma once

#include "core/base/file_descriptor.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace shoji::host::tests {

class WebServer {
  public:
    WebServer();
    WebServer(const WebServer&) = delete;
    WebServer& operator=(const WebServer&) = delete;
    ~WebServer();

    [[nodiscard]] std::uint16_t port() const { return port_; }
    // What "/" answers from now on.
    void set_page(std::string html);
    // The head of the first request for "/", or "" when none comes in time.
    std::string await_request();

  private:
    void serve();
    void answer(int connection);

    base::FileDescriptor listener_;
    std::uint16_t port_ = 0;
    std::mutex mutex_;
    std::condition_variable requested_;
    std::string page_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace shoji::host::tests
