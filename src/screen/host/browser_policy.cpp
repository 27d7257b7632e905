#include "screen/host/browser_policy.h"

#include "screen/host/browser_command.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/ranges.h>

namespace shoji::host {
namespace {

// Values of several policies named Default…Setting.
constexpr std::string_view block = "2";
constexpr std::string_view off = "false";
constexpr std::string_view on = "true";

using Policy = std::pair<std::string_view, std::string_view>;  // name, JSON

// No way in or out for data but pixels and input.
constexpr std::array data_paths{
    Policy{"DownloadRestrictions", "3"},  // all are blocked
    Policy{"AllowFileSelectionDialogs", off},
    Policy{"PrintingEnabled", off},
    Policy{"DefaultClipboardSetting", block},
    Policy{"DefaultFileSystemReadGuardSetting", block},
    Policy{"DefaultFileSystemWriteGuardSetting", block},
    Policy{"DefaultLocalFontsSetting", block},
    Policy{"ScreenCaptureAllowed", off},
    Policy{"AudioCaptureAllowed", off},
    Policy{"VideoCaptureAllowed", off},
    Policy{"EnableMediaRouter", off},
    Policy{"DesktopSharingHubEnabled", off},
};

// No devices, no permissions to ask for.
constexpr std::array devices{
    Policy{"DefaultWebUsbGuardSetting", block},
    Policy{"DefaultWebHidGuardSetting", block},
    Policy{"DefaultSerialGuardSetting", block},
    Policy{"DefaultWebBluetoothGuardSetting", block},
    Policy{"DefaultSensorsSetting", block},
    Policy{"DefaultGeolocationSetting", block},
    Policy{"DefaultNotificationsSetting", block},
    Policy{"DefaultWindowManagementSetting", block},
    Policy{"Disable3DAPIs", on},
    Policy{"HardwareAccelerationModeEnabled", off},
    Policy{"DefaultIdleDetectionSetting", block},
    Policy{"DefaultMediaStreamSetting", block},
    Policy{"PaymentMethodQueryEnabled", off},
};

// Nothing that reaches into Chromium itself.
constexpr std::array controls{
    Policy{"DeveloperToolsAvailability", "2"},
    Policy{"RemoteDebuggingAllowed", off},
    Policy{"ExtensionInstallBlocklist", R"(["*"])"},
    Policy{"BlockExternalExtensions", on},
    Policy{"BrowserSignin", "0"},
    // It would warn staff of a flag that the host gives on purpose.
    Policy{"CommandLineFlagSecurityWarningsEnabled", off},
    Policy{"SyncDisabled", on},
    Policy{"BrowserGuestModeEnabled", off},
    Policy{"BrowserAddPersonEnabled", off},
    Policy{"IncognitoModeAvailability", "1"},
    Policy{"EditBookmarksEnabled", off},
    Policy{"TaskManagerEndProcessEnabled", off},
    Policy{"PasswordManagerEnabled", off},
    Policy{"AutofillAddressEnabled", off},
    Policy{"AutofillCreditCardEnabled", off},
    Policy{"SavingBrowserHistoryDisabled", on},
    Policy{"SSLErrorOverrideAllowed", off},
    Policy{"BackgroundModeEnabled", off},
    Policy{"DefaultBrowserSettingEnabled", off},
    Policy{"PromotionsEnabled", off},
    Policy{"UserFeedbackAllowed", off},
    Policy{"BrowserLabsEnabled", off},
    Policy{"FeedbackSurveysEnabled", off},
    Policy{"WebAppInstallByUserEnabled", off},
    Policy{"QRCodeGeneratorEnabled", off},
    Policy{"AudioSandboxEnabled", on},
};

// It speaks to the destination alone, through the proxy alone.
constexpr std::array network{
    Policy{"DnsOverHttpsMode", R"("off")"},
    Policy{"BuiltInDnsClientEnabled", off},
    Policy{"NetworkPredictionOptions", "2"},
    Policy{"QuicAllowed", off},
    Policy{"DefaultDirectSocketsSetting", block},
    Policy{"DefaultInsecureContentSetting", block},
    Policy{"WebRtcIPHandling", R"("disable_non_proxied_udp")"},
    Policy{"WebRtcEventLogCollectionAllowed", off},
    Policy{"SafeBrowsingProtectionLevel", "0"},
    Policy{"SearchSuggestEnabled", off},
    Policy{"DefaultSearchProviderEnabled", off},
    Policy{"SpellCheckServiceEnabled", off},
    Policy{"TranslateEnabled", off},
    Policy{"AlternateErrorPagesEnabled", off},
    Policy{"MetricsReportingEnabled", off},
    Policy{"UrlKeyedAnonymizedDataCollectionEnabled", off},
    Policy{"ComponentUpdatesEnabled", off},
    Policy{"BrowserNetworkTimeQueriesEnabled", off},
    Policy{"ChromeVariations", "2"},
    Policy{"IntranetRedirectBehavior", "1"},
    Policy{"GenAiDefaultSettings", "2"},
    Policy{"GenAILocalFoundationalModelSettings", "1"},
    Policy{"BuiltInAIAPIsEnabled", off},
    Policy{"PrivacySandboxPromptEnabled", off},
    Policy{"PrivacySandboxAdTopicsEnabled", off},
    Policy{"PrivacySandboxSiteEnabledAdsEnabled", off},
    Policy{"PrivacySandboxAdMeasurementEnabled", off},
    Policy{"LensRegionSearchEnabled", off},
    Policy{"GoogleSearchSidePanelEnabled", off},
};

// Pages that are none of the destination's. Chromium shows its error pages all the same.
constexpr std::string_view blocked_addresses =
    R"(["file://*", "view-source:*", "chrome://*", "chrome-untrusted://*", "devtools://*",)"
    R"( "javascript://*", "data:*", "filesystem:*", "ftp://*"])";

}  // namespace

std::string browser_policy(control::Locale locale, const std::vector<std::string>& authorities) {
    std::string text = "{\n";
    const auto add = [&](std::string_view name, std::string_view json) {
        text += fmt::format("  \"{}\": {},\n", name, json);
    };
    for (const auto& [name, json] : data_paths) add(name, json);
    for (const auto& [name, json] : devices) add(name, json);
    for (const auto& [name, json] : controls) add(name, json);
    for (const auto& [name, json] : network) add(name, json);
    add("URLBlocklist", blocked_addresses);
    if (!authorities.empty()) {
        add("CACertificates", fmt::format(R"(["{}"])", fmt::join(authorities, R"(", ")")));
    }
    add("ProxySettings",
        fmt::format(R"({{"ProxyMode": "fixed_servers", "ProxyServer": "http://127.0.0.1:{}", )"
                    R"("ProxyBypassList": "<-loopback>"}})",
                    proxy_port));
    text += fmt::format("  \"ForcedLanguages\": [\"{}\"]\n}}\n",
                        locale == control::Locale::ja ? "ja" : "en-US");
    return text;
}

}  // namespace shoji::host
