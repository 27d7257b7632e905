// Listens where the settings say and serves HTTP over TLS.
#pragma once

#include "core/base/settings.h"
#include "screen/gateway/api.h"
#include "screen/gateway/connections.h"
#include "screen/gateway/request_check.h"
#include "screen/gateway/tls.h"

#include <boost/asio/ip/tcp.hpp>

namespace shoji::gateway {

// A listening socket, with what terminals that arrive there are held to.
struct OpenListener {
    base::Listener settings;
    asio::ip::tcp::acceptor acceptor;
    TlsContext tls;  // null until load_keys()
};

// Binds and listens; done before privileges are dropped, since ports may be below 1024.
base::Result<std::vector<OpenListener>> open_listeners(asio::io_context& loop,
                                                       const base::Settings& settings);
// Reads the keys and certificates for them; done by the confined program, since the folder is its
// own: what stands there is no more to be trusted than what it says.
base::Result<void> load_keys(std::vector<OpenListener>& listeners, const base::Settings& settings);

class Server {
  public:
    struct Parts {
        asio::any_io_executor executor;
        Api& api;
        Screens& screens;
        Records& records;
        AuditLink& audit;
        Connections& connections;
    };

    Server(Parts parts, std::string host_name, std::vector<OpenListener> listeners);

    // Begins to accept; what was accepted before stays served after stop().
    void start();
    void stop();

  private:
    Task<> accept(OpenListener& listener);

    Parts parts_;
    std::string host_name_;
    std::vector<OpenListener> listeners_;
    bool stopped_ = false;
};

}  // namespace shoji::gateway
