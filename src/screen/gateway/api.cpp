#include "screen/gateway/api.h"

#include "screen/gateway/clock.h"
#include "screen/gateway/cookie.h"
#include "screen/gateway/qr.h"
#include "screen/gateway/request_check.h"

#include <array>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

namespace json = boost::json;

constexpr unsigned int bad_request = 400;
constexpr unsigned int unauthorised = 401;
constexpr unsigned int forbidden = 403;
constexpr unsigned int not_found = 404;
constexpr unsigned int method_not_allowed = 405;
constexpr unsigned int unavailable = 503;

Response data(const json::object& object, unsigned int status = 200) {
    Response response;
    response.status = status;
    const std::string text = json::serialize(object);
    response.body = std::make_shared<const std::string>(text);
    return response;
}

json::string_view view(std::string_view text) {
    return {text.data(), text.size()};
}

std::optional<Token> cookie_of(const Request& request) {
    const auto value = cookie_value(request.cookie);
    return value ? token_from(*value) : std::nullopt;
}

Response answer_of(const SignInAnswer& answer) {
    if (answer.status != 200)
        return error_response(answer.status, answer.error, answer.retry_after);
    Response response = data({{"next", answer.next}});
    if (answer.cookie) response.set_cookie = set_cookie(to_hex(*answer.cookie));
    return response;
}

json::object names(const policy::Name& name) {
    return {{"ja", name.ja}, {"en", name.en}};
}

}  // namespace

Response error_response(unsigned int status, std::string_view key, std::int64_t retry_after) {
    json::object object{{"error", view(key)}};
    if (retry_after > 0) object["retryAfter"] = retry_after;
    Response response = data(object, status);
    response.retry_after = retry_after;
    return response;
}

const Api::Route* Api::find_route(std::string_view path) {
    static const std::array<Route, 7> routes{{
        {"/api/state", Method::get, &Api::state},
        {"/api/sign-in", Method::post, &Api::sign_in},
        {"/api/enrol/begin", Method::post, &Api::begin_enrolment},
        {"/api/enrol/finish", Method::post, &Api::finish_enrolment},
        {"/api/sign-out", Method::post, &Api::sign_out},
        {"/api/destinations", Method::get, &Api::destinations},
        {"/api/screens", Method::post, &Api::screens},
    }};
    for (const auto& route : routes) {
        if (route.path == path) return &route;
    }
    return nullptr;
}

Task<Response> Api::answer(Request request) {
    const Route* route = find_route(request.path());
    if (route == nullptr) co_return file(request);
    if (route->method != request.method) {
        Response response = error_response(method_not_allowed, "request.method");
        response.allow = route->method == Method::post ? "POST" : "GET";
        co_return response;
    }
    const bool own = request.method == Method::post ? is_own_change(request) : is_own_read(request);
    if (!own) co_return forged(request);
    co_return co_await (this->*route->handler)(request);
}

Response Api::forged(const Request& request, const std::string& user) {
    audit_.note({journal::Action::refusal, journal::Outcome::refused, user,
                 request.terminal.described(), std::string(request.path()),
                 "a request that is not of the console's own pages"});
    return error_response(forbidden, "request.forbidden");
}

Response Api::file(const Request& request) const {
    const StaticFile* found = files_.find(request.path());
    if (found == nullptr) return error_response(not_found, "request.not_found");
    if (request.method != Method::get && request.method != Method::head) {
        Response response = error_response(method_not_allowed, "request.method");
        response.allow = "GET, HEAD";
        return response;
    }
    Response response;
    response.kind = found->kind;
    response.content_type = found->content_type;
    response.body = found->bytes;
    response.immutable = found->immutable;
    return response;
}

Task<Response> Api::state(const Request& request) {
    const auto visitor = co_await sign_in_.visitor(cookie_of(request));
    if (!visitor) co_return data({{"signedIn", false}});
    const bool enrolling = visitor->session.enrolling;
    co_return data({{"signedIn", true},
                    {"user", visitor->user.name},
                    {"csrf", csrf_of(visitor->cookie)},
                    {"zone", request.terminal.zone},
                    {"mustEnrol", enrolling},
                    {"mustChangePassword", enrolling}});
}

Task<Response> Api::sign_in(const Request& request) {
    if (request.csrf != "sign-in") co_return forged(request);
    auto body = sign_in_body(request.body);
    if (!body) co_return error_response(bad_request, "request.malformed");
    const auto answer =
        co_await sign_in_.sign_in(std::move(*body), request.terminal, cookie_of(request));
    co_return answer_of(answer);
}

Task<std::variant<Visitor, Response>> Api::changer(const Request& request, bool enrolling) {
    auto visitor = co_await sign_in_.visitor(cookie_of(request));
    if (!visitor) {
        Response response = error_response(unauthorised, "sign_in.required");
        response.set_cookie = clear_cookie();
        co_return response;
    }
    if (!equal_in_constant_time(request.csrf, csrf_of(visitor->cookie))) {
        co_return forged(request, visitor->user.name);
    }
    if (visitor->session.enrolling != enrolling) {
        co_return error_response(forbidden, enrolling ? "enrol.not_begun" : "sign_in.enrol_first");
    }
    co_return std::move(*visitor);
}

Task<Response> Api::begin_enrolment(const Request& request) {
    const auto changer_or = co_await changer(request, true);
    if (const auto* no = std::get_if<Response>(&changer_or)) co_return *no;
    if (!empty_body(request.body)) co_return error_response(bad_request, "request.malformed");
    const auto enrolment = co_await sign_in_.begin_enrolment(std::get<Visitor>(changer_or));
    const auto rows = enrolment ? qr_rows(enrolment->uri) : base::Failure(enrolment.error());
    if (!rows) {
        spdlog::error("enrolment: {}", rows.error().message);
        co_return error_response(unavailable, "request.failed");
    }
    json::array lines;
    for (const auto& row : *rows) lines.emplace_back(row);
    const json::object qr{{"size", rows->size()}, {"rows", lines}};
    co_return data({{"secret", enrolment->secret}, {"uri", enrolment->uri}, {"qr", qr}});
}

Task<Response> Api::finish_enrolment(const Request& request) {
    auto changer_or = co_await changer(request, true);
    if (const auto* no = std::get_if<Response>(&changer_or)) co_return *no;
    auto body = enrol_body(request.body);
    if (!body) co_return error_response(bad_request, "request.malformed");
    const auto answer = co_await sign_in_.finish_enrolment(std::get<Visitor>(std::move(changer_or)),
                                                           std::move(*body), request.terminal);
    co_return answer_of(answer);
}

Task<Response> Api::sign_out(const Request& request) {
    auto visitor = co_await sign_in_.visitor(cookie_of(request));
    if (visitor) {
        if (!equal_in_constant_time(request.csrf, csrf_of(visitor->cookie))) {
            co_return forged(request, visitor->user.name);
        }
        screens_.end_of_web_session(visitor->session.token, false);
        co_await sign_in_.sign_out(std::move(*visitor), request.terminal);
    }
    Response response = data({});
    response.set_cookie = clear_cookie();
    co_return response;
}

Task<Response> Api::destinations(const Request& request) {
    const auto visitor = co_await sign_in_.visitor(cookie_of(request));
    if (!visitor) co_return error_response(unauthorised, "sign_in.required");
    if (visitor->session.enrolling) co_return error_response(forbidden, "sign_in.enrol_first");
    const auto policy = policy_.current();
    const auto& role = visitor->user.role;
    json::array list;
    for (const auto& destination : policy->destinations) {
        if (!policy::may_see(*policy, role, destination.id)) continue;
        const auto decision =
            policy_.decide(request.terminal.zone, role, destination.id, now_seconds());
        json::object entry{{"id", destination.id},
                           {"name", names(destination.name)},
                           {"zone", destination.zone},
                           {"allowed", decision.allowed}};
        if (!decision.allowed) entry["reason"] = view(decision.reason);
        list.push_back(std::move(entry));
    }
    co_return data({{"destinations", list}});
}

Task<Response> Api::screens(const Request& request) {
    auto changer_or = co_await changer(request, false);
    if (const auto* no = std::get_if<Response>(&changer_or)) co_return *no;
    auto& visitor = std::get<Visitor>(changer_or);
    auto body = screen_body(request.body);
    if (!body) co_return error_response(bad_request, "request.malformed");
    Applicant applicant{visitor.user.id, visitor.user.name, visitor.user.role,
                        visitor.session.token, request.terminal};
    const auto started = co_await screens_.start(std::move(applicant), std::move(*body));
    if (const auto* no = std::get_if<NoScreen>(&started)) {
        json::object error{{"error", no->error}};
        if (!no->rule.empty()) error["rule"] = no->rule;
        if (no->retry_after > 0) {
            co_return error_response(no->status, no->error, no->retry_after);
        }
        co_return data(error, no->status);
    }
    co_return data({{"ticket", to_hex(std::get<Token>(started))}});
}

}  // namespace shoji::gateway
