// Carries administrators' requests out. Each change is in the journal; those that give somebody
// something need the journal to be writable, those that take something away never wait for it.
#pragma once

#include "screen/gateway/admin_request.h"
#include "screen/gateway/connections.h"
#include "screen/gateway/passwords.h"
#include "screen/gateway/screens.h"

#include <boost/json/value.hpp>

namespace shoji::gateway {

class AdminCommands {
  public:
    struct Parts {
        asio::any_io_executor executor;
        Records& records;
        AuditLink& audit;
        HostLink& host;
        PolicyBook& policy;
        Passwords& passwords;
        Screens& screens;
        Connections& connections;
        store::Seconds certificate_expires;  // of the gateway itself
        std::vector<std::string> terminal_networks;
    };

    explicit AdminCommands(Parts parts) : parts_(std::move(parts)) {}

    // `who`: of the socket's peer, for the journal.
    Task<base::Result<boost::json::value>> carry_out(admin::Request request, std::string who);

  private:
    using Answer = base::Result<boost::json::value>;

    Task<Answer> handle(admin::UserAdd request, std::string who);
    Task<Answer> handle(admin::UserList request, std::string who);
    Task<Answer> handle(admin::UserRemove request, std::string who);
    Task<Answer> handle(admin::UserReset request, std::string who);
    Task<Answer> handle(admin::UserUnlock request, std::string who);
    Task<Answer> handle(admin::TerminalAdd request, std::string who);
    Task<Answer> handle(admin::TerminalList request, std::string who);
    Task<Answer> handle(admin::TerminalRevoke request, std::string who);
    Task<Answer> handle(admin::SessionList request, std::string who);
    Task<Answer> handle(admin::SessionKill request, std::string who);
    Task<Answer> handle(admin::DestinationRefused request, std::string who);
    Task<Answer> handle(admin::ConfigurationGet request, std::string who);
    Task<Answer> handle(admin::ConfigurationApply request, std::string who);
    Task<Answer> handle(admin::Status request, std::string who);

    Task<> close_terminal(store::Digest fingerprint);

    Parts parts_;
};

}  // namespace shoji::gateway
