#include "core/store/store.h"

#include "core/base/random.h"
#include "core/store/migrations.h"

#include <fstream>

#include <SQLiteCpp/SQLiteCpp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace shoji::store {
namespace {

namespace fs = std::filesystem;

constexpr Seconds now = 1'800'000'000;

template <class Array>
Array filled(std::uint8_t byte) {
    Array array{};
    array.fill(byte);
    return array;
}

class StoreTest : public testing::Test {
  protected:
    StoreTest() : folder_(fs::temp_directory_path() / ("shoji-store-" + base::random_hex(8))) {
        fs::create_directory(folder_);
        write_key(std::string(Vault::key_bytes, 'k'));
    }
    ~StoreTest() override { fs::remove_all(folder_); }

    void write_key(const std::string& key) {
        const auto path = folder_ / "secrets.key";
        std::ofstream(path, std::ios::binary) << key;
        ::chmod(path.c_str(), 0600);
    }
    void open() {
        store_.reset();
        auto opened = Store::open(folder_);
        ASSERT_TRUE(opened) << opened.error().message;
        store_ = std::move(*opened);
    }
    base::Error open_fails() {
        store_.reset();
        auto opened = Store::open(folder_);
        EXPECT_FALSE(opened);
        return opened ? base::Error{} : opened.error();
    }
    void execute(const std::string& sql) {
        SQLite::Database database((folder_ / "store.db").native(), SQLite::OPEN_READWRITE);
        database.exec(sql);
    }
    RowId add_user(const std::string& name) {
        EXPECT_TRUE(store_->users.add(name, "staff", "hash", now + 100, now));
        return store_->users.find(name)->id;
    }
    WebSession add_web_session(RowId user, std::uint8_t token, bool enrolling = false) {
        const WebSession session{filled<Digest>(token), user, enrolling, now, now};
        EXPECT_TRUE(store_->web_sessions.add(session, "hash"));
        return session;
    }
    void enrol(RowId user, const Bytes& secret, std::int64_t counter) {
        const auto session = add_web_session(user, 200, true);
        ASSERT_TRUE(store_->users.enrol(session, "hash", {"own", secret, counter}));
    }
    Screen add_screen(RowId user, std::uint8_t id) {
        Screen screen{filled<ScreenId>(id), user, filled<Digest>(1), "demo", "counter", "desk-1",
                      filled<Digest>(9),    now};
        EXPECT_TRUE(store_->screens.add(screen));
        return screen;
    }

    fs::path folder_;
    std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, KeepsWhatItWasToldAcrossAnOpening) {
    open();
    const RowId id = add_user("hanako");
    open();
    const auto user = store_->users.find("hanako");
    ASSERT_TRUE(user);
    EXPECT_EQ(user->id, id);
    EXPECT_EQ(user->role, "staff");
    EXPECT_EQ(user->one_time_until, now + 100);
    EXPECT_FALSE(user->has_totp);
}

TEST_F(StoreTest, MakesTheDatabaseReadableByItsOwnerAlone) {
    open();
    add_user("hanako");
    for (const auto& entry : fs::directory_iterator(folder_)) {
        EXPECT_EQ(entry.status().permissions() & fs::perms(077), fs::perms::none) << entry.path();
    }
}

TEST_F(StoreTest, RefusesADatabaseFromANewerProgram) {
    open();
    store_.reset();
    execute("PRAGMA user_version = 999");
    const auto error = open_fails();
    EXPECT_EQ(error.kind, base::ErrorKind::invalid);
    EXPECT_NE(error.message.find("version 999"), std::string::npos) << error.message;
}

TEST_F(StoreTest, RefusesAFileThatIsNoDatabase) {
    std::ofstream(folder_ / "store.db") << std::string(5000, 'x');
    EXPECT_EQ(open_fails().kind, base::ErrorKind::corrupt);
}

TEST_F(StoreTest, RefusesADamagedDatabase) {
    open();
    for (int i = 0; i < 200; ++i) add_user("user-" + std::to_string(i));
    store_.reset();
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
    std::fstream file(folder_ / "store.db", std::ios::in | std::ios::out | std::ios::binary);
    for (const std::streamoff page : {2, 3, 4, 5, 6}) {
        file.seekp(page * 4096);
        file << std::string(4000, '\xff');
    }
    file.close();
    EXPECT_EQ(open_fails().kind, base::ErrorKind::corrupt);
}

TEST_F(StoreTest, SaysWhenTheDiskIsFull) {
    open();
    store_.reset();
    auto database = Database::open(folder_ / "store.db", gateway_steps());
    ASSERT_TRUE(database);
    const int pages = database->connection().execAndGet("PRAGMA page_count").getInt();
    database->connection().exec("PRAGMA max_page_count = " + std::to_string(pages));
    Vault vault(filled<std::array<std::uint8_t, Vault::key_bytes>>(1));
    Store store(std::move(*database), std::move(vault));
    base::Result<void> added;
    for (int i = 0; i < 1000 && added; ++i) {
        added = store.users.add("user-" + std::to_string(i), std::string(500, 'r'), "h", 0, now);
    }
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().kind, base::ErrorKind::full);
    EXPECT_NE(added.error().message.find("disk is full"), std::string::npos);
}

TEST_F(StoreTest, SaysWhenItMayNotWrite) {
    open();
    store_.reset();
    auto database = Database::open(folder_ / "store.db", gateway_steps());
    ASSERT_TRUE(database);
    database->connection().exec("PRAGMA query_only = ON");
    Vault vault(filled<std::array<std::uint8_t, Vault::key_bytes>>(1));
    Store store(std::move(*database), std::move(vault));
    const auto added = store.users.add("hanako", "staff", "h", 0, now);
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().kind, base::ErrorKind::system);
}

TEST_F(StoreTest, WantsAKeyThatNobodyElseCanRead) {
    ::chmod((folder_ / "secrets.key").c_str(), 0640);
    EXPECT_NE(open_fails().message.find("chmod 600"), std::string::npos);
    write_key("too short");
    EXPECT_EQ(open_fails().kind, base::ErrorKind::corrupt);
    fs::remove(folder_ / "secrets.key");
    EXPECT_EQ(open_fails().kind, base::ErrorKind::system);
}

TEST_F(StoreTest, RefusesASecondUserOfOneName) {
    open();
    add_user("hanako");
    const auto again = store_->users.add("hanako", "staff", "h", 0, now);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind, base::ErrorKind::exists);
}

TEST_F(StoreTest, AcceptsACounterOnceAndNoneBeforeIt) {
    open();
    const RowId id = add_user("hanako");
    const Bytes secret{1, 2, 3};
    enrol(id, secret, 100);
    EXPECT_FALSE(*store_->users.use_totp_counter(id, 100));
    EXPECT_TRUE(*store_->users.use_totp_counter(id, 101));
    EXPECT_FALSE(*store_->users.use_totp_counter(id, 101));
    EXPECT_FALSE(*store_->users.use_totp_counter(id, 99));
}

TEST_F(StoreTest, SealsTheSecondFactor) {
    open();
    const RowId id = add_user("hanako");
    const std::string text = "a second factor's secret";
    const Bytes secret(text.begin(), text.end());
    enrol(id, secret, 0);
    EXPECT_EQ(store_->users.totp_secret(id).value(), secret);
    store_.reset();
    execute("PRAGMA wal_checkpoint(TRUNCATE)");
    std::ifstream file(folder_ / "store.db", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(bytes.find(text), std::string::npos);

    write_key(std::string(Vault::key_bytes, 'o'));
    open();
    const auto opened = store_->users.totp_secret(id);
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().kind, base::ErrorKind::corrupt);
}

TEST_F(StoreTest, ResetTakesSecondFactorAndWebSessions) {
    open();
    const RowId id = add_user("hanako");
    const auto session = add_web_session(id, 7);
    enrol(id, {1}, 5);
    const WebSession later{filled<Digest>(8), id, false, now, now};
    ASSERT_TRUE(store_->web_sessions.add(later, "own"));
    ASSERT_TRUE(store_->users.reset("hanako", "one-time", now + 50));
    const auto user = store_->users.find(id);
    EXPECT_FALSE(user->has_totp);
    EXPECT_EQ(user->one_time_until, now + 50);
    EXPECT_EQ(user->totp_counter, 0);
    EXPECT_FALSE(store_->web_sessions.find(session.token));
    EXPECT_FALSE(store_->web_sessions.find(later.token));
    EXPECT_EQ(store_->users.reset("nobody", "x", 0).error().kind, base::ErrorKind::not_found);
}

TEST_F(StoreTest, EnrolsOnceForAOneTimePassword) {
    open();
    const RowId id = add_user("hanako");
    const auto owner = add_web_session(id, 1, true);
    const auto other = add_web_session(id, 2, true);
    const auto bystander = add_web_session(add_user("taro"), 3, true);
    ASSERT_TRUE(store_->users.enrol(owner, "hash", {"own", {1}, 5}));
    EXPECT_FALSE(store_->web_sessions.find(owner.token)) << "it has served";
    EXPECT_FALSE(store_->web_sessions.find(other.token));
    EXPECT_TRUE(store_->web_sessions.find(bystander.token));
    for (const auto* password : {"hash", "own"}) {
        const auto late = store_->users.enrol(other, password, {"theirs", {2}, 9});
        ASSERT_FALSE(late);
        EXPECT_EQ(late.error().kind, base::ErrorKind::not_found);
    }
    EXPECT_EQ(store_->users.find(id)->password, "own");
    EXPECT_EQ(store_->users.totp_secret(id).value(), Bytes{1});
    EXPECT_EQ(store_->users.find(id)->totp_counter, 5);
}

TEST_F(StoreTest, EnrolsForNobodyButTheWebSessionThatMayEnrol) {
    open();
    const RowId id = add_user("hanako");
    const auto whole = add_web_session(id, 1);
    const auto enrolling = add_web_session(id, 2, true);
    WebSession foreign = enrolling;
    foreign.user = add_user("taro");
    for (const auto& session : {whole, foreign}) {
        EXPECT_EQ(store_->users.enrol(session, "hash", {"own", {1}, 5}).error().kind,
                  base::ErrorKind::not_found);
    }
    EXPECT_EQ(store_->users.enrol(enrolling, "another", {"own", {1}, 5}).error().kind,
              base::ErrorKind::not_found)
        << "the password is no longer the one that was checked";
    EXPECT_FALSE(store_->users.find(id)->has_totp);
    EXPECT_TRUE(store_->web_sessions.find(whole.token)) << "a refusal ends nothing";
    EXPECT_TRUE(store_->users.enrol(enrolling, "hash", {"own", {1}, 5}));
}

TEST_F(StoreTest, AnEnrolmentUnderWayDoesNotUndoAReset) {
    open();
    const RowId id = add_user("hanako");
    const auto session = add_web_session(id, 1, true);
    ASSERT_TRUE(store_->users.reset("hanako", "one-time", now + 50));
    EXPECT_EQ(store_->users.enrol(session, "hash", {"own", {1}, 5}).error().kind,
              base::ErrorKind::not_found);
    EXPECT_EQ(store_->users.find(id)->password, "one-time");
    EXPECT_EQ(store_->users.find(id)->one_time_until, now + 50);
}

TEST_F(StoreTest, AdmitsNobodyWithAPasswordThatIsNoLongerGood) {
    open();
    const RowId id = add_user("hanako");
    const WebSession session{filled<Digest>(1), id, true, now, now};
    ASSERT_TRUE(store_->users.reset("hanako", "one-time", now + 50));
    EXPECT_EQ(store_->web_sessions.add(session, "hash").error().kind, base::ErrorKind::not_found);
    EXPECT_FALSE(store_->web_sessions.find(session.token));
    EXPECT_TRUE(store_->web_sessions.add(session, "one-time"));
    ASSERT_TRUE(store_->users.remove("hanako"));
    EXPECT_EQ(store_->web_sessions.add(session, "one-time").error().kind,
              base::ErrorKind::not_found);
}

TEST_F(StoreTest, RemovingAUserTakesAllThatHangsOnIt) {
    open();
    const RowId id = add_user("hanako");
    const auto session = add_web_session(id, 7);
    const auto screen = add_screen(id, 3);
    ASSERT_TRUE(store_->screens.set_ticket(filled<Digest>(4), screen.id, 0));
    ASSERT_TRUE(store_->users.remove("hanako"));
    EXPECT_FALSE(store_->web_sessions.find(session.token));
    EXPECT_TRUE(store_->screens.list()->empty());
    EXPECT_FALSE(store_->screens.use_ticket(filled<Digest>(4), filled<Digest>(9), now));
    EXPECT_EQ(store_->users.remove("hanako").error().kind, base::ErrorKind::not_found);
}

TEST_F(StoreTest, CountsFailuresOfNamesItDoesNotKeep) {
    open();
    ASSERT_TRUE(store_->attempts.count_failure("my password", now));
    ASSERT_TRUE(store_->attempts.count_failure("my password", now + 1));
    EXPECT_EQ(store_->attempts.of("my password")->failures, 2);
    EXPECT_EQ(store_->attempts.of("my password")->last, now + 1);
    EXPECT_EQ(store_->attempts.of("other")->failures, 0);
    EXPECT_TRUE(*store_->attempts.forget("my password"));
    EXPECT_FALSE(*store_->attempts.forget("my password"));
    EXPECT_EQ(store_->attempts.of("my password")->failures, 0);
    store_.reset();
    std::ifstream file(folder_ / "store.db", std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    EXPECT_EQ(bytes.find("my password"), std::string::npos);
}

TEST_F(StoreTest, EndsTheOldestWebSessionsOfAUser) {
    open();
    const RowId id = add_user("hanako");
    for (int i = 0; i <= WebSessions::maximum_for_user; ++i) {
        ASSERT_TRUE(store_->web_sessions.add(
            {filled<Digest>(static_cast<std::uint8_t>(i)), id, false, now + i, now + i}, "hash"));
    }
    EXPECT_FALSE(store_->web_sessions.find(filled<Digest>(0)));
    EXPECT_TRUE(store_->web_sessions.find(filled<Digest>(1)));
}

TEST_F(StoreTest, RemovesWebSessionsThatAreOver) {
    open();
    const RowId id = add_user("hanako");
    const auto idle = add_web_session(id, 1);
    const auto used = add_web_session(id, 2);
    const Lifetime lifetime;
    ASSERT_TRUE(store_->web_sessions.touch(used.token, now + lifetime.idle));
    EXPECT_EQ(store_->web_sessions.remove_expired(lifetime, now + lifetime.idle).value(),
              std::vector{idle.token});
    EXPECT_TRUE(store_->web_sessions.find(used.token));
    EXPECT_FALSE(store_->web_sessions.find(idle.token));
}

TEST(Lifetime, EndsIdleOldAndFutureSessions) {
    const Lifetime lifetime;
    const WebSession session{{}, 1, false, now, now};
    EXPECT_FALSE(lifetime.over(session, now + lifetime.idle - 1));
    EXPECT_TRUE(lifetime.over(session, now + lifetime.idle));
    const WebSession busy{{}, 1, false, now, now + lifetime.absolute};
    EXPECT_TRUE(lifetime.over(busy, now + lifetime.absolute));
    EXPECT_TRUE(lifetime.over(session, now - 3600)) << "the clock was set back";
}

TEST_F(StoreTest, KeepsThePendingSecretWithItsWebSession) {
    open();
    const auto session = add_web_session(add_user("hanako"), 1);
    EXPECT_EQ(store_->web_sessions.pending_secret(session.token).error().kind,
              base::ErrorKind::not_found);
    const Bytes secret{4, 5, 6};
    ASSERT_TRUE(store_->web_sessions.set_pending_secret(session.token, secret));
    EXPECT_EQ(store_->web_sessions.pending_secret(session.token).value(), secret);
}

TEST_F(StoreTest, GivesARevokedTerminalsNameAgainButNotItsCertificate) {
    open();
    const Terminal first{"desk-1", "counter", filled<Digest>(1), now + 1000, now, 0};
    ASSERT_TRUE(store_->terminals.add(first));
    Terminal second = first;
    second.fingerprint = filled<Digest>(2);
    EXPECT_EQ(store_->terminals.add(second).error().kind, base::ErrorKind::exists);
    EXPECT_EQ(store_->terminals.revoke("desk-1", now + 1)->revoked, now + 1);
    EXPECT_EQ(store_->terminals.revoke("desk-1", now + 9)->revoked, now + 1);
    EXPECT_EQ(store_->terminals.add(first).error().kind, base::ErrorKind::exists);
    ASSERT_TRUE(store_->terminals.add(second));
    EXPECT_EQ(store_->terminals.find(first.fingerprint)->revoked, now + 1);
    EXPECT_EQ(store_->terminals.find(second.fingerprint)->revoked, 0);
    EXPECT_EQ(store_->terminals.list()->size(), 2U);
    EXPECT_EQ(store_->terminals.revoke("desk-1", now + 2)->fingerprint, second.fingerprint);
    EXPECT_EQ(store_->terminals.revoke("desk-2", now).error().kind, base::ErrorKind::not_found);
}

TEST_F(StoreTest, KeepsATicketUntilTheNextIsConfirmed) {
    open();
    const auto screen = add_screen(add_user("hanako"), 3);
    const auto first = filled<Digest>(4);
    const auto lost = filled<Digest>(5);
    const auto next = filled<Digest>(6);
    const auto use = [&](const Digest& token, const Digest& following, Seconds time) {
        return store_->screens.use_ticket(token, following, time).has_value();
    };
    ASSERT_TRUE(store_->screens.set_ticket(first, screen.id, now + 30));
    EXPECT_EQ(store_->screens.use_ticket(first, lost, now).value(), screen.id);
    EXPECT_TRUE(use(first, next, now + 60)) << "the line broke before the viewer had the next";
    ASSERT_TRUE(store_->screens.confirm_ticket(lost)) << "it comes too late";
    EXPECT_FALSE(use(lost, filled<Digest>(7), now));
    ASSERT_TRUE(store_->screens.confirm_ticket(next));
    EXPECT_FALSE(use(first, lost, now));
    EXPECT_TRUE(use(next, filled<Digest>(8), now));
}

TEST_F(StoreTest, UsingTheNextTicketVoidsTheOneBefore) {
    open();
    const auto screen = add_screen(add_user("hanako"), 3);
    ASSERT_TRUE(store_->screens.set_ticket(filled<Digest>(4), screen.id, now + 30));
    ASSERT_TRUE(store_->screens.use_ticket(filled<Digest>(4), filled<Digest>(5), now));
    ASSERT_TRUE(store_->screens.use_ticket(filled<Digest>(5), filled<Digest>(6), now));
    EXPECT_EQ(store_->screens.use_ticket(filled<Digest>(4), filled<Digest>(7), now).error().kind,
              base::ErrorKind::not_found);
}

TEST_F(StoreTest, RefusesATicketThatIsTooOldOrReplaced) {
    open();
    const auto screen = add_screen(add_user("hanako"), 3);
    ASSERT_TRUE(store_->screens.set_ticket(filled<Digest>(4), screen.id, now + 30));
    EXPECT_FALSE(store_->screens.use_ticket(filled<Digest>(4), filled<Digest>(9), now + 30));
    ASSERT_TRUE(store_->screens.set_ticket(filled<Digest>(5), screen.id, 0));
    ASSERT_TRUE(store_->screens.set_ticket(filled<Digest>(6), screen.id, 0));
    EXPECT_FALSE(store_->screens.use_ticket(filled<Digest>(5), filled<Digest>(9), now));
    EXPECT_TRUE(store_->screens.use_ticket(filled<Digest>(6), filled<Digest>(9), now + 1'000'000));
}

TEST_F(StoreTest, ListsScreensAsTheyWereStored) {
    open();
    const RowId user = add_user("hanako");
    const auto screen = add_screen(user, 3);
    Screen bare = screen;
    bare.id = filled<ScreenId>(4);
    bare.fingerprint.reset();
    ASSERT_TRUE(store_->screens.add(bare));
    const auto listed = store_->screens.list();
    ASSERT_EQ(listed->size(), 2U);
    EXPECT_EQ(listed->at(0).id, screen.id);
    EXPECT_EQ(listed->at(0).fingerprint, screen.fingerprint);
    EXPECT_EQ(listed->at(0).destination, "demo");
    EXPECT_EQ(listed->at(1).fingerprint, std::nullopt);
    ASSERT_TRUE(store_->screens.remove(screen.id));
    EXPECT_EQ(store_->screens.list()->size(), 1U);
}

TEST_F(StoreTest, NeedsAUserForAScreen) {
    open();
    const Screen screen{filled<ScreenId>(1), 77, {}, "demo", "counter", "desk", {}, now};
    EXPECT_FALSE(store_->screens.add(screen));
}

TEST_F(StoreTest, RefusesAChangeMadeForAnOlderConfiguration) {
    open();
    EXPECT_EQ(store_->configurations.current()->revision, 0);
    EXPECT_EQ(store_->configurations.replace(0, "{}").value(), 1);
    EXPECT_EQ(store_->configurations.replace(1, "{\"a\":1}").value(), 2);
    const auto late = store_->configurations.replace(1, "{}");
    ASSERT_FALSE(late);
    EXPECT_EQ(late.error().kind, base::ErrorKind::denied);
    EXPECT_EQ(store_->configurations.current()->document, "{\"a\":1}");
}

TEST_F(StoreTest, MergesRefusalsAndForgetsTheLongestUnseen) {
    open();
    const Refusal refusal{"demo", "ads.example", 443, 1, 0, 2, now};
    Refusal later = refusal;
    later.times = 3;
    later.last = now + 5;
    ASSERT_TRUE(store_->refusals.add({refusal, later}));
    auto listed = store_->refusals.list(std::nullopt);
    ASSERT_EQ(listed->size(), 1U);
    EXPECT_EQ(listed->front().times, 5U);
    EXPECT_EQ(listed->front().last, now + 5);

    std::vector<Refusal> many;
    for (int i = 0; i < Refusals::maximum_rows; ++i) {
        many.push_back({"demo", "host-" + std::to_string(i), 443, 1, 0, 1, now + 10 + i});
    }
    ASSERT_TRUE(store_->refusals.add({{"other", "x.example", 80, 0, 1, 1, now}}));
    ASSERT_TRUE(store_->refusals.add(many));
    listed = store_->refusals.list("demo");
    EXPECT_EQ(listed->size(), static_cast<std::size_t>(Refusals::maximum_rows));
    EXPECT_EQ(listed->front().last, now + 9 + Refusals::maximum_rows) << "newest first";
    EXPECT_NE(listed->back().host, "ads.example");
    EXPECT_EQ(store_->refusals.list("other")->size(), 1U);
}

TEST(Vault, MarksDependOnPurposeTextAndKey) {
    const Vault vault(filled<std::array<std::uint8_t, Vault::key_bytes>>(1));
    const Vault other(filled<std::array<std::uint8_t, Vault::key_bytes>>(2));
    EXPECT_EQ(vault.mark("a", "text"), vault.mark("a", "text"));
    EXPECT_NE(vault.mark("a", "text"), vault.mark("b", "text"));
    EXPECT_NE(vault.mark("ab", "c"), vault.mark("a", "bc"));
    EXPECT_NE(vault.mark("a", "text"), other.mark("a", "text"));
}

TEST(Vault, NoticesAnAlteredByte) {
    const Vault vault(filled<std::array<std::uint8_t, Vault::key_bytes>>(1));
    const Bytes secret{1, 2, 3};
    for (std::size_t i = 0; i < vault.seal(secret).size(); ++i) {
        Bytes sealed = vault.seal(secret);
        sealed.at(i) ^= 1U;
        EXPECT_FALSE(vault.open(sealed)) << i;
    }
    EXPECT_FALSE(vault.open(Bytes(10)));
    EXPECT_NE(vault.seal(secret), vault.seal(secret)) << "each sealing has a nonce of its own";
}

}  // namespace
}  // namespace shoji::store
