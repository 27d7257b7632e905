#include "screen/gateway/testing/browser.h"

#include "screen/gateway/testing/patience.h"

#include <stdexcept>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <poll.h>

namespace shoji::gateway::testing {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace ssl = boost::asio::ssl;
namespace websocket = beast::websocket;

using namespace std::chrono_literals;
using Stream = beast::ssl_stream<beast::tcp_stream>;

}  // namespace

struct Line::State {
    explicit State(const TerminalOptions& options) : context(ssl::context::tls_client) {
        SSL_CTX* native = context.native_handle();
        if (options.tls == TlsVersion::only_1_2)
            SSL_CTX_set_max_proto_version(native, TLS1_2_VERSION);
        context.add_certificate_authority(asio::buffer(options.authority));
        context.set_verify_mode(ssl::verify_peer);
        if (options.certificate) {
            context.use_certificate_chain(asio::buffer(options.certificate->certificate));
            context.use_private_key(asio::buffer(options.certificate->key), ssl::context::pem);
        }
        stream = std::make_unique<Stream>(loop, context);
        if (!options.alpn.empty()) {
            std::string wire(1, static_cast<char>(options.alpn.size()));
            wire += options.alpn;
            SSL_set_alpn_protos(stream->native_handle(),
                                reinterpret_cast<const unsigned char*>(wire.data()),
                                static_cast<unsigned int>(wire.size()));
        }
        connect(options.port);
    }

    auto result() {
        return [this](const boost::system::error_code& outcome, auto&&...) { error = outcome; };
    }

    void connect(std::uint16_t port) {
        const asio::ip::tcp::endpoint endpoint(asio::ip::address_v4::loopback(), port);
        beast::get_lowest_layer(*stream).expires_after(patience());
        beast::get_lowest_layer(*stream).async_connect(endpoint, result());
        run();
        stream->async_handshake(ssl::stream_base::client, result());
        run();
    }

    // Runs one asynchronous operation to its end.
    void run() {
        loop.restart();
        loop.run();
        if (error) throw boost::system::system_error(error);
    }

    asio::io_context loop;
    ssl::context context;
    std::unique_ptr<Stream> stream;
    beast::flat_buffer buffer;
    boost::system::error_code error;
};

Line::Line(const TerminalOptions& options) : state_(std::make_unique<State>(options)) {}
Line::Line(Line&&) noexcept = default;
Line::~Line() = default;

void Line::send(const std::string& bytes) {
    beast::get_lowest_layer(*state_->stream).expires_after(patience());
    asio::async_write(*state_->stream, asio::buffer(bytes), state_->result());
    state_->run();
}

Answer Line::receive(bool head) {
    http::response_parser<http::string_body> parser;
    parser.skip(head);
    parser.body_limit(std::uint64_t{64} << 20U);
    beast::get_lowest_layer(*state_->stream).expires_after(patience());
    http::async_read(*state_->stream, state_->buffer, parser, state_->result());
    Answer answer;
    try {
        state_->run();
    } catch (const boost::system::system_error&) {
        return answer;
    }
    const auto& message = parser.get();
    answer.status = message.result_int();
    for (const auto& field : message) {
        std::string name(field.name_string());
        for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        if (answer.headers.contains(name)) throw std::runtime_error("twice: " + name);
        answer.headers[name] = std::string(field.value());
    }
    answer.body = message.body();
    return answer;
}

std::string Line::drain() {
    std::string all;
    beast::get_lowest_layer(*state_->stream).expires_after(patience());
    asio::async_read(*state_->stream, asio::dynamic_buffer(all), state_->result());
    try {
        state_->run();
    } catch (const boost::system::system_error& error) {
        if (error.code() == beast::error::timeout) throw;
    }
    return all;
}

bool Line::closed_within(std::chrono::milliseconds time) {
    beast::get_lowest_layer(*state_->stream).expires_after(time);
    std::array<char, 1> byte{};
    state_->stream->async_read_some(asio::buffer(byte), state_->result());
    try {
        state_->run();
    } catch (const boost::system::system_error& error) {
        return error.code() != beast::error::timeout;
    }
    return false;
}

boost::json::object Answer::json() const {
    return boost::json::parse(body).as_object();
}

std::string Answer::error() const {
    const auto object = json();
    const auto* key = object.if_contains("error");
    return key == nullptr ? std::string{} : std::string(key->as_string());
}

std::string Browser::origin() const {
    return fmt::format("https://localhost:{}", options_.port);
}

Answer Browser::request(const std::string& method, const std::string& target,
                        const std::string& body, const Headers& headers) {
    std::string text = fmt::format("{} {} HTTP/1.1\r\n", method, target);
    for (const auto& [name, value] : headers) {
        if (!value.empty()) text += fmt::format("{}: {}\r\n", name, value);
    }
    text += "\r\n" + body;
    Line line(options_);
    line.send(text);
    Answer answer = line.receive(method == "HEAD");
    const auto set = answer.headers.find("set-cookie");
    if (set != answer.headers.end()) {
        const auto from = set->second.find('=') + 1;
        cookie = set->second.substr(from, set->second.find(';') - from);
    }
    return answer;
}

Answer Browser::get(const std::string& target, const Headers& extra) {
    Headers headers = extra;
    headers.emplace("Host", fmt::format("localhost:{}", options_.port));
    headers.emplace("Cookie", cookie.empty() ? "" : "__Host-shoji=" + cookie);
    return request("GET", target, "", headers);
}

Answer Browser::post(const std::string& target, const std::string& body, const Headers& extra) {
    Headers headers = extra;
    headers.emplace("Host", fmt::format("localhost:{}", options_.port));
    headers.emplace("Cookie", cookie.empty() ? "" : "__Host-shoji=" + cookie);
    headers.emplace("Origin", origin());
    headers.emplace("Content-Type", "application/json");
    headers.emplace("X-Shoji-CSRF", csrf);
    headers.emplace("Content-Length", std::to_string(body.size()));
    return request("POST", target, body, headers);
}

struct ViewerLine::State {
    explicit State(const TerminalOptions& options)
        : line(options), socket(std::move(*line.state().stream)) {}

    void run() {
        line.state().loop.restart();
        line.state().loop.run();
    }
    auto result() {
        return [this](const boost::system::error_code& outcome, auto&&...) { error = outcome; };
    }

    Line line;
    websocket::stream<Stream> socket;
    websocket::response_type response;
    beast::flat_buffer buffer;
    boost::system::error_code error;
};

ViewerLine::ViewerLine(const TerminalOptions& options, const std::string& ticket,
                       const std::string& origin, const std::string& protocol)
    : state_(std::make_unique<State>(options)) {
    auto& socket = state_->socket;
    socket.set_option(websocket::stream_base::decorator([&](websocket::request_type& request) {
        request.set(http::field::origin, origin);
        if (!protocol.empty()) request.set(http::field::sec_websocket_protocol, protocol);
    }));
    socket.binary(true);
    socket.read_message_max(std::size_t{4} << 20U);
    beast::get_lowest_layer(socket).expires_after(patience());
    socket.async_handshake(state_->response, fmt::format("localhost:{}", options.port),
                           "/api/screen/socket?ticket=" + ticket, state_->result());
    state_->run();
    const bool refused = state_->error == websocket::error::upgrade_declined;
    if (state_->error && !refused) throw boost::system::system_error(state_->error);
}
ViewerLine::ViewerLine(ViewerLine&&) noexcept = default;
ViewerLine::~ViewerLine() = default;

unsigned int ViewerLine::refused_with() const {
    const unsigned int status = state_->response.result_int();
    return status == 101 ? 0 : status;
}

std::string ViewerLine::response_header(const std::string& name) const {
    return std::string(state_->response[name]);
}

void ViewerLine::send(const std::vector<std::uint8_t>& message) {
    state_->socket.binary(true);
    beast::get_lowest_layer(state_->socket).expires_after(patience());
    state_->socket.async_write(asio::buffer(message), state_->result());
    state_->run();
}

void ViewerLine::send_text(const std::string& text) {
    state_->socket.binary(false);
    beast::get_lowest_layer(state_->socket).expires_after(patience());
    state_->socket.async_write(asio::buffer(text), state_->result());
    state_->run();
}

std::optional<std::vector<std::uint8_t>> ViewerLine::receive() {
    state_->buffer.clear();
    beast::get_lowest_layer(state_->socket).expires_after(patience());
    state_->socket.async_read(state_->buffer, state_->result());
    state_->run();
    if (state_->error == beast::error::timeout)
        throw std::runtime_error("nothing came to the viewer");
    if (state_->error) return {};
    const auto* bytes = static_cast<const std::uint8_t*>(state_->buffer.cdata().data());
    return std::vector<std::uint8_t>(bytes, bytes + state_->buffer.size());
}

std::uint16_t ViewerLine::close_code() const {
    return state_->socket.reason().code;
}

void ViewerLine::cut() {
    beast::get_lowest_layer(state_->socket).close();
}

}  // namespace shoji::gateway::testing
