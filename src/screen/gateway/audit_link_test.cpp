// The gateway's end of the journal: what is kept while the journal is away, and what is told of
// what could not be kept.
#include "screen/gateway/audit_link.h"

#include "screen/gateway/testing/fake_journal.h"

#include <boost/asio/io_context.hpp>
#include <gtest/gtest.h>

namespace shoji::gateway::testing {
namespace {

using namespace std::chrono_literals;

class AuditLinkTest : public ::testing::Test {
  protected:
    AuditLinkTest() {
        std::string name = (std::filesystem::temp_directory_path() / "shoji-link-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
        folder_ = name;
        link_.emplace(loop_.get_executor(), folder_ / "audit.sock",
                      std::vector<uid_t>{::geteuid()});
    }
    ~AuditLinkTest() override { std::filesystem::remove_all(folder_); }
    AuditLinkTest(const AuditLinkTest&) = delete;
    AuditLinkTest& operator=(const AuditLinkTest&) = delete;

    void flood() {
        for (int i = 0; i < 2000; ++i) {
            const auto action = static_cast<journal::Action>(i % (journal::last_action + 1));
            link_->note({action, journal::Outcome::refused, "user-" + std::to_string(i), "",
                         "archive", "policy.no_route"});
        }
    }
    void note_end(const std::string& what) {
        link_->note(
            {journal::Action::session_end, journal::Outcome::allowed, "hanako", "", what, "ended"});
    }
    // Works until a record that starts so is in the journal.
    journal::Record come(FakeJournal& journal, const std::string& what) {
        for (int i = 0; i < 1500; ++i) {
            for (const auto& record : journal.records()) {
                if (record.what.starts_with(what)) return record;
            }
            loop_.run_for(10ms);
        }
        throw std::runtime_error("no such record came to the journal");
    }

    std::filesystem::path folder_;
    asio::io_context loop_;
    std::optional<AuditLink> link_;
};

TEST_F(AuditLinkTest, RefusalsLeaveRoomForEverythingElse) {
    flood();
    EXPECT_LE(link_->waiting(), AuditLink::maximum_notes / 2);
    const auto lost = link_->lost();
    EXPECT_GT(lost, 0U);
    for (std::size_t i = 0; i < AuditLink::maximum_notes / 2; ++i) note_end("an end");
    note_end("too many even of these");
    EXPECT_EQ(link_->lost(), lost + 1);
}

TEST_F(AuditLinkTest, TheJournalItselfSaysHowManyWereLost) {
    flood();
    const auto lost = link_->lost();
    ASSERT_GT(lost, 0U);
    note_end("an end");
    FakeJournal journal(folder_ / "audit.sock");
    spawn(loop_.get_executor(), link_->run(), "the audit journal");
    come(journal, "an end");
    const auto record = come(journal, "records lost");
    EXPECT_EQ(record.action, journal::Action::fault);
    EXPECT_EQ(record.outcome, journal::Outcome::failed);
    EXPECT_EQ(record.who, "shoji-gateway");
    EXPECT_EQ(record.what, "records lost: " + std::to_string(lost));
    note_end("a later end");
    come(journal, "a later end");
    std::size_t told = 0;
    for (const auto& entry : journal.records())
        told += entry.action == journal::Action::fault && entry.what.starts_with("records lost");
    EXPECT_EQ(told, 1U) << "once is enough";
}

TEST_F(AuditLinkTest, ALossIsToldOnlyWhenTheJournalHasRoom) {
    FakeJournal journal(folder_ / "audit.sock");
    journal.answer_with(journal::Acknowledgement::full);
    flood();
    const auto lost = link_->lost();
    spawn(loop_.get_executor(), link_->run(), "the audit journal");
    while (!link_->full()) loop_.run_for(10ms);
    EXPECT_TRUE(journal.records().empty());
    journal.answer_with(journal::Acknowledgement::written);
    note_end("an end");
    EXPECT_EQ(come(journal, "records lost").what, "records lost: " + std::to_string(lost));
}

}  // namespace
}  // namespace shoji::gateway::testing
