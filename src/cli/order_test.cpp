// Orders as files, and what asks before it is done.
#include "cli/shown_test.h"
#include "cli/terminal_output.h"
#include "core/base/unix_socket.h"
#include "watch/response/control.h"

#include <atomic>
#include <fstream>
#include <functional>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class OrderTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string folder = testing::TempDir() + "shoji-order-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] std::string at(const std::string& name) const { return folder_ / name; }
    [[nodiscard]] Shown shoji(std::vector<std::string> words, const std::string& typed = "") const {
        std::vector<const char*> all;
        for (const auto& word : words) all.push_back(word.c_str());
        return run_shown(all, folder_, typed);
    }
    [[nodiscard]] Shown make(const std::string& file, const std::string& key,
                             const std::string& hours = "24") const {
        return shoji({"order", "make", "isolate", "--host", "srv-01", "--order-file", at(file),
                      "--signing-key", at(key), "--hours", hours, "--reason", "a test", "--by",
                      "soc"});
    }
    [[nodiscard]] response::SignedOrder read(const std::string& file) const {
        std::ifstream stream(at(file), std::ios::binary);
        const std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(stream), {}};
        return response::decode_order(bytes).value();
    }
    [[nodiscard]] journal::PublicKey key(const std::string& file) const {
        return journal::SigningKey::load(at(file)).value().public_key();
    }

    fs::path folder_;
};

TEST_F(OrderTest, AKeyIsItsOwnersAloneAndIsNotOverwritten) {
    const auto made = shoji({"order", "key", at("a.key")});
    EXPECT_EQ(made.code, 0);
    EXPECT_THAT(made.output, HasSubstr(journal::to_text(key("a.key")).substr(0, 72)));
    struct stat state {};
    ASSERT_EQ(::stat(at("a.key").c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777U, 0600U);
    EXPECT_NE(shoji({"order", "key", at("a.key")}).code, 0);
    ASSERT_EQ(::chmod(at("a.key").c_str(), 0640), 0);
    EXPECT_NE(make("order", "a.key").code, 0) << "others may read the key";
    EXPECT_FALSE(fs::exists(at("order")));
}

TEST_F(OrderTest, TwoPeopleSignOneOrder) {
    for (const auto* name : {"a.key", "b.key", "c.key"}) {
        ASSERT_EQ(shoji({"order", "key", at(name)}).code, 0);
    }
    ASSERT_EQ(make("order", "a.key").code, 0);
    EXPECT_NE(make("order", "b.key").code, 0) << "an order that is there is not made anew";
    EXPECT_NE(shoji({"order", "sign", at("order"), "--signing-key", at("a.key")}).code, 0)
        << "nobody signs twice";
    const auto signed_order = shoji({"order", "sign", at("order"), "--signing-key", at("b.key")});
    EXPECT_EQ(signed_order.code, 0);
    EXPECT_THAT(signed_order.output, HasSubstr("srv-01"));
    EXPECT_NE(shoji({"order", "sign", at("order"), "--signing-key", at("c.key")}).code, 0);
    const auto order = read("order");
    response::OrderPolicy policy;
    policy.host = "srv-01";
    policy.signers = {{key("a.key"), "hanako"}, {key("b.key"), "taro"}};
    policy.two_persons = {response::ActionKind::isolate};
    const auto checked = response::check_order(order, policy, order.order.issued + 1,
                                               [](const auto&) { return false; });
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_EQ(checked->by, "soc (hanako, taro)");
    EXPECT_EQ(order.order.expires - order.order.issued, 24 * 3600);
    EXPECT_NE(make("longer", "a.key", "169").code, 0);
}

TEST_F(OrderTest, WhatWasChangedIsShownAndNotSigned) {
    ASSERT_EQ(shoji({"order", "key", at("a.key")}).code, 0);
    ASSERT_EQ(shoji({"order", "key", at("b.key")}).code, 0);
    ASSERT_EQ(make("order", "a.key").code, 0);
    EXPECT_EQ(shoji({"order", "show", at("order")}).code, 0);
    auto order = read("order");
    order.order.host = "srv-02";
    const auto bytes = response::encode_order(order);
    std::ofstream(at("order"), std::ios::binary)
        << std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const auto shown = shoji({"order", "show", at("order")});
    EXPECT_EQ(shown.code, static_cast<int>(Exit::negative));
    EXPECT_THAT(shown.output, HasSubstr("does not hold"));
    EXPECT_NE(shoji({"order", "sign", at("order"), "--signing-key", at("b.key")}).code, 0);
    std::ofstream(at("order")) << "no order";
    EXPECT_NE(shoji({"order", "show", at("order")}).code, 0);
}

// A privileged process that notes what it is asked, and says that all went well.
class FakeAnswerer {
  public:
    explicit FakeAnswerer(const fs::path& socket)
        : listener_(base::listen_unix(socket, base::SocketKind::packet, 0600, false).value()) {
        thread_ = std::thread([this] {
            while (true) {
                const auto connection = base::accept_unix(listener_.get(), false);
                if (!connection || ends_) return;
                const auto packet = base::receive_packet(connection->get(), response::most_command);
                const auto command = response::decode_command(packet->bytes);
                const auto* asked = std::get_if<response::Request>(&*command);
                if (asked != nullptr) asked_.push_back(*asked);
                const std::string text =
                    std::holds_alternative<response::StatusCommand>(*command)
                        ? status_
                        : R"({"ok":true,"result":{"id":"","done":true,"told":[],"undo":""}})";
                static_cast<void>(base::send_packet(
                    connection->get(),
                    {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
            }
        });
        socket_ = socket;
    }
    FakeAnswerer(const FakeAnswerer&) = delete;
    FakeAnswerer& operator=(const FakeAnswerer&) = delete;
    ~FakeAnswerer() {
        ends_ = true;
        static_cast<void>(base::connect_unix(socket_, base::SocketKind::packet));
        thread_.join();
    }
    // From now on, as it goes over the socket.
    void set_status(std::string status) { status_ = std::move(status); }
    // What was asked since: "isolate", or "isolate?" for a dry run.
    std::vector<std::string> asked() {
        std::vector<std::string> words;
        for (const auto& one : std::exchange(asked_, {})) {
            words.push_back(std::string(response::name_of(one.action.kind)) +
                            (one.dry_run ? "?" : ""));
        }
        return words;
    }

  private:
    base::FileDescriptor listener_;
    fs::path socket_;
    std::atomic<bool> ends_ = false;
    std::vector<response::Request> asked_;  // each answer comes after it
    std::string status_;                    // set while nobody asks
    std::thread thread_;
};

TEST_F(OrderTest, TheStatusSaysByWhatIsHeldWhatIsForbidden) {
    using testing::Not;
    FakeAnswerer answerer(at("respond.sock"));
    const auto status = [&](const std::string& guards) {
        answerer.set_status(R"({"ok":true,"result":{"isolated":true,"blocks":[],"pending":[],)"
                            R"("quarantined":[],"guards":)" +
                            guards + "}}");
        return shoji({"respond", "status", "--runtime", folder_}).output;
    };
    EXPECT_THAT(status(R"({"sockets":null,"programs":null})"), Not(HasSubstr("BPF LSM")));
    const auto held = status(R"({"sockets":{"by":"lsm","why_not_lsm":""},)"
                             R"("programs":{"by":"tracepoints","why_not_lsm":"it is not there"}})");
    EXPECT_THAT(held, HasSubstr("Sockets beyond packet rules are refused by the kernel (BPF LSM)"));
    EXPECT_THAT(held, HasSubstr("whoever runs them is killed"));
    EXPECT_THAT(held, HasSubstr("Not by BPF LSM: it is not there"));
}

TEST_F(OrderTest, TheStatusSaysThatAnIsolationDoesNotHold) {
    using testing::Not;
    FakeAnswerer answerer(at("respond.sock"));
    const auto status = [&](const std::string& isolation) {
        answerer.set_status(R"({"ok":true,"result":{"blocks":[],"pending":[],"quarantined":[],)" +
                            isolation + "}}");
        return shoji({"respond", "status", "--runtime", folder_}).output;
    };
    EXPECT_THAT(status(R"("isolated":true,"isolation_undone":false)"),
                HasSubstr("This host is isolated."));
    EXPECT_THAT(status(R"("isolated":false,"isolation_undone":false)"),
                HasSubstr("This host is not isolated."));
    const auto undone = status(R"("isolated":false,"isolation_undone":true)");
    EXPECT_THAT(undone, HasSubstr(": rules were taken out of the kernel"));
    EXPECT_THAT(undone, Not(HasSubstr("This host is isolated.")));
}

TEST_F(OrderTest, WhatCouldCutWorkOffIsShownAndConfirmedFirst) {
    using testing::ElementsAre;
    using testing::IsEmpty;
    FakeAnswerer answerer(at("respond.sock"));
    const auto respond = [&](std::vector<std::string> words, const std::string& typed = "") {
        words.insert(words.begin(), "respond");
        words.insert(words.end(), {"--reason", "r", "--by", "b", "--runtime", folder_});
        return shoji(words, typed);
    };
    const auto no = respond({"isolate"}, "no\n");
    EXPECT_EQ(no.code, static_cast<int>(Exit::negative));
    EXPECT_THAT(no.output, HasSubstr("Nothing was done."));
    EXPECT_THAT(answerer.asked(), ElementsAre("isolate?"));
    EXPECT_EQ(respond({"isolate"}).code, static_cast<int>(Exit::negative)) << "nobody there";
    EXPECT_THAT(answerer.asked(), ElementsAre("isolate?"));
    EXPECT_EQ(respond({"isolate"}, "yes\n").code, 0);
    EXPECT_THAT(answerer.asked(), ElementsAre("isolate?", "isolate"));
    EXPECT_EQ(respond({"block", "--path", "/bin/sh"}, "はい\n").code, 0);
    EXPECT_THAT(answerer.asked(), ElementsAre("block?", "block"));
    // A program that reads JSON says beforehand that it means it.
    const auto program =
        shoji({"--json", "respond", "isolate", "--reason", "r", "--by", "b", "--runtime", folder_},
              "yes\n");
    EXPECT_EQ(program.code, static_cast<int>(Exit::negative));
    EXPECT_THAT(answerer.asked(), IsEmpty());
    EXPECT_EQ(respond({"isolate", "--yes"}).code, 0);
    EXPECT_THAT(answerer.asked(), ElementsAre("isolate"));
    EXPECT_EQ(respond({"isolate", "--dry-run"}).code, 0);
    EXPECT_THAT(answerer.asked(), ElementsAre("isolate?"));
    // What ends a cut, and what is about one thing, does not ask.
    EXPECT_EQ(respond({"release"}).code, 0);
    EXPECT_EQ(respond({"kill", "77"}).code, 0);
    EXPECT_THAT(answerer.asked(), ElementsAre("release", "kill"));
    // Nobody releases without a name and a reason.
    for (const auto* missing : {"--reason", "--by"}) {
        std::vector<std::string> words{"respond", "release", "--runtime", folder_};
        const std::string other = missing == std::string("--by") ? "--reason" : "--by";
        words.insert(words.end(), {other, "x"});
        EXPECT_EQ(shoji(words).code, static_cast<int>(Exit::usage)) << missing;
        words.insert(words.end(), {missing, ""});
        EXPECT_NE(shoji(words).code, 0) << missing;
    }
    EXPECT_THAT(answerer.asked(), IsEmpty());
}

}  // namespace
}  // namespace shoji::cli
