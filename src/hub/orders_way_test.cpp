// Orders the whole way, with the real programs: made and signed with `shoji order`, handed to
// shoji-hub, carried out by shoji-sensor or refused by it, whatever the hub makes of them.
#include "hub/whole_way_fixture_test.h"

namespace shoji::hub {
namespace {

class OrdersWay : public WholeWay {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        rest_ = fmt::format("[response]\npolicy = \"{}/response.toml\"\n", folder_.native());
        WholeWay::SetUp();
        for (const std::string name : {"hanako", "taro", "stranger"}) {
            const auto made = shoji({"order", "key", path(name)});
            ASSERT_FALSE(is_error(made));
            keys_[name] = made.at("key").as_string();
        }
        std::ofstream(folder_ / "response.toml") << fmt::format(R"(host = "host-1"
[orders]
two_persons = ["quarantine"]
[[orders.signers]]
name = "hanako"
key = "{}"
[[orders.signers]]
name = "taro"
key = "{}"
)",
                                                                keys_["hanako"], keys_["taro"]);
    }
    void TearDown() override {
        if (victim_ > 1) {
            ::kill(victim_, SIGKILL);
            ::waitpid(victim_, nullptr, 0);
        }
        WholeWay::TearDown();
    }

    [[nodiscard]] std::string path(const std::string& name) const { return folder_ / name; }
    [[nodiscard]] json::value shoji(std::vector<std::string> words) const {
        words.insert(words.begin(), {SHOJI_PROGRAM, "--state", folder_.native(), "--json"});
        json::error_code broken;
        auto said = json::parse(output_of(words).output, broken);
        return broken ? json::value() : said;
    }
    static bool is_error(const json::value& said) {
        return !said.is_object() || said.get_object().contains("error");
    }
    // Into the file of that name, with one signature.
    void make(const std::string& file, const std::string& signer, std::vector<std::string> what,
              const std::string& host = "host-1") const {
        what.insert(what.begin(), {"order", "make"});
        what.insert(what.end(), {"--host", host, "--order-file", path(file), "--signing-key",
                                 path(signer), "--reason", "a test", "--by", "soc"});
        ASSERT_FALSE(is_error(shoji(what))) << file;
    }
    void sign(const std::string& file, const std::string& signer) const {
        ASSERT_FALSE(is_error(shoji({"order", "sign", path(file), "--signing-key", path(signer)})));
    }
    // Its number at the hub; 0: it was not taken.
    std::int64_t send(const std::string& file) const {
        const auto said = shoji({"order", "send", path(file)});
        const auto* object = said.if_object();
        const auto* number = object == nullptr ? nullptr : object->if_contains("number");
        return number == nullptr ? 0 : number->to_number<std::int64_t>();
    }
    [[nodiscard]] json::value listed(std::int64_t order) const {
        const auto said = shoji({"order", "list"});
        if (!said.is_array()) return {};
        for (const auto& one : said.as_array()) {
            if (one.at("number") == order) return one;
        }
        return {};
    }
    // Once the host has said how it ended.
    std::string standing(std::int64_t order) const {
        std::string found;
        eventually([&] {
            const auto one = listed(order);
            if (!one.is_object()) return false;
            found = one.at("standing").as_string();
            return found != "waiting" && found != "taken";
        });
        return found;
    }
    // What the host answered, as it came.
    std::string answer(std::int64_t order) const {
        const auto one = listed(order);
        return one.is_object() ? std::string(one.at("answer").as_string()) : std::string();
    }
    void start_victim() {
        victim_ = ::fork();
        if (victim_ == 0) {
            while (true) ::pause();
        }
        ASSERT_GT(victim_, 1);
    }
    [[nodiscard]] std::vector<std::string> kill_victim() const {
        return {"kill", std::to_string(victim_)};
    }
    [[nodiscard]] bool victim_lives() const { return ::waitpid(victim_, nullptr, WNOHANG) == 0; }
    bool victim_was_killed() {
        int status = 0;
        const bool ended =
            eventually([&] { return ::waitpid(victim_, &status, WNOHANG) == victim_; });
        if (ended) victim_ = -1;
        return ended && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    }
    void write(const std::string& name, const std::string& text) const {
        std::ofstream(path(name)) << text;
    }
    // As a hub that somebody else has in hand.
    void change(const std::string& sql, const std::vector<std::uint8_t>& bytes = {}) const {
        SQLite::Database database((settings_.hub_state() / "hub.db").native(),
                                  SQLite::OPEN_READWRITE, 5000);
        SQLite::Statement statement(database, sql);
        if (!bytes.empty()) statement.bind(1, bytes.data(), static_cast<int>(bytes.size()));
        ASSERT_EQ(statement.exec(), 1) << sql;
    }
    [[nodiscard]] std::vector<std::uint8_t> bytes_of(const std::string& file) const {
        std::ifstream stream(path(file), std::ios::binary);
        return {std::istreambuf_iterator<char>(stream), {}};
    }

    std::map<std::string, std::string> keys_;
    pid_t victim_ = -1;
};

TEST_F(OrdersWay, ASignedOrderKillsAProcessOnItsHost) {
    start();
    start_sensor();
    start_victim();
    make("kill", "hanako", kill_victim());
    const auto number = send("kill");
    ASSERT_EQ(number, 1);
    EXPECT_TRUE(victim_was_killed());
    EXPECT_EQ(standing(number), "done");
    EXPECT_THAT(answer(number), testing::HasSubstr("response.kill.done"));
    EXPECT_TRUE(eventually([&] { return shown("sensor.order_done") == 1; }));
    EXPECT_EQ(send("kill"), 0) << "an order is handed in once";
    std::ifstream log(folder_ / "sensor/response/responses.log");
    const std::string text((std::istreambuf_iterator<char>(log)), {});
    EXPECT_THAT(text, testing::HasSubstr("soc (hanako)"));
}

TEST_F(OrdersWay, WherePolicyAsksForTwoPersonsOneIsNotEnough) {
    write("evil", "evil");
    make("take", "hanako", {"quarantine", path("evil")});
    start();
    start_sensor();
    const auto first = send("take");
    EXPECT_EQ(standing(first), "refused");
    EXPECT_THAT(answer(first), testing::HasSubstr("response.order.second"));
    EXPECT_TRUE(fs::exists(path("evil")));
    EXPECT_TRUE(is_error(shoji({"order", "sign", path("take"), "--signing-key", path("hanako")})))
        << "nobody signs twice";
    sign("take", "taro");
    const auto second = send("take");
    ASSERT_GT(second, first);
    EXPECT_EQ(standing(second), "done");
    EXPECT_FALSE(fs::exists(path("evil")));
}

TEST_F(OrdersWay, AnOrderSurvivesTheHubsEndAndACutLine) {
    start();
    start_victim();
    make("kill", "taro", kill_victim());
    const auto number = send("kill");
    ASSERT_GT(number, 0);
    // Its host is away, and the hub is killed.
    ASSERT_EQ(end(SIGKILL), -SIGKILL);
    start_sensor();
    EXPECT_TRUE(victim_lives());
    start();
    EXPECT_TRUE(victim_was_killed());
    EXPECT_EQ(standing(number), "done");
}

TEST_F(OrdersWay, WhoeverRespondsMayDieMeanwhile) {
    start();
    start_sensor();
    // It has started whole.
    ASSERT_TRUE(eventually([&] {
        return !is_error(shoji({"respond", "status", "--runtime", path("sensor-run")}));
    }));
    const auto before = process_of("answerer");
    ASSERT_FALSE(before.empty());
    const pid_t answerer = std::stoi(before);
    ASSERT_GT(answerer, 1);
    ASSERT_EQ(::kill(answerer, SIGSTOP), 0);
    start_victim();
    make("kill", "hanako", kill_victim());
    const auto number = send("kill");
    EXPECT_TRUE(eventually([&] { return listed(number).at("standing") == "taken"; }));
    EXPECT_TRUE(victim_lives());
    ASSERT_EQ(::kill(answerer, SIGKILL), 0);
    EXPECT_TRUE(victim_was_killed()) << "the next one gets it";
    EXPECT_EQ(standing(number), "done");
}

// The hub is only a carrier: what it makes up, changes, gives to another host or sends again does
// nothing.
TEST_F(OrdersWay, WhatTheHubForgesIsRefused) {
    start();
    start_victim();
    make("stranger's", "stranger", kill_victim());
    make("elsewhere", "hanako", kill_victim(), "host-2");
    make("good", "hanako", {"collect"});
    const auto strangers = send("stranger's");
    ASSERT_GT(strangers, 0) << "the hub knows no signers";
    EXPECT_EQ(send("elsewhere"), 0) << "there is no such host";
    const auto good = send("good");
    ASSERT_GT(good, 0);
    ASSERT_EQ(end(SIGTERM), 0);
    const auto add = [&](int number, const std::vector<std::uint8_t>& order) {
        change(
            fmt::format("INSERT INTO held_order (number, host, identity, received, who, changed, "
                        "body) VALUES ({}, 'host-1', randomblob(16), 1, 'x', 1, ?)",
                        number),
            order);
    };
    add(10, bytes_of("elsewhere"));
    auto changed = bytes_of("good");
    // The first byte of the action: what was signed is another response now.
    constexpr std::size_t kind = 8 + 4 + 1;
    ASSERT_EQ(changed.at(kind), 8) << "collect";
    changed.at(kind) = 5;  // release
    add(11, changed);
    auto unsigned_order = bytes_of("good");
    constexpr std::size_t signature = 32 + 64;
    unsigned_order.resize(unsigned_order.size() - signature);
    unsigned_order.back() = 0;
    add(12, unsigned_order);
    add(13, {1, 2, 3});
    auto resigned = bytes_of("good");
    std::fill(resigned.end() - 64, resigned.end(), 0);
    add(14, resigned);
    start();
    start_sensor();
    for (const auto& [number, why] :
         {std::pair{strangers, "signature"}, std::pair{std::int64_t{10}, "host"},
          std::pair{std::int64_t{11}, "signature"}, std::pair{std::int64_t{12}, "bad"},
          std::pair{std::int64_t{13}, "bad"}, std::pair{std::int64_t{14}, "signature"}}) {
        EXPECT_EQ(standing(number), "refused") << number;
        EXPECT_THAT(answer(number), testing::HasSubstr(fmt::format("response.order.{}", why)));
    }
    EXPECT_EQ(standing(good), "done") << "and what was signed is carried out";
    EXPECT_TRUE(victim_lives());
}

TEST_F(OrdersWay, AReplayedOrderDoesNothing) {
    write("evil", "evil");
    make("take", "hanako", {"quarantine", path("evil")});
    sign("take", "taro");
    start();
    start_sensor();
    const auto number = send("take");
    ASSERT_EQ(standing(number), "done");
    const auto told = answer(number);
    ASSERT_FALSE(fs::exists(path("evil")));
    write("evil", "good again");
    ASSERT_EQ(end(SIGTERM), 0);
    change("UPDATE held_order SET standing = 0, answer = ''");
    change(
        "INSERT INTO held_order (number, host, identity, received, who, changed, body) SELECT 10, "
        "host, identity, received, who, changed, body FROM held_order");
    start();
    EXPECT_EQ(standing(10), "done") << "as it was told before";
    EXPECT_EQ(standing(number), "done");
    EXPECT_EQ(answer(number), told);
    EXPECT_TRUE(fs::exists(path("evil"))) << "nothing was done again";
    // Nor by hand.
    EXPECT_TRUE(
        is_error(shoji({"respond", "order", path("take"), "--runtime", path("sensor-run")})));
    EXPECT_TRUE(fs::exists(path("evil")));
}

}  // namespace
}  // namespace shoji::hub
