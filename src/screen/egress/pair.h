// The two ends of one connection through the egress, the browser's and the origin's, and how bytes
// get from one to the other: bounded, with back-pressure, and never for ever.
#pragma once

#include "screen/egress/asynchronous.h"
#include "screen/egress/handshake_watch.h"
#include "screen/egress/limits.h"
#include "screen/egress/reporter.h"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace shoji::egress {

class Pair : public std::enable_shared_from_this<Pair> {
  public:
    // `scratch`, buffer_size bytes, is shared by all pairs of the thread: a pair holds bytes of its
    // own only while one side does not take them.
    Pair(Tcp::socket client, const Limits& limits, Reporter& reporter,
         std::vector<std::uint8_t>& scratch);

    // Ends both connections at once; what waits on them returns.
    void close();
    [[nodiscard]] bool closed() const { return closed_; }
    [[nodiscard]] asio::any_io_executor executor() { return client_.get_executor(); }
    // Closes the pair unless another limit is set within that time.
    void limit(std::chrono::milliseconds time);

    // One connect; a former origin connection is dropped.
    Awaitable<bool> connect(Tcp::endpoint endpoint);

    // Appends what the client, or the origin, sends next, until `into` has `most` bytes, which it
    // has not yet. False: it has ended, or the pair has.
    Awaitable<bool> receive(std::string& into, std::size_t most);
    Awaitable<bool> receive_from_origin(std::string& into, std::size_t most);
    // All of `text`. What comes from and goes to the origin is counted.
    Awaitable<bool> send(std::string_view text);
    Awaitable<bool> send_to_origin(std::string_view text);

    // The relay is to look at a TLS handshake as it passes; `failed` is called when it fails.
    void watch_handshake(std::function<void()> failed);
    // Until that side ends, whose end is then passed on. While they run, idle limits hold.
    Awaitable<void> relay_to_client();
    Awaitable<void> relay_to_origin();
    // The end of a request whose answer is still under way: returns when the client ends, and
    // closes the pair then; returns too when it sends more.
    Awaitable<void> await_client_end();
    // No more answer: lets the client read to the end, then closes.
    Awaitable<void> finish();

  private:
    void watch(std::chrono::steady_clock::time_point deadline);
    void touch();
    Awaitable<bool> receive_from(Tcp::socket& from, std::string& into, std::size_t most);
    Awaitable<bool> send_all(Tcp::socket& to, std::span<const std::uint8_t> bytes);
    Awaitable<void> relay(Tcp::socket& from, Tcp::socket& to, bool outwards);
    void count(bool outwards, std::size_t bytes);
    void look(bool outwards, std::span<const std::uint8_t> bytes);
    void judge(HandshakeState state);

    Tcp::socket client_;
    Tcp::socket origin_;
    Limits limits_;
    Reporter& reporter_;
    std::vector<std::uint8_t>& scratch_;
    asio::steady_timer watchdog_;
    std::chrono::steady_clock::time_point deadline_;
    std::chrono::milliseconds idle_;
    std::optional<HandshakeWatch> handshake_;  // until it is done or has failed
    std::function<void()> handshake_failed_;
    bool closed_ = false;
};

}  // namespace shoji::egress
