// Hosts that Chromium itself asks for, whatever page is open and whatever its policies say. The
// egress refuses them like any other; the journal has them; but no page wanted them, so neither
// staff nor an administrator who looks for what a page is missing is told. Pure.
#pragma once

#include <algorithm>
#include <array>
#include <string_view>

namespace shoji::gateway {

inline constexpr std::array<std::string_view, 8> browser_services{
    "accounts.google.com",  // who is signed in to the browser
    "clients2.google.com",  // updates of extensions
    "clients2.googleusercontent.com",
    "content-autofill.googleapis.com",
    "edgedl.me.gvt1.com",  // updates of components
    "optimizationguide-pa.googleapis.com",
    "redirector.gvt1.com",
    "update.googleapis.com",
};

constexpr bool is_browser_service(std::string_view host) {
    return std::ranges::find(browser_services, host) != browser_services.end();
}

}  // namespace shoji::gateway
