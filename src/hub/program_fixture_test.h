// For tests: the real shoji-hub in a folder of its own, and certificates for sensors.
#pragma once

#include "access/certificate.h"
#include "core/base/random.h"
#include "core/base/settings.h"
#include "core/base/unix_socket.h"
#include "core/journal/hex.h"
#include "core/store/guarded.h"
#include "hub/program.h"
#include "hub/programs_test.h"
#include "hub/sensors.h"
#include "hub/tables.h"
#include "watch/delivery/delivery.h"
#include "watch/detect/incident/alert.h"

#include <array>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <SQLiteCpp/SQLiteCpp.h>
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shoji::hub {

using namespace std::chrono_literals;
namespace fs = std::filesystem;
using std::chrono::days;

inline std::uint16_t free_port() {
    const base::FileDescriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
    return ntohs(address.sin_port);
}

class HubProgramTest : public testing::Test {
  protected:
    HubProgramTest() : folder_(fs::temp_directory_path() / ("shoji-hub-" + base::random_hex(4))) {}

    void SetUp() override {
        fs::create_directories(folder_ / "hub");
        settings_.state = folder_;
        settings_.runtime = folder_ / "run";
        settings_.instance = "00000000";
        settings_.host_name = "localhost";
        settings_.listeners.push_back({"127.0.0.1", 8443, "zone"});
        settings_.hub.sensor_port = free_port();
        std::ofstream(folder_ / "shoji.toml") << base::format_settings(settings_);
        auto authority = access::make_authority("Sakura City", days(10));
        ASSERT_TRUE(authority);
        authority_ = *authority;
        const auto own = access::issue_part(authority_, access::Part::hub, "hub", days(10));
        ASSERT_TRUE(own);
        std::ofstream(settings_.hub_state() / key_file) << own->key;
        std::ofstream(settings_.hub_state() / certificate_file) << own->certificate;
        std::ofstream(settings_.hub_state() / authority_file) << authority_.certificate;
    }
    void TearDown() override {
        program_.reset();
        fs::remove_all(folder_);
    }

    void start() {
        program_.emplace(std::vector<std::string>{SHOJI_HUB_PROGRAM, "--state", settings_.state});
        ASSERT_TRUE(eventually([&] { return !ask(R"({"command":"status"})").empty(); }));
    }
    int end(int signal) { return program_ ? program_->end(signal) : -1; }
    static bool eventually(const std::function<bool()>& holds) {
        for (int tries = 0; tries < 6000; ++tries) {
            if (holds()) return true;
            std::this_thread::sleep_for(10ms);
        }
        return false;
    }
    // The answer's line; empty when nobody answers.
    [[nodiscard]] std::string ask(const std::string& request) const {
        auto socket = base::connect_unix(settings_.hub_socket(), base::SocketKind::stream);
        if (!socket) return {};
        const std::string line = request + "\n";
        if (::send(socket->get(), line.data(), line.size(), MSG_NOSIGNAL) < 0) return {};
        std::string answer;
        std::array<char, 65536> part{};
        while (!answer.ends_with('\n')) {
            const ssize_t got = ::recv(socket->get(), part.data(), part.size(), 0);
            if (got <= 0) return {};
            answer.append(part.data(), static_cast<std::size_t>(got));
        }
        return answer;
    }
    // As `shoji sensor enrol`, without the journal that this test does not have.
    channel::Credentials enrol(const std::string& name, bool registered = true,
                               days lifetime = days(10)) {
        const auto made = access::issue_part(authority_, access::Part::sensor, name, lifetime);
        EXPECT_TRUE(made);
        if (registered) add(name, made->certificate);
        return {made->key, made->certificate, authority_.certificate};
    }
    // Into the table, while no hub runs.
    void add(const std::string& name, const std::string& certificate) {
        auto database = store::Database::open(settings_.hub_state() / "hub.db", table_steps());
        ASSERT_TRUE(database) << database.error().message;
        const auto fingerprint = access::fingerprint_of(certificate);
        ASSERT_TRUE(fingerprint);
        const auto bytes = journal::from_hex<32>(*fingerprint);
        ASSERT_TRUE(bytes);
        const auto added = Sensors(*database).add(name, *bytes, 2'000'000'000, 1);
        ASSERT_TRUE(added) << added.error().message;
    }
    delivery::Options options(const std::string& name, channel::Credentials credentials) const {
        delivery::Options options;
        options.folder = folder_ / ("spool-" + name);
        options.limits.bytes = std::uint64_t{32} << 20U;
        options.address = "127.0.0.1";
        options.port = settings_.hub.sensor_port;
        options.credentials = std::move(credentials);
        return options;
    }
    std::unique_ptr<delivery::Delivery> deliver(const std::string& name,
                                                const channel::Credentials& credentials) const {
        auto started = delivery::Delivery::start(options(name, credentials));
        EXPECT_TRUE(started) << started.error().message;
        return started ? std::move(*started) : nullptr;
    }
    static std::vector<std::uint8_t> alert(const std::string& rule) {
        incident::Alert alert;
        alert.time = 1'800'000'000'000'000'000;
        alert.host = "x";
        alert.rule = rule;
        alert.what = "sigma.hit";
        return incident::to_bytes(alert);
    }
    static std::vector<std::uint8_t> event(const std::string& text) {
        return {text.begin(), text.end()};
    }
    static bool is_empty(const delivery::Delivery& delivery) {
        const auto status = delivery.status();
        return status.waiting == std::array<std::uint64_t, spool::classes>{};
    }
    std::int64_t number(const std::string& sql) const {
        SQLite::Database database((settings_.hub_state() / "hub.db").native(),
                                  SQLite::OPEN_READONLY, 5000);
        return database.execAndGet(sql).getInt64();
    }
    // Of the sensor's alerts, those of the hub's own left out.
    std::vector<std::string> stored_rules() const {
        SQLite::Database database((settings_.hub_state() / "hub.db").native(),
                                  SQLite::OPEN_READONLY, 5000);
        SQLite::Statement rows(database,
                               "SELECT body FROM alert WHERE sensor IS NOT NULL ORDER BY id");
        std::vector<std::string> rules;
        while (rows.executeStep()) {
            const auto column = rows.getColumn(0);
            const auto* data = static_cast<const std::uint8_t*>(column.getBlob());
            const auto read =
                incident::alert_from({data, static_cast<std::size_t>(column.getBytes())});
            EXPECT_TRUE(read);
            rules.push_back(read->rule);
        }
        return rules;
    }

    fs::path folder_;
    base::Settings settings_;
    access::Identity authority_;
    std::optional<RunningProgram> program_;
};

}  // namespace shoji::hub
