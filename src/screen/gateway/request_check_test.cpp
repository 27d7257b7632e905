#include "screen/gateway/request_check.h"

#include "screen/gateway/header_policy.h"
#include "screen/gateway/refusal_page.h"

#include <map>

#include <gtest/gtest.h>

namespace shoji::gateway {
namespace {

const Identity identity{"shoji.example", "10.1.2.3", 8443};

TEST(Authority, IsOneOfTheGatewaysOwnNames) {
    EXPECT_EQ(accepted_authority("shoji.example:8443", identity), "shoji.example:8443");
    EXPECT_EQ(accepted_authority("SHOJI.Example:8443", identity), "shoji.example:8443");
    EXPECT_EQ(accepted_authority("10.1.2.3:8443", identity), "10.1.2.3:8443");
    for (const std::string_view host :
         {"", "shoji.example", "shoji.example:443", "evil.example:8443", "10.1.2.4:8443",
          "shoji.example:8443.evil.example", "shoji.example:8443,evil", "shoji.example.:8443"}) {
        EXPECT_FALSE(accepted_authority(host, identity)) << host;
    }
}

TEST(Authority, LeavesTheSchemesOwnPortOut) {
    const Identity plain{"shoji.example", "2001:db8::1", 443};
    EXPECT_EQ(accepted_authority("shoji.example", plain), "shoji.example");
    EXPECT_EQ(accepted_authority("shoji.example:443", plain), "shoji.example");
    EXPECT_EQ(accepted_authority("[2001:db8::1]", plain), "[2001:db8::1]");
    EXPECT_FALSE(accepted_authority("2001:db8::1", plain));
}

Request change() {
    Request request;
    request.method = Method::post;
    request.authority = "shoji.example:8443";
    request.origin = "https://shoji.example:8443";
    request.fetch_site = "same-origin";
    request.content_type = "application/json";
    return request;
}

TEST(OwnChange, ComesFromThisOriginAsJson) {
    EXPECT_TRUE(is_own_change(change()));
    Request request = change();
    request.content_type = "application/json; charset=utf-8";
    EXPECT_TRUE(is_own_change(request));
    request.fetch_site = "";
    EXPECT_TRUE(is_own_change(request));
}

TEST(OwnChange, IsNothingThatAnotherPageCanSend) {
    for (const auto* origin :
         {"", "null", "https://evil.example", "http://shoji.example:8443", "https://shoji.example",
          "https://shoji.example:8443.evil.example"}) {
        Request request = change();
        request.origin = origin;
        EXPECT_FALSE(is_own_change(request)) << origin;
    }
    for (const auto* site : {"cross-site", "same-site", "none"}) {
        Request request = change();
        request.fetch_site = site;
        EXPECT_FALSE(is_own_change(request)) << site;
    }
    for (const auto* type : {"", "text/plain", "application/x-www-form-urlencoded",
                             "text/plain; application/json", "application/jsonx"}) {
        Request request = change();
        request.content_type = type;
        EXPECT_FALSE(is_own_change(request)) << type;
    }
}

TEST(OwnRead, IsNoOtherSites) {
    Request request = change();
    request.origin = "";
    EXPECT_TRUE(is_own_read(request));
    request.fetch_site = "cross-site";
    EXPECT_FALSE(is_own_read(request));
    request.fetch_site = "";
    request.origin = "https://evil.example";
    EXPECT_FALSE(is_own_read(request));
}

TEST(Socket, IsOpenedByTheViewersPageOrTheConsole) {
    Request request = change();
    EXPECT_TRUE(may_open_socket(request));
    request.origin = "null";
    EXPECT_TRUE(may_open_socket(request));
    request.origin = "https://evil.example";
    EXPECT_FALSE(may_open_socket(request));
    request.origin = "";
    EXPECT_FALSE(may_open_socket(request));
}

std::map<std::string_view, std::string> headers_of(Kind kind, bool immutable = false) {
    std::map<std::string_view, std::string> headers;
    for (auto& [name, value] : security_headers(kind, "shoji.example:8443", immutable)) {
        EXPECT_TRUE(headers.emplace(name, value).second) << name << " stands twice";
    }
    return headers;
}

TEST(SecurityHeaders, StandOnEverything) {
    for (const Kind kind : {Kind::console, Kind::screen, Kind::asset, Kind::data}) {
        auto headers = headers_of(kind);
        EXPECT_EQ(headers["X-Content-Type-Options"], "nosniff");
        EXPECT_EQ(headers["Referrer-Policy"], "no-referrer");
        EXPECT_EQ(headers["Cross-Origin-Opener-Policy"], "same-origin");
        EXPECT_EQ(headers["Strict-Transport-Security"], "max-age=31536000");
        EXPECT_EQ(headers["Cache-Control"], "no-store");
        EXPECT_NE(headers["Permissions-Policy"].find("camera=()"), std::string::npos);
        const auto& policy = headers["Content-Security-Policy"];
        EXPECT_NE(policy.find("default-src 'none'"), std::string::npos);
        EXPECT_NE(policy.find("frame-ancestors 'none'"), std::string::npos);
        EXPECT_EQ(policy.find("unsafe"), std::string::npos);
        EXPECT_EQ(policy.find('*'), std::string::npos);
    }
    EXPECT_NE(headers_of(Kind::asset, true)["Cache-Control"].find("immutable"), std::string::npos);
}

TEST(SecurityHeaders, GiveTheViewerAnOriginOfItsOwn) {
    auto headers = headers_of(Kind::screen);
    const auto& policy = headers["Content-Security-Policy"];
    EXPECT_TRUE(policy.starts_with("sandbox allow-scripts;"));
    EXPECT_EQ(policy.find("allow-same-origin"), std::string::npos);
    EXPECT_NE(policy.find("connect-src 'self' wss://shoji.example:8443;"), std::string::npos);
    EXPECT_NE(policy.find("script-src https://shoji.example:8443;"), std::string::npos);
    EXPECT_EQ(headers["Access-Control-Allow-Origin"], "*");
    EXPECT_FALSE(headers_of(Kind::console).contains("Access-Control-Allow-Origin"));
    EXPECT_FALSE(headers_of(Kind::data).contains("Access-Control-Allow-Origin"));
}

TEST(RefusalPage, SaysWhyInBothLanguages) {
    const std::string page = refusal_page("terminal.revoked");
    EXPECT_NE(page.find("has been revoked"), std::string::npos);
    EXPECT_NE(page.find("無効"), std::string::npos);
    EXPECT_EQ(page.find("<script"), std::string::npos);
}

}  // namespace
}  // namespace shoji::gateway
