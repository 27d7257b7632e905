// The types of Beast that the room's network sources share.
#pragma once

#include "screen/gateway/loop.h"

#include <boost/asio/ssl/context.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

namespace shoji::gateway {

namespace beast = boost::beast;

using TlsStream = beast::ssl_stream<beast::tcp_stream>;
using HttpRequest = beast::http::request<beast::http::string_body>;

inline auto resumed(boost::system::error_code& error) {
    return asio::redirect_error(asio::use_awaitable, error);
}

}  // namespace shoji::gateway
