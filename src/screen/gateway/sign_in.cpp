#include "screen/gateway/sign_in.h"

#include "core/base/random.h"
#include "screen/gateway/clock.h"
#include "screen/gateway/password.h"
#include "screen/gateway/totp.h"

#include <cmath>

#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

constexpr unsigned int unauthorised = 401;
constexpr unsigned int too_many_requests = 429;
constexpr unsigned int unavailable = 503;
constexpr unsigned int unprocessable = 422;

// A city hall may sit behind one address; a person mistypes a few times.
constexpr RateRule address_rule{60, 1, 4096};
constexpr RateRule name_rule{10, 6, 4096};

constexpr store::Lifetime enrolment_lifetime{15 * 60, 15 * 60};
// A web session is marked as used once in so many seconds, not with each request.
constexpr store::Seconds touch_every = 60;

SignInAnswer refused(unsigned int status, std::string_view error, std::int64_t retry_after = 0) {
    return {status, std::string(error), retry_after, {}, {}};
}

SignInAnswer failed(const base::Error& error) {
    spdlog::error("sign-in: {}", error.message);
    return refused(unavailable,
                   error.kind == base::ErrorKind::full ? "store.full" : "request.failed");
}

}  // namespace

SignIn::SignIn(Records& records, AuditLink& audit, Passwords& passwords)
    : records_(records),
      audit_(audit),
      passwords_(passwords),
      by_address_(address_rule),
      by_name_(name_rule) {}

std::optional<SignInAnswer> SignIn::too_many(const std::string& name, const Terminal& terminal) {
    const double now = steady_now();
    double wait = by_address_.take(rate_key(terminal.address), now);
    if (wait == 0) wait = by_name_.take(name, now);
    if (wait == 0) return {};
    // Whether there is such a user has not been looked up.
    note_refusal("", terminal, "too many attempts");
    return refused(too_many_requests, "sign_in.too_many",
                   static_cast<std::int64_t>(std::ceil(wait)));
}

void SignIn::note_refusal(const std::string& user, const Terminal& terminal,
                          const std::string& reason) {
    audit_.note({journal::Action::sign_in, journal::Outcome::refused, user, terminal.described(),
                 "", reason});
}

Task<base::Result<SignIn::Candidate>> SignIn::look_up(std::string name) {
    return records_.run([name = std::move(name)](store::Store& store) -> base::Result<Candidate> {
        Candidate candidate;
        auto attempts = store.attempts.of(name);
        if (!attempts) return base::Failure(attempts.error());
        candidate.attempts = *attempts;
        auto user = store.users.find(name);
        if (user) {
            candidate.user = std::move(*user);
        } else if (user.error().kind != base::ErrorKind::not_found) {
            return base::Failure(user.error());
        }
        return candidate;
    });
}

Task<SignInAnswer> SignIn::sign_in(SignInBody body, Terminal terminal,
                                   std::optional<Token> old_cookie) {
    if (auto wait = too_many(body.user, terminal)) co_return *wait;
    const auto candidate = co_await look_up(body.user);
    if (!candidate) co_return failed(candidate.error());
    const bool known = candidate->user.has_value();
    if (const auto wait = locked_for(lock_out_, candidate->attempts, now_seconds()); wait > 0) {
        audit_.note({journal::Action::sign_in, journal::Outcome::refused,
                     known ? body.user : "unknown user", terminal.described(), "", "locked"});
        co_return refused(too_many_requests, "sign_in.locked", wait);
    }
    const std::string& hash = known ? candidate->user->password : nobodys_hash();
    const auto right = co_await passwords_.verify(hash, body.password);
    if (!right) co_return refused(unavailable, "sign_in.busy", 5);
    if (!known || !*right) {
        co_return co_await refuse(body.user, known, terminal, "wrong name or password");
    }
    const store::User& user = *candidate->user;
    if (user.one_time_until != 0 && now_seconds() >= user.one_time_until) {
        note_refusal(user.name, terminal, "expired one-time password");
        co_return refused(unauthorised, "sign_in.one_time_expired");
    }
    if (user.one_time_until != 0 || !user.has_totp) {
        co_return co_await admit(user, true, terminal, old_cookie, "with a one-time password");
    }
    co_return co_await second_factor(user, body.code, terminal, old_cookie);
}

Task<SignInAnswer> SignIn::second_factor(store::User user, std::optional<std::string> code,
                                         Terminal terminal, std::optional<Token> old_cookie) {
    // Only whoever knows the password is told, which the question for a code tells as well.
    if (clock_is_behind(now_seconds(), user.totp_counter)) {
        note_refusal(user.name, terminal, "the clock is behind this user's last code");
        co_return refused(unavailable, "sign_in.clock");
    }
    if (!code) co_return SignInAnswer{200, {}, 0, "code", {}};
    const bool good = co_await code_is_good(user.id, *code, user.totp_counter);
    if (!good) co_return co_await refuse(user.name, true, terminal, "wrong or used code");
    co_return co_await admit(std::move(user), false, std::move(terminal), old_cookie,
                             "with password and code");
}

Task<bool> SignIn::code_is_good(store::RowId user, std::string code, std::int64_t last_used) {
    auto work = [user, code = std::move(code), last_used,
                 now = now_seconds()](store::Store& store) -> base::Result<bool> {
        const auto secret = store.users.totp_secret(user);
        if (!secret) return base::Failure(secret.error());
        const auto counter = matching_totp_counter(*secret, code, now, last_used);
        if (!counter) return false;
        return store.users.use_totp_counter(user, *counter);
    };
    const auto good = co_await records_.run(std::move(work));
    if (!good) spdlog::error("sign-in: {}", good.error().message);
    co_return good&&* good;
}

Task<SignInAnswer> SignIn::refuse(std::string name, bool known, Terminal terminal,
                                  std::string reason) {
    // People type passwords into the field for the name: only names of users are recorded.
    audit_.note({journal::Action::sign_in, journal::Outcome::refused, known ? name : "unknown user",
                 terminal.described(), "", std::move(reason)});
    auto work = [name = std::move(name), now = now_seconds()](store::Store& store) {
        return store.attempts.count_failure(name, now);
    };
    const auto counted = co_await records_.run(std::move(work));
    if (!counted) co_return failed(counted.error());
    co_return refused(unauthorised, "sign_in.wrong");
}

SignInAnswer SignIn::too_late(const std::string& name, const Terminal& terminal,
                              std::string_view error) {
    audit_.note({journal::Action::sign_in, journal::Outcome::refused, name, terminal.described(),
                 "", "the password was replaced meanwhile"});
    return refused(unauthorised, error);
}

Task<SignInAnswer> SignIn::admit(store::User user, bool enrolling, Terminal terminal,
                                 std::optional<Token> old_cookie, std::string how) {
    journal::Record record{journal::Action::sign_in,
                           journal::Outcome::allowed,
                           user.name,
                           terminal.described(),
                           "",
                           std::move(how)};
    const auto recorded = co_await audit_.write(std::move(record));
    if (!recorded) {
        const bool full = recorded.error().kind == base::ErrorKind::full;
        co_return refused(unavailable, full ? "journal.full" : "journal.unavailable");
    }
    const Token cookie = new_token();
    const auto now = now_seconds();
    const store::WebSession session{digest_of(cookie), user.id, enrolling, now, now};
    auto work = [session, name = user.name, password = user.password,
                 old_cookie](store::Store& store) {
        if (old_cookie) {
            if (auto removed = store.web_sessions.remove(digest_of(*old_cookie)); !removed) {
                return removed;
            }
        }
        return store.attempts.forget(name).and_then(
            [&](bool) { return store.web_sessions.add(session, password); });
    };
    const auto stored = co_await records_.run(std::move(work));
    if (!stored && stored.error().kind == base::ErrorKind::not_found) {
        co_return too_late(user.name, terminal, "sign_in.wrong");
    }
    if (!stored) co_return failed(stored.error());
    co_return SignInAnswer{200, {}, 0, enrolling ? "enrol" : "done", cookie};
}

Task<std::optional<Visitor>> SignIn::visitor(std::optional<Token> cookie) {
    if (!cookie) co_return std::nullopt;
    auto work = [digest = digest_of(*cookie), cookie = *cookie,
                 now = now_seconds()](store::Store& store) -> base::Result<Visitor> {
        Visitor visitor;
        visitor.cookie = cookie;
        auto session = store.web_sessions.find(digest);
        if (!session) return base::Failure(session.error());
        visitor.session = *session;
        const auto lifetime = session->enrolling ? enrolment_lifetime : store::Lifetime{};
        if (lifetime.over(*session, now)) {
            return base::fail(base::ErrorKind::not_found, "the web session is over");
        }
        if (now - session->last_seen >= touch_every) {
            if (auto touched = store.web_sessions.touch(digest, now); !touched) {
                return base::Failure(touched.error());
            }
        }
        auto user = store.users.find(session->user);
        if (!user) return base::Failure(user.error());
        visitor.user = std::move(*user);
        return visitor;
    };
    auto found = co_await records_.run(std::move(work));
    if (found) co_return std::move(*found);
    if (found.error().kind != base::ErrorKind::not_found) {
        spdlog::error("sign-in: {}", found.error().message);
    }
    co_return std::nullopt;
}

Task<base::Result<Enrolment>> SignIn::begin_enrolment(const Visitor& visitor) {
    store::Bytes secret(totp_secret_bytes);
    base::fill_random(secret);
    const Enrolment enrolment{base32(secret), totp_uri(visitor.user.name, secret)};
    auto work = [token = visitor.session.token, secret = std::move(secret)](store::Store& store) {
        return store.web_sessions.set_pending_secret(token, secret);
    };
    const auto stored = co_await records_.run(std::move(work));
    if (!stored) co_return base::Failure(stored.error());
    co_return enrolment;
}

Task<SignInAnswer> SignIn::finish_enrolment(Visitor visitor, EnrolBody body, Terminal terminal) {
    if (auto wait = too_many(visitor.user.name, terminal)) co_return *wait;
    if (const auto weakness = weakness_of(body.password, visitor.user.name)) {
        co_return refused(unprocessable, *weakness);
    }
    const auto same = co_await passwords_.verify(visitor.user.password, body.password);
    if (!same) co_return refused(unavailable, "sign_in.busy", 5);
    if (*same) co_return refused(unprocessable, "enrol.password_same");
    auto read_secret = [token = visitor.session.token](store::Store& store) {
        return store.web_sessions.pending_secret(token);
    };
    const auto secret = co_await records_.run(std::move(read_secret));
    if (!secret) co_return co_await no_secret(visitor, terminal, secret.error());
    const auto counter = matching_totp_counter(*secret, body.code, now_seconds(), -1);
    if (!counter) {
        note_refusal(visitor.user.name, terminal, "wrong code at enrolment");
        co_return refused(unprocessable, "enrol.code_wrong");
    }
    auto hash = co_await passwords_.hash(body.password);
    if (!hash) co_return refused(unavailable, "sign_in.busy", 5);
    const store::Credentials own{std::move(*hash), *secret, *counter};
    auto enrol = [session = visitor.session, former = visitor.user.password,
                  own](store::Store& store) { return store.users.enrol(session, former, own); };
    const auto enrolled = co_await records_.run(std::move(enrol));
    if (!enrolled && enrolled.error().kind == base::ErrorKind::not_found) {
        co_return too_late(visitor.user.name, terminal, "sign_in.required");
    }
    if (!enrolled) co_return failed(enrolled.error());
    visitor.user.password = own.password;
    co_return co_await admit(std::move(visitor.user), false, std::move(terminal), visitor.cookie,
                             "after enrolment of password and second factor");
}

// A web session without a pending secret has not asked for one, or is gone since it was looked up.
Task<SignInAnswer> SignIn::no_secret(Visitor visitor, Terminal terminal, base::Error error) {
    if (error.kind != base::ErrorKind::not_found) co_return failed(error);
    auto work = [token = visitor.session.token](store::Store& store) {
        return store.web_sessions.find(token);
    };
    const auto session = co_await records_.run(std::move(work));
    if (session) co_return refused(unprocessable, "enrol.not_begun");
    if (session.error().kind != base::ErrorKind::not_found) co_return failed(session.error());
    co_return too_late(visitor.user.name, terminal, "sign_in.required");
}

Task<> SignIn::sign_out(Visitor visitor, Terminal terminal) {
    auto work = [token = visitor.session.token](store::Store& store) {
        return store.web_sessions.remove(token);
    };
    const auto removed = co_await records_.run(std::move(work));
    if (!removed) spdlog::error("sign-out: {}", removed.error().message);
    audit_.note({journal::Action::sign_out, journal::Outcome::allowed, visitor.user.name,
                 terminal.described(), "", ""});
}

}  // namespace shoji::gateway
