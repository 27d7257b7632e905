#include "watch/sensor/journal_entries.h"

#include <vector>

#include <gtest/gtest.h>

namespace shoji::sensor {
namespace {

using namespace std::string_literals;

std::vector<JournalEntry> entries_of(JournalEntries& reader, std::string_view bytes) {
    std::vector<JournalEntry> all;
    reader.add(bytes, [&](const JournalEntry& entry) { all.push_back(entry); });
    return all;
}

const std::string one =
    "__CURSOR=s=1;i=2\n__REALTIME_TIMESTAMP=1700000000123456\n_UID=0\n_PID=77\nSYSLOG_PID=99\n"
    "_EXE=/usr/sbin/sshd\nSYSLOG_IDENTIFIER=sshd\nSYSLOG_FACILITY=10\nMESSAGE=a = b\n\n";

TEST(JournalEntries, FieldsOfAnEntryInWhateverPieces) {
    for (std::size_t piece = 1; piece < one.size(); piece += 7) {
        JournalEntries reader;
        std::vector<JournalEntry> all;
        for (std::size_t at = 0; at < one.size(); at += piece) {
            for (const auto& entry : entries_of(reader, std::string_view(one).substr(at, piece))) {
                all.push_back(entry);
            }
        }
        ASSERT_EQ(all.size(), 1U);
        EXPECT_EQ(all[0], (JournalEntry{1'700'000'000'123'456'000, "sshd", "10", "77", "0",
                                        "/usr/sbin/sshd", "a = b", "s=1;i=2"}));
    }
}

TEST(JournalEntries, AValueOfSeveralLinesHasItsLengthBeforeIt) {
    JournalEntries reader;
    const auto all =
        entries_of(reader, "MESSAGE\n\x0e\0\0\0\0\0\0\0two\n\nlines = x\n_PID=5\n\n"s + one);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].message, "two\n\nlines = x");
    EXPECT_EQ(all[0].process, "5");
    EXPECT_EQ(reader.damages(), 0U);
}

// Bytes of a message, which anybody can choose, are none of another entry's.
TEST(JournalEntries, WhatAStreamHasOfAnEntryIsForgottenWithIt) {
    const auto cut = "_UID=0\n_EXE=/usr/sbin/sshd\nMESSAGE\n\xff\0\0\0\0\0\0\0half of it"s;
    for (std::size_t size = 1; size <= cut.size(); ++size) {
        JournalEntries reader;
        EXPECT_TRUE(entries_of(reader, cut.substr(0, size)).empty());
        reader.begin_anew();
        const auto all = entries_of(reader, "MESSAGE=next\n\n");
        ASSERT_EQ(all.size(), 1U);
        EXPECT_EQ(all[0], (JournalEntry{0, "", "", "", "", "", "next", ""}));
        EXPECT_EQ(reader.damages(), 0U);
    }
}

TEST(JournalEntries, LongValuesAreCut) {
    JournalEntries reader;
    const auto all = entries_of(reader, "MESSAGE=" + std::string(100'000, 'x') + "\n\n" + one);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].message.size(), JournalEntries::longest);
}

TEST(JournalEntries, AfterWhatIsNoneTheNextEntryIsRead) {
    JournalEntries reader;
    const auto all = entries_of(
        reader, "MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xff garbage\nMESSAGE=forged\n\n" + one);
    ASSERT_EQ(all.size(), 1U);
    EXPECT_EQ(all[0].message, "a = b");
    EXPECT_EQ(reader.damages(), 1U);
}

}  // namespace
}  // namespace shoji::sensor
