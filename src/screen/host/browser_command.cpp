#include "screen/host/browser_command.h"

#include "screen/isolation/browser.h"

namespace shoji::host {
namespace {

constexpr const char* fixed_arguments[] = {
    "--ozone-platform=wayland",
    // Drawing by the processor alone: there is no GPU, and looking for one takes seconds.
    "--disable-gpu",
    // One picture a wheel tick instead of dozens.
    "--disable-smooth-scrolling",
    "--no-first-run",
    "--no-default-browser-check",
    "--password-store=basic",
    "--mute-audio",
    // Nothing that runs besides the page, asks the network, or fills memory.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-breakpad",
    "--disable-sync",
    "--disable-extensions",
    "--disable-component-extensions-with-background-pages",
    "--disable-logging",
    "--no-pings",
    // Whose session it is and what is to be updated: no policy keeps Chromium from asking. Chromium
    // never connects to port 1 (net/base/port_util.cc), so that these requests end where they
    // begin.
    "--gaia-url=http://127.0.0.1:1/",
    "--component-updater=url-source=http://127.0.0.1:1/",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--disk-cache-size=16777216",
    "--media-cache-size=16777216",
    ("--disable-features=SpareRendererForSitePerProcess,Translate,MediaRouter,OptimizationHints,"
     "AutofillServerCommunication,CertificateTransparencyComponentUpdater,WebOTP,WebUSB"),
    // One process less, of 16 MB. It loses nothing: on Linux the network service has no sandbox of
    // its own, and so may do all that the browser's main process may.
    "--enable-features=NetworkServiceInProcess2",
};

}  // namespace

std::vector<std::string> browser_arguments(const control::Start& start) {
    std::vector<std::string> arguments(std::begin(fixed_arguments), std::end(fixed_arguments));
    const bool japanese = start.locale == control::Locale::ja;
    arguments.emplace_back(fmt::format("--user-data-dir={}/profile", isolation::browser_home));
    arguments.emplace_back(japanese ? "--lang=ja" : "--lang=en-US");
    arguments.emplace_back(japanese ? "--accept-lang=ja,en-US" : "--accept-lang=en-US,ja");
    arguments.emplace_back("--app=" + control::to_url(start.origins.front()));
    return arguments;
}

std::vector<std::string> browser_environment(control::Locale locale, int wayland_descriptor,
                                             const std::string& time_zone) {
    return {
        fmt::format("HOME={}", isolation::browser_home),
        "XDG_RUNTIME_DIR=/tmp",
        fmt::format("WAYLAND_SOCKET={}", wayland_descriptor),
        locale == control::Locale::ja ? "LANGUAGE=ja" : "LANGUAGE=en_US",
        "LANG=C.UTF-8",
        "TZ=" + time_zone,
        // There is no message bus; Chromium need not look for one.
        "DBUS_SESSION_BUS_ADDRESS=disabled:",
        "DBUS_SYSTEM_BUS_ADDRESS=disabled:",
    };
}

}  // namespace shoji::host
