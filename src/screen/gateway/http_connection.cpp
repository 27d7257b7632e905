#include "screen/gateway/http_connection.h"

#include "screen/gateway/clock.h"
#include "screen/gateway/refusal_page.h"
#include "screen/gateway/web_socket.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/span_body.hpp>
#include <boost/beast/http/write.hpp>
#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

namespace http = beast::http;

using namespace std::chrono_literals;

constexpr auto handshake_limit = 10s;
constexpr auto request_limit = 15s;  // from the answer before to the end of this request
constexpr auto response_limit = 30s;
constexpr auto goodbye_limit = 3s;
constexpr std::uint32_t maximum_header = 8 * 1024;
constexpr std::size_t maximum_buffer = maximum_header + maximum_body + 1024;
constexpr std::string_view socket_path = "/api/screen/socket";
constexpr std::string_view csrf_header = "X-Shoji-CSRF";

Method method_of(http::verb verb) {
    switch (verb) {
        case http::verb::get:
            return Method::get;
        case http::verb::head:
            return Method::head;
        case http::verb::post:
            return Method::post;
        default:
            return Method::other;
    }
}

std::string date_now() {
    const std::chrono::sys_seconds now{std::chrono::seconds{now_seconds()}};
    const std::time_t time = now.time_since_epoch().count();
    std::tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 40> text{};
    // The "C" locale is in force: names of days and months are English (RFC 9110, 5.6.7).
    const auto size = std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    return {text.data(), size};
}

template <class Body>
void set_headers(http::response<Body>& message, const Response& response,
                 std::string_view authority) {
    message.set(http::field::date, date_now());
    message.set(http::field::content_type, response.content_type);
    for (const auto& [name, value] :
         security_headers(response.kind, authority, response.immutable)) {
        message.set(name, value);
    }
    if (!response.set_cookie.empty()) message.set(http::field::set_cookie, response.set_cookie);
    if (!response.allow.empty()) message.set(http::field::allow, response.allow);
    if (response.retry_after > 0) {
        message.set(http::field::retry_after, std::to_string(response.retry_after));
    }
}

}  // namespace

HttpConnection::HttpConnection(Server::Parts parts, const OpenListener& listener, Identity identity,
                               Connections::Place place)
    : parts_(std::move(parts)),
      listener_(listener),
      identity_(std::move(identity)),
      place_(std::move(place)),
      authority_(
          accepted_authority(fmt::format("{}:{}", identity_.host_name, identity_.port), identity_)
              .value_or(identity_.host_name)),
      buffer_(maximum_buffer) {}

Task<> HttpConnection::serve(asio::ip::tcp::socket socket) {
    const auto self = shared_from_this();
    stream_ = std::make_unique<TlsStream>(beast::tcp_stream(std::move(socket)), *listener_.tls);
    place_.entry().close = [weak = weak_from_this()] {
        const auto connection = weak.lock();
        if (connection && connection->stream_) {
            beast::get_lowest_layer(*connection->stream_).close();
        }
    };
    beast::get_lowest_layer(*stream_).expires_after(handshake_limit);
    boost::system::error_code error;
    co_await stream_->async_handshake(asio::ssl::stream_base::server, resumed(error));
    if (error) co_return;
    auto terminal = co_await identify();
    if (const auto* key = std::get_if<std::string_view>(&terminal)) {
        co_await refuse_terminal(*key);
    } else {
        terminal_ = std::get<Terminal>(std::move(terminal));
        place_.entry().fingerprint = terminal_.fingerprint;
        co_await serve_requests();
    }
    if (stream_) co_await hang_up();
}

Task<std::variant<Terminal, std::string_view>> HttpConnection::identify() {
    Terminal terminal;
    terminal.zone = listener_.settings.zone;
    terminal.address = place_.entry().address;
    const auto shown = shown_certificate(stream_->native_handle());
    if (!shown) {
        const bool required =
            listener_.settings.client_certificate == base::ClientCertificate::required;
        if (required) co_return "terminal.certificate_required";
        co_return terminal;
    }
    if (!shown->verified && !shown->out_of_date) co_return "terminal.unknown";
    auto work = [fingerprint = shown->fingerprint](store::Store& store) {
        return store.terminals.find(fingerprint);
    };
    const auto registered = co_await parts_.records.run(std::move(work));
    if (!registered) co_return "terminal.unknown";
    if (registered->revoked != 0) co_return "terminal.revoked";
    if (shown->out_of_date || registered->expires <= now_seconds()) co_return "terminal.expired";
    terminal.zone = registered->zone;
    terminal.name = registered->name;
    terminal.fingerprint = shown->fingerprint;
    terminal.expires = registered->expires;
    co_return terminal;
}

Task<> HttpConnection::refuse_terminal(std::string_view key) {
    parts_.audit.note({journal::Action::terminal, journal::Outcome::refused, "",
                       place_.entry().address + ", zone " + listener_.settings.zone, "connection",
                       std::string(key)});
    // Whatever it asks for, this is the answer: nothing that such a terminal sends is parsed.
    beast::get_lowest_layer(*stream_).expires_after(request_limit);
    boost::system::error_code error;
    co_await stream_->async_read_some(buffer_.prepare(maximum_header), resumed(error));
    if (error) co_return;
    HttpRequest nothing;
    nothing.version(11);
    Response response;
    response.status = 403;
    response.kind = Kind::console;
    response.content_type = "text/html; charset=utf-8";
    response.body = std::make_shared<const std::string>(refusal_page(key));
    co_await respond(nothing, std::move(response), false);
}

unsigned int HttpConnection::status_of(const boost::system::error_code& error) {
    if (error == http::error::end_of_stream ||
        error.category() != http::make_error_code(http::error::bad_method).category()) {
        return 0;
    }
    if (error == http::error::body_limit || error == http::error::buffer_overflow) return 413;
    if (error == http::error::header_limit) return 431;
    return error == http::error::partial_message ? 0 : 400;
}

Task<> HttpConnection::serve_requests() {
    for (bool keep_alive = true; keep_alive;) {
        Parser parser;
        parser.header_limit(maximum_header);
        parser.body_limit(maximum_body);
        beast::get_lowest_layer(*stream_).expires_after(request_limit);
        boost::system::error_code error;
        co_await http::async_read(*stream_, buffer_, parser, resumed(error));
        if (error) {
            const unsigned int status = status_of(error);
            if (status == 0) co_return;
            auto refusal =
                error_response(status, status == 400 ? "request.malformed" : "request.too_large");
            co_await respond(parser.get(), std::move(refusal), false);
            co_return;
        }
        const HttpRequest message = parser.release();
        if (terminal_.expires != 0 && terminal_.expires <= now_seconds()) co_return;
        auto request = request_of(message);
        if (const auto* refusal = std::get_if<Response>(&request)) {
            co_await respond(message, *refusal, false);
            co_return;
        }
        auto& good = std::get<Request>(request);
        authority_ = good.authority;
        if (good.path() == socket_path) co_return co_await serve_viewer(message, std::move(good));
        beast::get_lowest_layer(*stream_).expires_never();
        auto response = co_await parts_.api.answer(std::move(good));
        keep_alive = co_await respond(message, std::move(response), message.keep_alive());
    }
}

std::variant<Request, Response> HttpConnection::request_of(const HttpRequest& message) const {
    for (const auto& name : {"Host", "Origin", "Content-Type", "Cookie", "Sec-Fetch-Site"}) {
        if (message.count(name) > 1) return error_response(400, "request.malformed");
    }
    if (message.count(csrf_header) > 1) return error_response(400, "request.malformed");
    const auto authority = accepted_authority(message[http::field::host], identity_);
    if (!authority) return error_response(421, "request.host");
    Request request;
    request.method = method_of(message.method());
    request.target = message.target();
    request.authority = *authority;
    request.origin = message[http::field::origin];
    request.fetch_site = message["Sec-Fetch-Site"];
    request.cookie = message[http::field::cookie];
    request.csrf = message[csrf_header];
    request.content_type = message[http::field::content_type];
    request.body = message.body();
    request.terminal = terminal_;
    return request;
}

Task<bool> HttpConnection::respond(const HttpRequest& message, Response response, bool keep_alive) {
    static const std::string empty;
    const std::string& body = response.body ? *response.body : empty;
    beast::get_lowest_layer(*stream_).expires_after(response_limit);
    boost::system::error_code error;
    const auto status = static_cast<http::status>(response.status);
    if (message.method() == http::verb::head) {
        http::response<http::empty_body> answer(status, message.version());
        set_headers(answer, response, authority_);
        answer.keep_alive(keep_alive);
        answer.content_length(body.size());
        co_await http::async_write(*stream_, answer, resumed(error));
    } else {
        http::response<http::span_body<const char>> answer(status, message.version());
        set_headers(answer, response, authority_);
        answer.keep_alive(keep_alive);
        answer.body() = {body.data(), body.size()};
        answer.prepare_payload();
        co_await http::async_write(*stream_, answer, resumed(error));
    }
    co_return keep_alive && !error;
}

Task<> HttpConnection::serve_viewer(HttpRequest message, Request request) {
    const auto text = ticket_of_query(request.query());
    const auto ticket = text ? token_from(*text) : std::nullopt;
    if (!may_open_socket(request)) {
        auto refusal = parts_.api.forged(request);
        co_await respond(message, std::move(refusal), false);
        co_return;
    }
    if (!ticket || !asks_for_viewer_socket(message)) {
        co_await respond(message, error_response(400, "request.malformed"), false);
        co_return;
    }
    TlsStream stream = std::move(*stream_);
    stream_.reset();
    auto headers = security_headers(Kind::data, request.authority, false);
    auto socket =
        co_await accept_viewer_socket(std::move(stream), std::move(message), std::move(headers));
    if (!socket) co_return;
    place_.entry().viewer = true;
    place_.entry().close = [weak = std::weak_ptr(socket)] {
        if (const auto open = weak.lock()) open->abort();
    };
    co_await parts_.screens.serve(std::move(socket), *ticket, terminal_);
}

Task<> HttpConnection::hang_up() {
    beast::get_lowest_layer(*stream_).expires_after(goodbye_limit);
    boost::system::error_code ignored;  // the connection is given up in any case
    co_await stream_->async_shutdown(resumed(ignored));
}

}  // namespace shoji::gateway
