// One connection of a terminal: TLS, who it is, then requests one after another.
#pragma once

#include "screen/gateway/beast.h"
#include "screen/gateway/header_policy.h"
#include "screen/gateway/server.h"

#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>

namespace shoji::gateway {

class HttpConnection : public std::enable_shared_from_this<HttpConnection> {
  public:
    HttpConnection(Server::Parts parts, const OpenListener& listener, Identity identity,
                   Connections::Place place);

    Task<> serve(asio::ip::tcp::socket socket);

  private:
    using Parser = beast::http::request_parser<beast::http::string_body>;

    // The terminal that the handshake proves; else the key of the catalogue that says why it is
    // refused.
    Task<std::variant<Terminal, std::string_view>> identify();
    Task<> refuse_terminal(std::string_view key);
    Task<> serve_requests();
    // The status to refuse a request with that could not be read; 0: just close.
    static unsigned int status_of(const boost::system::error_code& error);
    std::variant<Request, Response> request_of(const HttpRequest& message) const;
    Task<bool> respond(const HttpRequest& message, Response response, bool keep_alive);
    Task<> serve_viewer(HttpRequest message, Request request);
    Task<> hang_up();

    Server::Parts parts_;
    const OpenListener& listener_;
    Identity identity_;
    Connections::Place place_;
    std::string authority_;  // what the browser rightly calls the gateway, as far as is known
    Terminal terminal_;
    std::unique_ptr<TlsStream> stream_;
    beast::flat_buffer buffer_;
};

}  // namespace shoji::gateway
