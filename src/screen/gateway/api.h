// The console's API and the web pages: requests in, answers out.
#pragma once

#include "screen/gateway/screens.h"
#include "screen/gateway/sign_in.h"
#include "screen/gateway/static_files.h"

namespace shoji::gateway {

class Api {
  public:
    Api(const StaticFiles& files, SignIn& sign_in, Screens& screens, PolicyBook& policy,
        AuditLink& audit)
        : files_(files), sign_in_(sign_in), screens_(screens), policy_(policy), audit_(audit) {}

    // Answers every request but the viewer's WebSocket.
    Task<Response> answer(Request request);
    // The answer to a request that another site may have made the browser send; it is recorded.
    Response forged(const Request& request, const std::string& user = {});

  private:
    using Handler = Task<Response> (Api::*)(const Request&);
    struct Route {
        std::string_view path;
        Method method;
        Handler handler;
    };
    static const Route* find_route(std::string_view path);

    Response file(const Request& request) const;
    Task<Response> state(const Request& request);
    Task<Response> sign_in(const Request& request);
    Task<Response> begin_enrolment(const Request& request);
    Task<Response> finish_enrolment(const Request& request);
    Task<Response> sign_out(const Request& request);
    Task<Response> destinations(const Request& request);
    Task<Response> screens(const Request& request);

    // The visitor of a change, or why not.
    Task<std::variant<Visitor, Response>> changer(const Request& request, bool enrolling);

    const StaticFiles& files_;
    SignIn& sign_in_;
    Screens& screens_;
    PolicyBook& policy_;
    AuditLink& audit_;
};

// {"error": key}
Response error_response(unsigned int status, std::string_view key, std::int64_t retry_after = 0);

}  // namespace shoji::gateway
