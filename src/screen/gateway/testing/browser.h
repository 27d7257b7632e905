// A terminal's browser as far as tests need one: HTTPS with a cookie, and the viewer's WebSocket.
#pragma once

#include "core/base/result.h"
#include "screen/gateway/testing/certificates.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

namespace shoji::gateway::testing {

struct Answer {
    unsigned int status = 0;                     // 0: the connection was closed without an answer
    std::map<std::string, std::string> headers;  // names in lower case
    std::string body;

    [[nodiscard]] boost::json::object json() const;
    [[nodiscard]] std::string error() const;  // of {"error": …}; empty without one
};

enum class TlsVersion { newest, only_1_2 };

struct TerminalOptions {
    std::uint16_t port = 0;
    std::string authority;                   // PEM, of the gateway's certificate
    std::optional<Certificate> certificate;  // of the terminal
    TlsVersion tls = TlsVersion::newest;
    std::string alpn = "http/1.1";  // empty: none is offered
};

// One TLS connection.
class Line {
  public:
    explicit Line(const TerminalOptions& options);  // an exception when there is no handshake
    Line(Line&&) noexcept;
    ~Line();

    void send(const std::string& bytes);
    Answer receive(bool head = false);
    // Everything until the gateway closes.
    std::string drain();
    // True when the gateway closes within that time without sending anything.
    bool closed_within(std::chrono::milliseconds time);

    struct State;
    State& state() { return *state_; }

  private:
    std::unique_ptr<State> state_;
};

using Headers = std::map<std::string, std::string>;

class Browser {
  public:
    explicit Browser(TerminalOptions options) : options_(std::move(options)) {}

    // Each on a connection of its own. `extra` replaces or adds headers; an empty value removes
    // one.
    Answer get(const std::string& target, const Headers& extra = {});
    Answer post(const std::string& target, const std::string& body, const Headers& extra = {});
    Answer request(const std::string& method, const std::string& target, const std::string& body,
                   const Headers& headers);
    [[nodiscard]] std::string origin() const;

    TerminalOptions& options() { return options_; }
    std::string cookie;  // its value
    std::string csrf = "sign-in";

  private:
    TerminalOptions options_;
};

// A viewer's WebSocket.
class ViewerLine {
  public:
    explicit ViewerLine(const TerminalOptions& options, const std::string& ticket,
                        const std::string& origin = "null",
                        const std::string& protocol = "shoji.v1");
    ViewerLine(ViewerLine&&) noexcept;
    ~ViewerLine();

    [[nodiscard]] unsigned int refused_with() const;  // status; 0: it was accepted
    void send(const std::vector<std::uint8_t>& message);
    void send_text(const std::string& text);
    // The next message; none: it was closed, with the code of close_code().
    std::optional<std::vector<std::uint8_t>> receive();
    [[nodiscard]] std::uint16_t close_code() const;
    [[nodiscard]] std::string response_header(const std::string& name) const;
    // Cuts the line as a broken cable does.
    void cut();

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace shoji::gateway::testing
