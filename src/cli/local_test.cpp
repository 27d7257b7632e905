// The journal's commands and a terminal's enrolment, on a journal and sockets that the test makes.
#include "cli/fake_gateway_test.h"
#include "cli/files.h"
#include "cli/installation.h"
#include "cli/shown_test.h"
#include "core/base/unix_socket.h"
#include "core/journal/entry.h"
#include "core/journal/folder.h"

#include <fstream>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class LocalTest : public testing::Test {
  protected:
    void SetUp() override {
        std::string folder = testing::TempDir() + "shoji-local-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
        InitRequest request;
        request.state = folder_;
        request.ordinary_user = true;
        auto made = initialise(request);
        ASSERT_TRUE(made) << made.error().message;
        settings_ = made->settings;
        auto key = journal::SigningKey::load(folder_ / "audit/signing.key");
        ASSERT_TRUE(key);
        write_journal(*key, 4);
    }
    void TearDown() override { fs::remove_all(folder_); }

    // So many records and a checkpoint, which is published too.
    void write_journal(const journal::SigningKey& key, std::uint64_t records) {
        std::string text;
        journal::Stamp stamp;
        stamp.sequence = 1;
        const auto put = [&](const journal::Line& line) {
            text += line.text;
            stamp.previous = line.digest;
            ++stamp.sequence;
        };
        while (stamp.sequence <= records) {
            put(journal::make_line(stamp, journal::Submitted{0, {}}));
        }
        const auto checkpoint = journal::make_checkpoint(stamp, key);
        put(checkpoint);
        fs::create_directories(segment().parent_path());
        std::ofstream(segment()) << text;
        std::ofstream(folder_ / "audit/checkpoint") << checkpoint.text;
    }

    [[nodiscard]] fs::path segment() const {
        return folder_ / "audit" / journal::journal_folder / journal::segment_name(1);
    }

    Shown shoji(std::vector<const char*> words) const { return run_shown(words, folder_); }

    fs::path folder_;
    base::Settings settings_;
};

TEST_F(LocalTest, VerifiesAWholeJournal) {
    const auto shown = shoji({"audit", "verify"});
    EXPECT_EQ(shown.code, 0);
    EXPECT_EQ(shown.output, "The journal's 5 lines are whole (signed up to line 5).\n");
    EXPECT_EQ(shoji({"audit", "verify", "--json"}).output,
              "{\"whole\":true,\"lines\":5,\"records\":4,\"lastSigned\":5}\n");
}

TEST_F(LocalTest, NamesTheFirstRecordThatWasAltered) {
    std::string text = *read_file(segment(), 1 << 20);
    text.replace(text.find("program_started", text.find("\"sequence\":3")), 7, "PROGRAM");
    std::ofstream(segment()) << text;
    const auto shown = shoji({"audit", "verify"});
    EXPECT_EQ(shown.code, 1);
    EXPECT_EQ(shown.output, "Record 3 is not what was written.\n");
    EXPECT_EQ(shoji({"audit", "verify", "--json"}).output,
              "{\"whole\":false,\"trouble\":\"altered\",\"first\":3,\"last\":3}\n");
}

TEST_F(LocalTest, SeesACutEndAgainstAnExportedCheckpoint) {
    const auto exported = shoji({"audit", "checkpoint"});
    EXPECT_EQ(exported.code, 0);
    std::ofstream(folder_ / "exported") << exported.output;
    const std::string text = *read_file(segment(), 1 << 20);
    std::ofstream(segment()) << text.substr(0, text.find("{\"sequence\":4"));
    EXPECT_EQ(shoji({"audit", "verify"}).output, "Records 4 to 5 were cut off the end.\n");
    fs::remove(folder_ / "audit/checkpoint");
    EXPECT_EQ(shoji({"audit", "verify"}).code, 0);  // nothing is left to show it
    const std::string file = folder_ / "exported";
    const auto shown = shoji({"audit", "verify", "--checkpoint", file.c_str()});
    EXPECT_EQ(shown.code, 1);
    EXPECT_EQ(shown.output, "Records 4 to 5 were cut off the end.\n");
}

TEST_F(LocalTest, TakesThePublicKeyAsKeptElsewhere) {
    const std::string other = folder_ / "other.pub";
    std::ofstream(other) << journal::to_text(journal::SigningKey::generate().public_key());
    fs::remove(folder_ / "audit/checkpoint");
    const auto shown = shoji({"audit", "verify", "--key", other.c_str()});
    EXPECT_EQ(shown.code, 1);
    EXPECT_THAT(shown.output, HasSubstr("the signature at 5 does not hold"));
}

TEST_F(LocalTest, RefusesACheckpointThatIsNone) {
    const std::string file = folder_ / "nonsense";
    std::ofstream(file) << "nonsense\n";
    EXPECT_EQ(shoji({"audit", "verify", "--checkpoint", file.c_str()}).code, 6);
    EXPECT_EQ(shoji({"audit", "verify", "--checkpoint", "/no/such/file"}).code, 4);
}

TEST_F(LocalTest, ExportsTheJournalAsItIs) {
    EXPECT_EQ(shoji({"audit", "export"}).output, *read_file(segment(), 1 << 20));
}

TEST_F(LocalTest, SaysThatTheLastRecordWasCutShort) {
    const std::string whole = *read_file(segment(), 1 << 20);
    std::ofstream(segment(), std::ios::app) << "{\"sequence\":6,";
    for (const bool json : {false, true}) {
        const auto shown = json ? shoji({"audit", "export", "--json"}) : shoji({"audit", "export"});
        EXPECT_EQ(shown.code, 1);
        EXPECT_EQ(shown.output, whole) << "the records before it";
        EXPECT_THAT(shown.error, HasSubstr("last line has no end (14 bytes)"));
    }
}

class EnrolTest : public LocalTest {
  protected:
    void SetUp() override {
        LocalTest::SetUp();
        fs::create_directories(settings_.admin_socket().parent_path());
        fs::create_directories(settings_.audit_socket().parent_path());
        auto listener =
            base::listen_unix(settings_.audit_socket(), base::SocketKind::packet, 0600, false);
        ASSERT_TRUE(listener);
        audit_ = std::move(*listener);
        file_ = folder_ / "t.p12";
    }

    // Takes one record and answers it so.
    std::thread journal_answers(std::uint8_t answer) {
        return std::thread([this, answer] {
            const auto connection = base::accept_unix(audit_.get(), false);
            const auto packet = base::receive_packet(connection->get(), journal::maximum_record);
            record_ = *journal::decode_record(packet->bytes);
            EXPECT_TRUE(base::send_packet(connection->get(), {&answer, 1}));
        });
    }

    Shown enrol() const {
        return shoji({"terminal", "enrol", "window-1", "--zone", "lgwan", "--file", file_.c_str(),
                      "--json"});
    }

    base::FileDescriptor audit_;
    std::string file_;
    journal::Record record_;
};

TEST_F(EnrolTest, WritesAFileForItsOwnerAlone) {
    FakeGateway gateway(settings_.admin_socket(), {{"terminal.add", R"({"ok":true,"result":{}})"}});
    auto journal = journal_answers(0);
    const auto shown = enrol();
    journal.join();
    ASSERT_EQ(shown.code, 0) << shown.output;
    struct stat state {};
    ASSERT_EQ(::stat(file_.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777U, 0600U);
    EXPECT_GT(state.st_size, 500);
    const auto result = boost::json::parse(shown.output).as_object();
    const auto requests = gateway.take_requests();
    ASSERT_EQ(requests.size(), 1U);
    const auto request = boost::json::parse(requests[0]).as_object();
    EXPECT_EQ(request.at("fingerprint"), result.at("fingerprint"));
    EXPECT_EQ(request.at("fingerprint").as_string().size(), 64U);
    EXPECT_EQ(request.at("zone"), "lgwan");
    EXPECT_EQ(requests[0].find(result.at("passphrase").as_string().c_str()), std::string::npos);
    EXPECT_EQ(record_.action, journal::Action::terminal);
    EXPECT_EQ(record_.what, "certificate for terminal window-1");
}

TEST_F(EnrolTest, WritesNothingThatTheGatewayRefuses) {
    FakeGateway gateway(
        settings_.admin_socket(),
        {{"terminal.add", R"({"ok":false,"error":{"kind":"exists","message":"it exists"}})"}});
    auto journal = journal_answers(0);
    EXPECT_EQ(enrol().code, 5);
    journal.join();
    EXPECT_FALSE(fs::exists(file_));
}

TEST_F(EnrolTest, RevokesATerminalWhoseFileCannotBeWritten) {
    FakeGateway gateway(settings_.admin_socket(),
                        {{"terminal.add", R"({"ok":true,"result":{}})"},
                         {"terminal.revoke", R"({"ok":true,"result":{}})"}});
    auto journal = journal_answers(0);
    file_ = "/nonexistent/window-1.p12";
    EXPECT_EQ(enrol().code, 6);
    journal.join();
    const auto requests = gateway.take_requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_EQ(boost::json::parse(requests[1]).as_object().at("command"), "terminal.revoke");
}

TEST_F(EnrolTest, IssuesNothingWithoutTheJournal) {
    FakeGateway gateway(settings_.admin_socket(), {{"terminal.add", R"({"ok":true,"result":{}})"}});
    auto journal = journal_answers(1);
    EXPECT_EQ(enrol().code, 5);
    journal.join();
    fs::remove(settings_.audit_socket());
    EXPECT_EQ(enrol().code, 3);
    EXPECT_TRUE(gateway.take_requests().empty());
    EXPECT_FALSE(fs::exists(file_));
}

TEST_F(LocalTest, AnExpiredCertificateIsNoGoodStatus) {
    fs::create_directories(settings_.admin_socket().parent_path());
    const auto status = [&](const std::string& expires) {
        const FakeGateway gateway(
            settings_.admin_socket(),
            {{"status", R"({"ok":true,"result":{"journal":"ok","host":"ok","certificateExpires":)" +
                            expires + "}}"}});
        return shoji({"status"});
    };
    EXPECT_EQ(status("4102444800").code, 0);
    const auto expired = status("1000000000");
    EXPECT_EQ(expired.code, 1);
    EXPECT_NE(expired.output.find("shoji init"), std::string::npos) << expired.output;
}

// Whatever an exposed gateway answers, `shoji` ends with a code and no control characters.
TEST_F(LocalTest, SurvivesAnyAnswer) {
    fs::create_directories(settings_.admin_socket().parent_path());
    for (const char* answer :
         {"", "{}", "[]", "null", "{\"ok\":1}", "{\"ok\":true}", "{\"ok\":true,\"result\":[1]}",
          R"({"ok":true,"result":[{"name":{},"created":1e300,"role":[1]}]})",
          R"({"ok":true,"result":[{"name":"\u001b[2J","created":-1}]})",
          R"({"ok":true,"result":[{"created":99999999999999999}]})",
          R"({"ok":true,"result":{"revision":1.5,"configuration":[]}})",
          R"({"ok":true,"result":{"journal":{},"certificateExpires":"x"}})",
          R"({"ok":false,"error":{"kind":"no such","message":"\u001b[2J"}})",
          R"({"ok":false,"error":[]})"}) {
        const FakeGateway gateway(settings_.admin_socket(), {{"user.list", answer},
                                                             {"status", answer},
                                                             {"configuration.get", answer},
                                                             {"user.add", answer}});
        for (const auto& words :
             {std::vector{"user", "list"}, std::vector{"status"}, std::vector{"zone", "list"},
              std::vector{"user", "add", "x", "--role", "y"}}) {
            const auto shown = shoji(words);
            EXPECT_LE(shown.code, 6);
            EXPECT_EQ(shown.output.find('\x1b'), std::string::npos);
            EXPECT_EQ(shown.error.find('\x1b'), std::string::npos);
        }
    }
}

}  // namespace
}  // namespace shoji::cli
