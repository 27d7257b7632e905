#include "core/base/settings.h"

#include <cstdlib>
#include <fstream>

#include <gtest/gtest.h>

namespace shoji::base {
namespace {

Settings valid() {
    Settings settings;
    settings.runtime = "/run/shoji";
    settings.instance = "0123abcd";
    settings.host_name = "shoji.city.example.jp";
    settings.listeners.push_back({"192.0.2.1", 8443, "my-number", ClientCertificate::required});
    settings.terminal_networks = {"10.1.0.0/16", "fd00::/8"};
    settings.resolvers = {"192.0.2.53"};
    settings.destination_authorities = {"/etc/ssl/lgpki.pem"};
    return settings;
}

class SettingsFile : public testing::Test {
  protected:
    void SetUp() override {
        std::string pattern = testing::TempDir() + "shoji-settings-XXXXXX";
        ASSERT_NE(mkdtemp(pattern.data()), nullptr);
        folder_ = pattern;
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }
    Result<Settings> load(const std::string& text) {
        std::ofstream(folder_ / "shoji.toml") << text;
        return load_settings(folder_);
    }
    std::filesystem::path folder_;
};

TEST_F(SettingsFile, ReadsBackWhatItFormats) {
    auto settings = valid();
    settings.separate_users = true;
    settings.user_base = 1000000;
    settings.session.grace_seconds = 5;
    settings.hub = {"192.0.2.1", 9000, 100, 20, 30, 40};
    const auto loaded = load(format_settings(settings));
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->runtime, settings.runtime);
    EXPECT_EQ(loaded->host_name, settings.host_name);
    EXPECT_EQ(loaded->user_base, settings.user_base);
    EXPECT_EQ(loaded->session.grace_seconds, 5U);
    EXPECT_EQ(loaded->hub.sensor_address, "192.0.2.1");
    EXPECT_EQ(loaded->hub.sensor_port, 9000U);
    EXPECT_EQ(loaded->hub.event_megabytes, 100U);
    EXPECT_EQ(loaded->hub.event_days, 20U);
    EXPECT_EQ(loaded->hub.alert_days, 30U);
    EXPECT_EQ(loaded->hub.alert_megabytes, 40U);
    EXPECT_EQ(loaded->terminal_networks, settings.terminal_networks);
    EXPECT_EQ(loaded->resolvers, settings.resolvers);
    ASSERT_EQ(loaded->listeners.size(), 1U);
    EXPECT_EQ(loaded->listeners[0].zone, "my-number");
    EXPECT_EQ(loaded->listeners[0].client_certificate, ClientCertificate::required);
}

TEST_F(SettingsFile, NamesAMisspeltKeyAndItsLine) {
    const auto loaded = load("sesion = 1\n" + format_settings(valid()));
    ASSERT_FALSE(loaded);
    EXPECT_NE(loaded.error().message.find("line 1: sesion is not a setting"), std::string::npos)
        << loaded.error().message;
}

TEST_F(SettingsFile, RefusesAWrongTypeAndANumberOutOfRange) {
    EXPECT_FALSE(load("host_name = 5\n"));
    EXPECT_FALSE(load("user_base = -1\n"));
    EXPECT_FALSE(load("user_base = 99999999999\n"));
    EXPECT_FALSE(load("listener = 3\n"));
    EXPECT_FALSE(load("this is no toml"));
}

TEST_F(SettingsFile, RefusesAHubOutOfRange) {
    const auto refused = [&](auto change) {
        auto settings = valid();
        change(settings.hub);
        return !load(format_settings(settings));
    };
    EXPECT_FALSE(refused([](HubSettings& /*hub*/) {}));
    EXPECT_TRUE(refused([](HubSettings& hub) { hub.sensor_address = "hub.example.jp"; }));
    EXPECT_TRUE(refused([](HubSettings& hub) { hub.sensor_port = 0; }));
    EXPECT_TRUE(refused([](HubSettings& hub) { hub.event_megabytes = 15; }));
    EXPECT_TRUE(refused([](HubSettings& hub) { hub.event_days = 0; }));
    EXPECT_TRUE(refused([](HubSettings& hub) { hub.alert_days = 3651; }));
    EXPECT_TRUE(refused([](HubSettings& hub) { hub.alert_megabytes = 0; }));
    EXPECT_TRUE(refused([](HubSettings& hub) { hub.silence_seconds = 1; }));
}

TEST_F(SettingsFile, RefusesATableWhoseNameIsNoKey) {
    const auto settings = parse_settings("[!session]\n", "/state");
    ASSERT_FALSE(settings);
    EXPECT_NE(settings.error().message.find("line 1"), std::string::npos);
}

TEST_F(SettingsFile, SaysWhatToDoWhenThereIsNone) {
    const auto loaded = load_settings(folder_ / "missing");
    ASSERT_FALSE(loaded);
    EXPECT_EQ(loaded.error().kind, ErrorKind::not_found);
    EXPECT_NE(loaded.error().message.find("shoji init"), std::string::npos);
}

TEST(SettingsCheck, AcceptsTheValidOne) {
    EXPECT_TRUE(check_settings(valid()));
}

TEST(SettingsCheck, RefusesEachValueOutOfBounds) {
    const auto refused = [](auto change) {
        auto settings = valid();
        change(settings);
        return !check_settings(settings);
    };
    EXPECT_TRUE(refused([](Settings& s) { s.instance = "0123ABCD"; }));
    EXPECT_TRUE(refused([](Settings& s) { s.instance = "../../et"; }));
    EXPECT_TRUE(refused([](Settings& s) { s.runtime = "relative"; }));
    EXPECT_TRUE(refused([](Settings& s) { s.listeners.clear(); }));
    EXPECT_TRUE(refused([](Settings& s) { s.listeners[0].address = "localhost"; }));
    EXPECT_TRUE(refused([](Settings& s) { s.listeners[0].port = 0; }));
    EXPECT_TRUE(refused([](Settings& s) { s.terminal_networks = {"10.0.0.0/33"}; }));
    EXPECT_TRUE(refused([](Settings& s) { s.terminal_networks = {"10.0.0.0"}; }));
    EXPECT_TRUE(refused([](Settings& s) { s.terminal_networks.assign(257, "10.0.0.0/8"); }));
    EXPECT_TRUE(refused([](Settings& s) { s.resolvers = {"dns.example"}; }));
    EXPECT_TRUE(refused([](Settings& s) { s.session.maximum = 0; }));
    EXPECT_TRUE(refused([](Settings& s) { s.session.maximum = 901; }));
    EXPECT_TRUE(refused([](Settings& s) { s.session.unclaimed_seconds = 0; }));
    EXPECT_TRUE(refused([](Settings& s) {
        s.separate_users = true;
        s.user_base = 1000;
    }));
}

}  // namespace
}  // namespace shoji::base
