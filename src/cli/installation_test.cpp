#include "cli/installation.h"

#include "access/certificate.h"
#include "cli/files.h"
#include "core/journal/folder.h"
#include "core/journal/signing.h"

#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::IsEmpty;

class InstallationTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string folder = testing::TempDir() + "shoji-init-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
        request_.state = folder_ / "state";
        request_.ordinary_user = true;
    }
    void TearDown() override { fs::remove_all(folder_); }

    InitOutcome make() {
        auto outcome = initialise(request_);
        EXPECT_TRUE(outcome) << outcome.error().message;
        return outcome ? *outcome : InitOutcome{};
    }

    // Every file with its content.
    [[nodiscard]] std::map<std::string, std::string> contents() const {
        std::map<std::string, std::string> all;
        for (const auto& file : fs::recursive_directory_iterator(request_.state)) {
            if (file.is_regular_file()) {
                all[file.path().lexically_relative(request_.state)] =
                    *read_file(file.path(), 1 << 20);
            }
        }
        return all;
    }

    [[nodiscard]] mode_t mode_of(const fs::path& name) const {
        struct stat state {};
        EXPECT_EQ(::stat((request_.state / name).c_str(), &state), 0) << name;
        return state.st_mode & 0777U;
    }

    fs::path folder_;
    InitRequest request_;
};

TEST_F(InstallationTest, ChangesNothingTheSecondTime) {
    EXPECT_FALSE(make().written.empty());
    const auto before = contents();
    EXPECT_THAT(make().written, IsEmpty());
    EXPECT_EQ(contents(), before);
}

TEST_F(InstallationTest, KeepsKeysToTheirOwners) {
    make();
    for (const char* secret : {"authority/authority.key", "gateway/tls.key", "gateway/secrets.key",
                               "audit/signing.key", "hub/tls.key"}) {
        EXPECT_EQ(mode_of(secret), 0600U) << secret;
    }
    for (const char* folder : {"authority", "gateway", "audit", "hub"}) {
        EXPECT_EQ(mode_of(folder), 0700U) << folder;
    }
    for (const auto& [name, text] : contents()) {
        EXPECT_EQ(text.find("PRIVATE KEY") != std::string::npos,
                  name.ends_with(".key") && name.find("secrets") == std::string::npos &&
                      name.find("signing") == std::string::npos)
            << name;
    }
}

TEST_F(InstallationTest, GivesFoldersToTheirUsers) {
    if (::geteuid() != 0) GTEST_SKIP() << "giving files away needs root";
    request_.ordinary_user = false;
    const auto outcome = make();
    ASSERT_TRUE(outcome.settings.separate_users);
    const auto owner = [&](const char* name) {
        struct stat state {};
        EXPECT_EQ(::stat((request_.state / name).c_str(), &state), 0) << name;
        return state.st_uid;
    };
    EXPECT_EQ(owner("gateway"), outcome.settings.gateway_user());
    EXPECT_EQ(owner("gateway/tls.key"), outcome.settings.gateway_user());
    EXPECT_EQ(owner("hub/tls.key"), outcome.settings.hub_user());
    EXPECT_EQ(owner("gateway/secrets.key"), outcome.settings.gateway_user());
    EXPECT_EQ(owner("audit"), outcome.settings.audit_user());
    EXPECT_EQ(owner("audit/signing.key"), outcome.settings.audit_user());
    EXPECT_EQ(owner("authority"), 0U);
    EXPECT_EQ(owner("authority/authority.key"), 0U);
    EXPECT_EQ(owner("shoji.toml"), 0U);
}

TEST_F(InstallationTest, CompletesWhatACrashLeft) {
    make();
    const auto before = contents();
    for (const char* lost : {"audit.pub", "gateway/clients.crt", "authority.crt",
                             "gateway/secrets.key", "audit/signing.key"}) {
        fs::remove(request_.state / lost);
        EXPECT_THAT(make().written, Contains(std::string(lost)));
    }
    const auto after = contents();
    EXPECT_EQ(after.at("authority/authority.key"), before.at("authority/authority.key"));
    EXPECT_EQ(after.at("gateway/clients.crt"), before.at("gateway/clients.crt"));
    EXPECT_NE(after.at("gateway/secrets.key"), before.at("gateway/secrets.key"));
    const auto key = journal::SigningKey::load(request_.state / "audit/signing.key");
    ASSERT_TRUE(key);
    EXPECT_EQ(after.at("audit.pub"), journal::to_text(key->public_key()));
}

TEST_F(InstallationTest, SetsWhereTheHubListensAndIssuesItsCertificateOnce) {
    request_.hub_listen = "192.0.2.7:9444";
    const auto first = make();
    EXPECT_EQ(first.settings.hub.sensor_address, "192.0.2.7");
    EXPECT_EQ(first.settings.hub.sensor_port, 9444);
    EXPECT_THAT(first.written, Contains("hub/tls.crt"));
    request_.hub_listen = std::nullopt;
    const auto second = make();
    EXPECT_EQ(second.settings.hub.sensor_port, 9444);
    EXPECT_THAT(second.written, IsEmpty());
    request_.hub_listen = "nowhere";
    EXPECT_FALSE(initialise(request_));
}

TEST_F(InstallationTest, NeverReplacesAnAuthorityKey) {
    make();
    fs::remove(request_.state / "authority/authority.crt");
    EXPECT_FALSE(initialise(request_));
}

TEST_F(InstallationTest, IssuesTheServerCertificateAnewForOtherNames) {
    make();
    const auto before = contents();
    request_.host_name = "shoji.city.example.jp";
    request_.listen = {"192.0.2.1:443", "[2001:db8::1]:8443"};
    const auto outcome = make();
    EXPECT_THAT(outcome.written, Contains("gateway/tls.crt"));
    EXPECT_EQ(outcome.settings.listeners.at(1).address, "2001:db8::1");
    EXPECT_EQ(outcome.settings.listeners.at(0).port, 443);
    const auto after = contents();
    EXPECT_NE(after.at("gateway/tls.crt"), before.at("gateway/tls.crt"));
    EXPECT_EQ(after.at("authority.crt"), before.at("authority.crt"));
    EXPECT_THAT(make().written, IsEmpty());
}

TEST_F(InstallationTest, IssuesTheServerCertificateAnewBeforeItExpires) {
    make();
    const auto certificate = request_.state / "gateway/tls.crt";
    const access::Identity authority{
        *read_file(request_.state / "authority/authority.key", 1 << 16),
        *read_file(request_.state / "authority/authority.crt", 1 << 16)};
    const auto put = [&](int days) {
        const auto issued =
            access::issue_server(authority, "localhost", {"127.0.0.1"}, std::chrono::days(days));
        ASSERT_TRUE(issued);
        ASSERT_TRUE(write_file(certificate, issued->certificate, 0644, {}));
    };
    put(31);
    EXPECT_THAT(make().written, IsEmpty());
    put(29);
    EXPECT_THAT(make().written, Contains("gateway/tls.crt"));
    EXPECT_THAT(make().written, IsEmpty());
}

TEST_F(InstallationTest, RefusesWhatCannotWork) {
    const auto error_with = [&](auto change) {
        InitRequest request = request_;
        change(request);
        const auto outcome = initialise(request);
        return outcome ? "" : outcome.error().message;
    };
    EXPECT_NE(error_with([](auto& r) { r.listen = {"localhost:8443"}; }), "");
    EXPECT_NE(error_with([](auto& r) { r.listen = {"127.0.0.1"}; }), "");
    EXPECT_NE(error_with([](auto& r) { r.listen = {"127.0.0.1:0"}; }), "");
    EXPECT_NE(error_with([](auto& r) { r.listen = {"127.0.0.1:65536"}; }), "");
    EXPECT_NE(error_with([](auto& r) { r.host_name = ""; }), "");
    EXPECT_NE(error_with([](auto& r) { r.client_certificate = "maybe"; }), "");
    EXPECT_NE(error_with([](auto& r) {
                  r.runtime = fs::path("/tmp") / std::string(90, 'x');
              }).find("--runtime"),
              std::string::npos);
    EXPECT_FALSE(fs::exists(request_.state / "shoji.toml"));
}

TEST_F(InstallationTest, TellsInstallationsApart) {
    const auto first = make();
    request_.state = folder_ / "other";
    EXPECT_NE(make().settings.instance, first.settings.instance);
}

TEST_F(InstallationTest, KeepsTheTerminalsNetworksUntilTheyAreReplaced) {
    EXPECT_THAT(make().settings.terminal_networks, IsEmpty());
    request_.terminal_networks = {"10.1.0.0/16", "fd00::/8"};
    make();
    request_.terminal_networks.clear();
    EXPECT_THAT(make().settings.terminal_networks, testing::ElementsAre("10.1.0.0/16", "fd00::/8"));
    request_.terminal_networks = {"10.2.0.0/16"};
    EXPECT_THAT(make().settings.terminal_networks, testing::ElementsAre("10.2.0.0/16"));
    request_.terminal_networks = {"10.2.0.0"};
    EXPECT_FALSE(initialise(request_));
}

}  // namespace
}  // namespace shoji::cli
