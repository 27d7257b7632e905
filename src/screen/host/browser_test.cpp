#include "screen/host/browser_command.h"
#include "screen/host/browser_policy.h"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::host {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::Not;
using ::testing::StartsWith;

boost::json::object policy(control::Locale locale,
                           const std::vector<std::string>& authorities = {}) {
    return boost::json::parse(browser_policy(locale, authorities)).as_object();
}

TEST(BrowserPolicy, TrustsTheAuthoritiesThatAreGiven) {
    EXPECT_FALSE(policy(control::Locale::ja).contains("CACertificates"));
    EXPECT_EQ(policy(control::Locale::ja, {"AAEC", "+/8="}).at("CACertificates"),
              boost::json::array({"AAEC", "+/8="}));
}

TEST(BrowserPolicy, ShutsEveryWayForDataButPixelsAndInput) {
    const auto policies = policy(control::Locale::ja);
    EXPECT_EQ(policies.at("DownloadRestrictions"), 3);
    EXPECT_EQ(policies.at("AllowFileSelectionDialogs"), false);
    EXPECT_EQ(policies.at("PrintingEnabled"), false);
    EXPECT_EQ(policies.at("DefaultClipboardSetting"), 2);
    EXPECT_EQ(policies.at("DeveloperToolsAvailability"), 2);
    EXPECT_EQ(policies.at("ExtensionInstallBlocklist"), boost::json::array({"*"}));
    for (const char* name : {"DefaultWebUsbGuardSetting", "DefaultWebHidGuardSetting",
                             "DefaultSerialGuardSetting", "DefaultWebBluetoothGuardSetting",
                             "DefaultGeolocationSetting", "DefaultNotificationsSetting"}) {
        EXPECT_EQ(policies.at(name), 2) << name;
    }
    for (const char* name :
         {"AudioCaptureAllowed", "VideoCaptureAllowed", "ScreenCaptureAllowed",
          "PasswordManagerEnabled", "QuicAllowed", "SSLErrorOverrideAllowed",
          "DefaultSearchProviderEnabled", "CommandLineFlagSecurityWarningsEnabled"}) {
        EXPECT_EQ(policies.at(name), false) << name;
    }
    EXPECT_EQ(policies.at("SyncDisabled"), true);
    EXPECT_EQ(policies.at("SafeBrowsingProtectionLevel"), 0);
    EXPECT_EQ(policies.at("BrowserNetworkTimeQueriesEnabled"), false);
    EXPECT_EQ(policies.at("DnsOverHttpsMode"), "off");
    EXPECT_EQ(policies.at("WebRtcIPHandling"), "disable_non_proxied_udp");
}

TEST(BrowserPolicy, BlocksPagesThatAreNotTheDestinations) {
    const auto policies = policy(control::Locale::en);
    const auto& blocked = policies.at("URLBlocklist").as_array();
    for (const char* address :
         {"file://*", "view-source:*", "chrome://*", "javascript://*", "data:*", "devtools://*"}) {
        EXPECT_THAT(blocked, Contains(boost::json::value(address)));
    }
}

TEST(BrowserPolicy, KnowsOneWayOut) {
    const auto policies = policy(control::Locale::ja);
    const auto& proxy = policies.at("ProxySettings").as_object();
    EXPECT_EQ(proxy.at("ProxyMode"), "fixed_servers");
    EXPECT_EQ(proxy.at("ProxyServer"), "http://127.0.0.1:3128");
    EXPECT_EQ(proxy.at("ProxyBypassList"), "<-loopback>") << "not even localhost goes past it";
}

TEST(BrowserPolicy, SpeaksTheUsersLanguage) {
    EXPECT_EQ(policy(control::Locale::ja).at("ForcedLanguages").as_array().at(0), "ja");
    EXPECT_EQ(policy(control::Locale::en).at("ForcedLanguages").as_array().at(0), "en-US");
}

control::Start request() {
    control::Start start;
    start.origins = {{control::Scheme::https, "www.example.jp", 443, false},
                     {control::Scheme::http, "other.example.jp", 80, false}};
    return start;
}

TEST(BrowserCommand, OpensTheFirstOriginAndNothingElse) {
    const auto arguments = browser_arguments(request());
    EXPECT_EQ(arguments.back(), "--app=https://www.example.jp");
    EXPECT_THAT(arguments, Each(StartsWith("--"))) << "nothing is taken for another page";
}

TEST(BrowserCommand, NeverWeakensTheBrowsersOwnSandbox) {
    for (const auto& argument : browser_arguments(request())) {
        EXPECT_THAT(argument, Not(::testing::HasSubstr("sandbox")));
        EXPECT_THAT(argument, Not(::testing::HasSubstr("disable-web-security")));
        EXPECT_THAT(argument, Not(::testing::HasSubstr("single-process")));
        EXPECT_THAT(argument, Not(::testing::HasSubstr("in-process-gpu")));
        EXPECT_THAT(argument, Not(::testing::HasSubstr("remote-debugging")));
    }
}

TEST(BrowserCommand, GivesTheEnvironmentItNeeds) {
    const auto environment = browser_environment(control::Locale::ja, 3, "Asia/Tokyo");
    EXPECT_THAT(environment, Contains("WAYLAND_SOCKET=3"));
    EXPECT_THAT(environment, Contains("TZ=Asia/Tokyo"));
    EXPECT_THAT(environment, Contains("LANGUAGE=ja"));
    EXPECT_THAT(environment, Not(Contains(StartsWith("PATH="))));
}

}  // namespace
}  // namespace shoji::host
