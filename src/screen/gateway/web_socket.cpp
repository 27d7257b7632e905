#include "screen/gateway/web_socket.h"

#include "screen/wire/wire.h"

#include <algorithm>

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>

namespace shoji::gateway {
namespace {

namespace http = beast::http;
namespace websocket = beast::websocket;

using namespace std::chrono_literals;

class BeastSocket : public ViewerSocket {
  public:
    explicit BeastSocket(TlsStream stream) : stream_(std::move(stream)) {
        // A terminal that vanished is noticed: a ping goes out at half of the idle time.
        stream_.set_option(websocket::stream_base::timeout{5s, 30s, true});
        stream_.read_message_max(wire::maximum_from_viewer);
        stream_.auto_fragment(false);
        stream_.binary(true);
    }

    Task<bool> accept(const HttpRequest& request, Headers headers) {
        stream_.set_option(websocket::stream_base::decorator(
            [headers = std::move(headers)](websocket::response_type& response) {
                for (const auto& [name, value] : headers) response.set(name, value);
                response.set(http::field::sec_websocket_protocol, viewer_protocol);
                response.erase(http::field::server);
            }));
        beast::get_lowest_layer(stream_).expires_never();
        boost::system::error_code error;
        co_await stream_.async_accept(request, resumed(error));
        co_return !error;
    }

    Task<base::Result<std::span<const std::uint8_t>>> read() override {
        buffer_.clear();
        boost::system::error_code error;
        co_await stream_.async_read(buffer_, resumed(error));
        if (error == websocket::error::message_too_big) {
            co_return base::fail(base::ErrorKind::invalid, "a message of more than {} bytes",
                                 wire::maximum_from_viewer);
        }
        if (error) {
            co_return base::fail(base::ErrorKind::unavailable, "the viewer: {}", error.message());
        }
        if (!stream_.got_binary()) {
            co_return base::fail(base::ErrorKind::invalid, "a text message");
        }
        const auto bytes = buffer_.cdata();
        co_return std::span(static_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    }

    Task<base::Result<void>> write(std::span<const std::uint8_t> message) override {
        boost::system::error_code error;
        co_await stream_.async_write(asio::buffer(message.data(), message.size()), resumed(error));
        if (!error) co_return base::Result<void>{};
        co_return base::fail(base::ErrorKind::unavailable, "the viewer: {}", error.message());
    }

    Task<> close(CloseCode code) override {
        boost::system::error_code ignored;  // the connection is given up in any case
        co_await stream_.async_close(
            websocket::close_reason(static_cast<websocket::close_code>(code)), resumed(ignored));
    }

    void abort() override { beast::get_lowest_layer(stream_).close(); }

  private:
    websocket::stream<TlsStream> stream_;
    beast::flat_buffer buffer_;
};

}  // namespace

bool asks_for_viewer_socket(const HttpRequest& request) {
    if (!websocket::is_upgrade(request)) return false;
    http::token_list offered(request[http::field::sec_websocket_protocol]);
    return offered.exists({viewer_protocol.data(), viewer_protocol.size()});
}

Task<std::shared_ptr<ViewerSocket>> accept_viewer_socket(TlsStream stream, HttpRequest request,
                                                         Headers headers) {
    auto socket = std::make_shared<BeastSocket>(std::move(stream));
    const bool accepted = co_await socket->accept(request, std::move(headers));
    if (!accepted) co_return nullptr;
    co_return socket;
}

}  // namespace shoji::gateway
