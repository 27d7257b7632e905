// Signing in: a password and a code, the first time with enrolment, and the web sessions that
// follow. Whatever is wrong is told with one message, after the same time, whether the user exists
// or not.
#pragma once

#include "screen/gateway/audit_link.h"
#include "screen/gateway/bodies.h"
#include "screen/gateway/http.h"
#include "screen/gateway/lock_out.h"
#include "screen/gateway/passwords.h"
#include "screen/gateway/rate_limiter.h"
#include "screen/gateway/records.h"
#include "screen/gateway/token.h"

namespace shoji::gateway {

// Somebody whose cookie is good.
struct Visitor {
    Token cookie{};
    store::WebSession session;
    store::User user;
};

struct SignInAnswer {
    unsigned int status = 200;     // of HTTP
    std::string error;             // key of the message catalogue, unless status is 200
    std::int64_t retry_after = 0;  // seconds
    std::string next;              // "done", "code" or "enrol"
    std::optional<Token> cookie;   // a new one
};

struct Enrolment {
    std::string secret;  // base32
    std::string uri;
};

class SignIn {
  public:
    SignIn(Records& records, AuditLink& audit, Passwords& passwords);

    Task<SignInAnswer> sign_in(SignInBody body, Terminal terminal, std::optional<Token> old_cookie);
    // None when there is no such web session, it is over, or its user is gone.
    Task<std::optional<Visitor>> visitor(std::optional<Token> cookie);
    // A fresh secret for a visitor who is enrolling.
    Task<base::Result<Enrolment>> begin_enrolment(const Visitor& visitor);
    Task<SignInAnswer> finish_enrolment(Visitor visitor, EnrolBody body, Terminal terminal);
    Task<> sign_out(Visitor visitor, Terminal terminal);

  private:
    struct Candidate {
        std::optional<store::User> user;
        store::Attempts attempts;
    };

    std::optional<SignInAnswer> too_many(const std::string& name, const Terminal& terminal);
    void note_refusal(const std::string& user, const Terminal& terminal, const std::string& reason);
    Task<base::Result<Candidate>> look_up(std::string name);
    Task<SignInAnswer> refuse(std::string name, bool known, Terminal terminal, std::string reason);
    Task<SignInAnswer> second_factor(store::User user, std::optional<std::string> code,
                                     Terminal terminal, std::optional<Token> old_cookie);
    Task<bool> code_is_good(store::RowId user, std::string code, std::int64_t last_used);
    Task<SignInAnswer> no_secret(Visitor visitor, Terminal terminal, base::Error error);
    // For whoever lost a race against a reset, a removal or another enrolment.
    SignInAnswer too_late(const std::string& name, const Terminal& terminal,
                          std::string_view error);
    Task<SignInAnswer> admit(store::User user, bool enrolling, Terminal terminal,
                             std::optional<Token> old_cookie, std::string how);

    Records& records_;
    AuditLink& audit_;
    Passwords& passwords_;
    LockOutRule lock_out_;
    RateLimiter by_address_;
    RateLimiter by_name_;
};

}  // namespace shoji::gateway
