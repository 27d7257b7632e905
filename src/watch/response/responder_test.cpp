#include "watch/response/responder.h"

#include "core/base/bytes.h"
#include "core/base/printable.h"
#include "core/base/random.h"
#include "watch/response/control_server.h"
#include "watch/response/kill.h"
#include "watch/response/packet_rules.h"
#include "watch/response/response_policy.h"
#include "watch/response/small_file.h"

#include <algorithm>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

class ResponderTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        std::string name = "/tmp/shoji-responder-test.XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        policy_.host = "terminal-1";
        policy_.orders.host = "terminal-1";
        policy_.orders.signers = {{key_.public_key(), "hanako"}};
        policy_.rules = {{"asks", {ActionKind::kill, true}}, {"acts", {ActionKind::kill, false}}};
        settings_.state = folder_ / "state";
        // The guards hold for no group that there is, and only for this folder's file system.
        settings_.programs = {~std::uint64_t{0}, {folder_}, false};
        settings_.socket_cgroup = ~std::uint64_t{0};
        settings_.every_namespace = false;
        settings_.now = [this] { return now_; };
    }
    void TearDown() override {
        if (child_ > 0) {
            ::kill(child_, SIGKILL);
            ::waitpid(child_, nullptr, 0);
        }
        if (!folder_.empty()) fs::remove_all(folder_);
    }

    [[nodiscard]] Responder start() const {
        return std::move(Responder::start(policy_, settings_).value());
    }
    static Request request(Action action, bool dry_run = false) {
        return {std::move(action), "a test", "hanako", dry_run};
    }
    [[nodiscard]] SignedOrder signed_by(const journal::SigningKey& key,
                                        const Request& wished) const {
        Order order{wished, {}, "terminal-1", now_, now_ + 60};
        base::fill_random(order.id);
        return {order, {{key.public_key(), key.sign(order_body(order))}}};
    }
    ProcessId victim() {
        child_ = ::fork();
        if (child_ == 0) {
            while (true) ::pause();
        }
        return read_process(child_).value().id;
    }
    [[nodiscard]] bool lives() const { return ::waitpid(child_, nullptr, WNOHANG) == 0; }
    bool ended() {
        const bool gone = ::waitpid(child_, nullptr, 0) == child_;
        child_ = -1;
        return gone;
    }
    [[nodiscard]] std::string log() const {
        return read_small_file(settings_.state / "responses.log", 1U << 20U).value();
    }

    fs::path folder_;
    ResponsePolicy policy_;
    ResponderSettings settings_;
    journal::SigningKey key_ = journal::SigningKey::generate();
    std::int64_t now_ = 1'800'000'000;
    pid_t child_ = -1;
};

// The loader is protected as a file; who runs a program by it is not, nor what that starts.
TEST_F(ResponderTest, KillsWhoStartsByTheLoader) {
    policy_.protected_programs = parse_response_policy("host = \"x\"")->protected_programs;
    auto responder = start();
    constexpr const char* loader = "/lib64/ld-linux-x86-64.so.2";
    child_ = ::fork();
    if (child_ == 0) {
        ::execl("/bin/sh", "sh", "-c", "$0 /bin/sh -c '/bin/sleep 600 & wait' & wait", loader,
                nullptr);
        ::_exit(127);
    }
    const auto files = files_of({loader, "/bin/sleep"});
    const auto all_run = [&] {
        const auto all = list_processes().value();
        const auto by = [&](pid_t parent, FileId program) {
            return std::ranges::find_if(all, [&](const Process& one) {
                return one.parent == parent && one.program == program;
            });
        };
        const auto loaded = by(child_, files.at(0));
        return loaded != all.end() && by(loaded->id.number, files.at(1)) != all.end();
    };
    for (int i = 0; i < 20000 && !all_run(); ++i) ::usleep(1000);
    ASSERT_TRUE(all_run());
    const auto done = responder.respond(request({.process = {child_, 0}}));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_THAT(done->told.at(0).values, ElementsAre(Pair("count", "3")));
    EXPECT_TRUE(ended());
}

TEST_F(ResponderTest, AFullDiskDoesNotDisarmIt) {
    std::filesystem::create_directories(settings_.state);
    ASSERT_EQ(::mount("shoji", settings_.state.c_str(), "tmpfs", 0, "size=4m,mode=0700"), 0);
    struct Unmount {
        ~Unmount() { ::umount2(path.c_str(), MNT_DETACH); }
        std::filesystem::path path;
    } const unmount{settings_.state};
    auto responder = start();
    const auto target = victim();
    {
        std::ofstream filler(settings_.state / "filler");
        while (filler.write("xxxxxxxxxxxxxxxx", 16).flush()) continue;
    }
    const auto done = responder.respond(request({.process = target}));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(ended());
    EXPECT_EQ(std::ranges::count(log(), '\n'), 2);
}

TEST_F(ResponderTest, RecordsEachResponseBeforeAndAfter) {
    auto responder = start();
    const auto target = victim();
    const auto dry = responder.respond(request({.process = target}, true));
    ASSERT_TRUE(dry);
    EXPECT_FALSE(dry->done);
    EXPECT_TRUE(lives());
    EXPECT_TRUE(log().empty());
    const auto done = responder.respond(request({.process = target}));
    ASSERT_TRUE(done) << done.error().message;
    EXPECT_TRUE(done->done);
    EXPECT_TRUE(ended());
    EXPECT_FALSE(responder.respond(request({.process = target})));
    const auto text = log();
    EXPECT_EQ(std::ranges::count(text, '\n'), 4);
    EXPECT_THAT(text, HasSubstr(R"("phase":"begun")"));
    EXPECT_THAT(text, HasSubstr(R"("phase":"failed")"));
    EXPECT_THAT(text, HasSubstr(R"("by":"hanako")"));
    EXPECT_TRUE(check_lines(text));
    // A line that a power cut or a full disk has cut is no end of all responses.
    ASSERT_TRUE(replace_file(settings_.state / "responses.log", text + R"({"time":1,"id")", 0600));
    EXPECT_TRUE(Responder::start(policy_, settings_));
    EXPECT_EQ(log(), text);
    // A log that somebody changed is not gone on with.
    auto changed = text;
    changed.replace(changed.find("hanako"), 6, "taro__");
    ASSERT_TRUE(replace_file(settings_.state / "responses.log", changed, 0600));
    EXPECT_EQ(Responder::start(policy_, settings_).error().kind, base::ErrorKind::corrupt);
}

// Names of processes and files are their owners' choice, and may be no text at all.
TEST_F(ResponderTest, NoNameDisarmsItOrIsLost) {
    auto responder = start();
    std::array<int, 2> named{};
    ASSERT_EQ(::pipe2(named.data(), O_CLOEXEC), 0);
    child_ = ::fork();
    if (child_ == 0) {
        ::prctl(PR_SET_NAME, "a\xff\"b\n");
        (void)!::write(named[1], "x", 1);
        while (true) ::pause();
    }
    char byte = 0;
    ASSERT_EQ(::read(named[0], &byte, 1), 1);
    for (const int end : named) ::close(end);
    const auto killed = responder.respond(request({.process = read_process(child_).value().id}));
    ASSERT_TRUE(killed) << killed.error().message;
    EXPECT_TRUE(ended());
    const std::string path = folder_ / "a\nb\xff";
    ASSERT_TRUE(replace_file(path, "x", 0644));
    ASSERT_TRUE(responder.respond(request({.kind = ActionKind::quarantine, .path = path})));
    const std::string absent = folder_ / "\xc3";
    EXPECT_FALSE(responder.respond(request({.kind = ActionKind::quarantine, .path = absent})));
    EXPECT_TRUE(responder.respond(
        request({.kind = ActionKind::collect, .files = {folder_ / "\x80", path}})));
    const auto text = log();
    EXPECT_TRUE(base::is_utf8(text)) << text;
    EXPECT_EQ(std::ranges::count(text, '\n'), 8);
    EXPECT_TRUE(check_lines(text));
    EXPECT_TRUE(base::is_utf8(answer(responder, StatusCommand{})));
    const auto again = Responder::start(policy_, settings_);
    EXPECT_TRUE(again) << again.error().message;
}

// An earlier version wrote them as they were; such a log still hangs together.
TEST_F(ResponderTest, ALogWithBytesThatAreNoTextIsReadable) {
    fs::create_directories(settings_.state);
    fs::permissions(settings_.state, fs::perms::owner_all);
    const std::string first = "{\"time\":1,\"result\":\"name=a\xff\",\"previous\":\"\"}";
    const std::string second =
        "{\"time\":2,\"previous\":\"" + base::to_hex(journal::digest_of(first)) + "\"}";
    const auto file = settings_.state / "responses.log";
    ASSERT_TRUE(replace_file(file, first + "\n" + second + "\n", 0600));
    EXPECT_TRUE(Responder::start(policy_, settings_));
    // Nothing but the last field of a line counts.
    const std::string forged =
        "{\"previous\":\"" + base::to_hex(journal::digest_of(first)) + "\",\"time\":2}";
    ASSERT_TRUE(replace_file(file, first + "\n" + forged + "\n", 0600));
    EXPECT_FALSE(Responder::start(policy_, settings_));
}

TEST_F(ResponderTest, AsksFirstUnlessTheRuleSaysOtherwise) {
    auto responder = start();
    EXPECT_EQ(responder.respond_to_rule("unknown", {}, {}).error().kind,
              base::ErrorKind::not_found);
    const auto target = victim();
    const auto first = responder.respond_to_rule("asks", target, {});
    // The same again waits once, and is not recorded again.
    const auto before = log();
    const auto again = responder.respond_to_rule("asks", target, {});
    ASSERT_TRUE(first && again);
    EXPECT_EQ(again->id, first->id);
    EXPECT_TRUE(again->told.empty());
    EXPECT_EQ(log(), before);
    EXPECT_EQ(responder.waiting()->size(), 1U);
    const auto second = responder.respond_to_rule("asks", {target.number, 0}, {});
    ASSERT_TRUE(second);
    EXPECT_FALSE(first->done);
    EXPECT_TRUE(lives());
    EXPECT_EQ(responder.waiting()->size(), 2U);
    ASSERT_TRUE(responder.refuse(first->id, "taro"));
    EXPECT_TRUE(lives());
    EXPECT_FALSE(responder.approve(first->id, "taro"));
    EXPECT_FALSE(responder.approve("../responses.log", "taro"));
    // What waits is there after a start.
    responder = start();
    ASSERT_TRUE(responder.approve(second->id, "taro"));
    EXPECT_TRUE(ended());
    EXPECT_TRUE(responder.waiting()->empty());
    const auto third = responder.respond_to_rule("acts", victim(), {});
    ASSERT_TRUE(third) << third.error().message;
    EXPECT_TRUE(third->done);
    EXPECT_TRUE(ended());
}

TEST_F(ResponderTest, WhatWaitsHasAnEnd) {
    auto responder = start();
    constexpr pid_t most = 256;
    for (pid_t number = 1; number <= most; ++number) {
        ASSERT_TRUE(responder.respond_to_rule("asks", {number, 1}, {}));
    }
    const auto beyond = responder.respond_to_rule("asks", {most + 1, 1}, {});
    ASSERT_FALSE(beyond);
    EXPECT_EQ(beyond.error().key, "response.pending.full");
    EXPECT_EQ(responder.waiting()->size(), std::size_t{most});
}

TEST_F(ResponderTest, CarriesAnOrderOutOnce) {
    auto responder = start();
    const auto order = signed_by(key_, request({.process = victim()}));
    const auto bytes = encode_order(order);
    const auto first = answer_order(responder, bytes, true);
    EXPECT_EQ(first.kind, OrderEnd::Kind::done) << first.answer;
    EXPECT_TRUE(ended());
    // Who brings it again by hand is refused; the line hears what became of it.
    EXPECT_EQ(responder.accept(order).error().key, "response.order.used");
    EXPECT_THAT(answer_order(responder, bytes, false).answer, HasSubstr("response.order.used"));
    EXPECT_EQ(answer_order(responder, bytes, true), first);
    responder = start();
    EXPECT_EQ(answer_order(responder, bytes, true), first) << "and after a start";
    EXPECT_EQ(responder.accept(order).error().key, "response.order.used");
    // Also when it is too old by now.
    now_ += 1000;
    EXPECT_EQ(answer_order(responder, bytes, true), first);
    // Another order by the same id is none of it.
    auto other = order.order;
    other.request.reason = "another";
    other.expires = now_ + 60;
    const auto end = answer_order(
        responder, encode_order({other, {{key_.public_key(), key_.sign(order_body(other))}}}),
        true);
    EXPECT_EQ(end.kind, OrderEnd::Kind::refused);
    EXPECT_THAT(end.answer, HasSubstr("response.order.used"));
}

// Nobody but the signer gets an order carried out, nor hears how one ended.
TEST_F(ResponderTest, RefusesAnOrderOfSomebodyElse) {
    auto responder = start();
    const auto order = signed_by(key_, request({.process = victim()}));
    auto forged = order;
    forged.signatures[0].signature[5] ^= 1U;
    const auto stranger = journal::SigningKey::generate();
    for (const auto& one : {forged, signed_by(stranger, order.order.request)}) {
        const auto end = answer_order(responder, encode_order(one), true);
        EXPECT_EQ(end.kind, OrderEnd::Kind::refused);
        EXPECT_THAT(end.answer, HasSubstr("response.order.signature"));
    }
    EXPECT_THAT(answer_order(responder, std::vector<std::uint8_t>{1, 2}, true).answer,
                HasSubstr("response.order.bad"));
    EXPECT_TRUE(lives());
    EXPECT_TRUE(log().empty()) << "nothing was begun";
    EXPECT_EQ(answer_order(responder, encode_order(order), true).kind, OrderEnd::Kind::done);
    EXPECT_TRUE(ended());
    EXPECT_THAT(answer_order(responder, encode_order(forged), true).answer,
                HasSubstr("response.order.signature"));
}

// However long the line was cut: the host's clock says so.
TEST_F(ResponderTest, AnOrderThatComesTooLateIsRefused) {
    auto responder = start();
    const auto order = encode_order(signed_by(key_, request({.process = victim()})));
    now_ += 60;
    const auto end = answer_order(responder, order, true);
    EXPECT_EQ(end.kind, OrderEnd::Kind::refused);
    EXPECT_THAT(end.answer, HasSubstr("response.order.expired"));
    EXPECT_TRUE(lives());
}

// A clock that goes forward and back makes no used order new.
TEST_F(ResponderTest, NoOrderIsDoneAgainWhateverTheClockDoes) {
    auto responder = start();
    const auto first = signed_by(key_, request({.process = victim()}));
    ASSERT_TRUE(responder.accept(first));
    constexpr std::int64_t week = 7 * 24 * 3600;
    now_ += 3 * week;
    const auto second = signed_by(key_, request({.process = {child_, 0}}));
    ASSERT_TRUE(responder.accept(second));
    now_ -= 3 * week;
    responder = start();
    EXPECT_EQ(responder.accept(first).error().key, "response.order.old");
    EXPECT_FALSE(responder.accept(second));
    now_ += 3 * week + 10;
    EXPECT_EQ(responder.accept(second).error().key, "response.order.used");
    EXPECT_TRUE(responder.accept(signed_by(key_, request({.process = {child_, 0}}))));
    // What is not known is not taken for good.
    ASSERT_TRUE(replace_file(settings_.state / "orders/newest", "x", 0600));
    EXPECT_FALSE(responder.accept(signed_by(key_, request({.process = {child_, 0}}))));
    EXPECT_TRUE(lives());
}

TEST_F(ResponderTest, AnOrderThatACrashInterruptedIsNotDoneAgain) {
    auto responder = start();
    const auto order = signed_by(key_, request({.process = victim()}));
    ASSERT_TRUE(responder.accept(order));
    // And here the process died.
    responder = start();
    const auto end = answer_order(responder, encode_order(order), true);
    EXPECT_EQ(end.kind, OrderEnd::Kind::failed);
    EXPECT_THAT(end.answer, HasSubstr("response.order.interrupted"));
    EXPECT_TRUE(lives());
}

// Whatever names what it is about has, and however much there is to tell.
TEST_F(ResponderTest, AnOrdersAnswerIsPrintableAndBounded) {
    auto responder = start();
    const std::string path = folder_ / ("\x1b[2J\xff" + std::string(200, 'x'));
    ASSERT_TRUE(replace_file(path, "x", 0644));
    const auto taken = answer_order(
        responder,
        encode_order(signed_by(key_, request({.kind = ActionKind::quarantine, .path = path}))),
        true);
    EXPECT_EQ(taken.kind, OrderEnd::Kind::done) << taken.answer;
    EXPECT_TRUE(base::is_printable(taken.answer));
    const std::string longest = "/" + std::string(4000, '\xff');
    const auto failed = answer_order(
        responder,
        encode_order(signed_by(key_, request({.kind = ActionKind::quarantine, .path = longest}))),
        true);
    EXPECT_EQ(failed.kind, OrderEnd::Kind::failed);
    EXPECT_LE(failed.answer.size(), most_order_answer);
    EXPECT_TRUE(base::is_printable(failed.answer));
}

TEST_F(ResponderTest, QuarantinesAndRestores) {
    auto responder = start();
    ASSERT_TRUE(replace_file(folder_ / "evil", "evil", 0755));
    const std::string path = folder_ / "evil";
    EXPECT_TRUE(responder.respond(request({.kind = ActionKind::quarantine, .path = path}, true)));
    EXPECT_TRUE(fs::exists(path));
    ASSERT_TRUE(responder.respond(request({.kind = ActionKind::quarantine, .path = path})));
    EXPECT_FALSE(fs::exists(path));
    const auto item = responder.quarantined()->files.at(0).id;
    ASSERT_TRUE(responder.respond(request({.kind = ActionKind::restore, .item = item})));
    EXPECT_EQ(read_small_file(path, 10).value(), "evil");
}

TEST_F(ResponderTest, BlocksUntilUnblockedAndAcrossAStart) {
    auto responder = start();
    const Action block{.kind = ActionKind::block, .path = folder_ / "evil"};
    Action unblock = block;
    unblock.kind = ActionKind::unblock;
    EXPECT_FALSE(responder.respond(request(unblock)));
    EXPECT_TRUE(responder.respond(request(block, true)));
    EXPECT_TRUE(responder.blocks().empty());
    EXPECT_FALSE(responder.program_guard());
    const auto blocked = responder.respond(request(block));
    ASSERT_TRUE(blocked) << blocked.error().message;
    ASSERT_TRUE(responder.program_guard());
    const bool lsm = responder.program_guard()->kind == GuardKind::lsm;
    EXPECT_EQ(blocked->told.at(1).key, lsm ? "response.block.lsm" : "response.block.tracepoints");
    EXPECT_EQ(responder.respond(request(block)).error().kind, base::ErrorKind::exists);
    responder = start();
    EXPECT_EQ(responder.blocks().size(), 1U);
    ASSERT_TRUE(responder.respond(request(unblock)));
    EXPECT_TRUE(responder.blocks().empty());
    EXPECT_FALSE(fs::exists(settings_.state / "blocks"));
}

// Neither damages a name the list of blocks, nor puts others into it.
TEST_F(ResponderTest, BlocksAPathOfAnyBytes) {
    auto responder = start();
    const std::string path = folder_ / "a\npath " / "usr\xff";
    const auto blocked = responder.respond(request({.kind = ActionKind::block, .path = path}));
    ASSERT_TRUE(blocked) << blocked.error().message;
    EXPECT_TRUE(base::is_utf8(answer(responder, StatusCommand{})));
    const auto again = Responder::start(policy_, settings_);
    ASSERT_TRUE(again) << again.error().message;
    ASSERT_EQ(again->blocks().size(), 1U);
    EXPECT_EQ(again->blocks()[0].path, path);
}

TEST_F(ResponderTest, IsolatesUntilReleasedAndAcrossAStart) {
    const pid_t apart = ::fork();
    if (apart == 0) {
        if (::unshare(CLONE_NEWNET) != 0) ::_exit(1);
        const auto before = list_packet_rules().value();
        auto responder = start();
        const auto dry = responder.respond(request({.kind = ActionKind::isolate}, true));
        if (!dry || responder.isolated()) ::_exit(2);
        if (!responder.respond(request({.kind = ActionKind::isolate}))) ::_exit(3);
        const auto during = list_packet_rules().value();
        if (!apply_packet_rules(release_rules()) || list_packet_rules().value() != before)
            ::_exit(4);
        responder = start();
        if (!responder.isolated() || list_packet_rules().value() != during || during == before)
            ::_exit(5);
        if (!responder.respond(request({.kind = ActionKind::release}))) ::_exit(6);
        ::_exit(list_packet_rules().value() == before && !responder.isolated() ? 0 : 7);
    }
    int status = 0;
    ::waitpid(apart, &status, 0);
    EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST_F(ResponderTest, CollectsMemoryOnlyWherePolicyAllows) {
    auto responder = start();
    const auto refused = responder.respond(
        request({.kind = ActionKind::collect, .process = victim(), .tree = true, .memory = true}));
    EXPECT_FALSE(refused);
    const auto collected = responder.respond(request({.kind = ActionKind::collect}));
    ASSERT_TRUE(collected) << collected.error().message;
    const auto archive = fs::directory_iterator(settings_.state / "evidence")->path();
    EXPECT_TRUE(verify_evidence(archive, responder.evidence_key()));
}

// Whose folder it is could lead the path to any file.
TEST_F(ResponderTest, ABlockedPathDoesNotFollowLinksThatComeLater) {
    for (const auto* name : {"mine", "needed"}) {
        fs::create_directory(folder_ / name);
        std::ofstream(folder_ / name / "tool") << name;
    }
    const auto path = folder_ / "mine" / "tool";
    BlockList list({{{}, {}, path}});
    const auto needed = files_of({folder_ / "needed" / "tool"}).at(0);
    EXPECT_TRUE(list.has_path("", files_of({path}).at(0)));
    fs::rename(folder_ / "mine", folder_ / "moved");
    fs::create_directory_symlink(folder_ / "needed", folder_ / "mine");
    list.look_at_paths();
    EXPECT_FALSE(list.has_path("", needed));
    auto responder = start();
    ASSERT_TRUE(responder.respond(request({.kind = ActionKind::block, .path = path})));
    EXPECT_EQ(responder.blocks().at(0).path, folder_ / "needed" / "tool") << "as it led then";
    EXPECT_TRUE(responder.respond(request({.kind = ActionKind::unblock, .path = path})));
}

}  // namespace
}  // namespace shoji::response
