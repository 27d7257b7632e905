#include "screen/gateway/header_policy.h"

#include <fmt/format.h>

namespace shoji::gateway {
namespace {

// Nothing inline, nothing from elsewhere, nobody may frame it.
constexpr std::string_view console_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

// The viewer decodes what a session sends, so its page is of an opaque origin: it has no cookie,
// no storage, and cannot read the console. 'self' would mean nothing to some browsers there, so
// the gateway's origin stands in full.
std::string screen_policy(std::string_view authority) {
    return fmt::format(
        "sandbox allow-scripts; default-src 'none'; script-src https://{0}; style-src https://{0}; "
        "img-src https://{0}; font-src https://{0}; connect-src 'self' wss://{0}; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
        authority);
}

std::string content_policy(Kind kind, std::string_view authority) {
    switch (kind) {
        case Kind::console:
            return std::string(console_policy);
        case Kind::screen:
            return screen_policy(authority);
        case Kind::asset:
        case Kind::data:
            break;
    }
    return "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
           "sandbox";
}

}  // namespace

Headers security_headers(Kind kind, std::string_view authority, bool immutable) {
    Headers headers{
        {"Content-Security-Policy", content_policy(kind, authority)},
        {"Strict-Transport-Security", "max-age=31536000"},
        {"X-Content-Type-Options", "nosniff"},
        {"X-Frame-Options", "DENY"},
        {"Referrer-Policy", "no-referrer"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        // A page of an opaque origin is no same-origin client of its own scripts and styles.
        {"Cross-Origin-Resource-Policy", kind == Kind::screen ? "cross-origin" : "same-origin"},
        {"Permissions-Policy",
         "accelerometer=(), autoplay=(), camera=(), clipboard-read=(), clipboard-write=(), "
         "display-capture=(), encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), "
         "hid=(), magnetometer=(), microphone=(), midi=(), payment=(), "
         "publickey-credentials-get=(), screen-wake-lock=(), serial=(), usb=(), "
         "xr-spatial-tracking=()"},
        {"Cache-Control", immutable ? "public, max-age=31536000, immutable" : "no-store"},
    };
    if (kind == Kind::screen) headers.emplace_back("Access-Control-Allow-Origin", "*");
    return headers;
}

}  // namespace shoji::gateway
