#include "core/journal/verifier.h"

#include "core/journal/sample_test.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace shoji::journal {
namespace {

class VerifierTest : public testing::Test {
  protected:
    std::optional<Finding> verify(const std::vector<Line>& lines) const {
        Verifier verifier(key_.public_key(), known_);
        for (const Line& line : lines) {
            verifier.take(std::string_view(line.text).substr(0, line.text.size() - 1));
        }
        verifier.finish("");
        return verifier.finding();
    }

    // The line `index` with another content, hashed right.
    static Line rewritten(const Line& line) {
        const auto parsed = parse_line(std::string_view(line.text).substr(0, line.text.size() - 1));
        return make_line(parsed->entry.stamp, Notice{Event::opened, "nothing happened"});
    }

    // All lines from `index` on chained anew, as one who has no key can.
    static void chain_anew(std::vector<Line>& lines, std::size_t index) {
        for (; index < lines.size(); ++index) {
            const std::string& text = lines[index].text;
            auto entry = parse_line(std::string_view(text).substr(0, text.size() - 1))->entry;
            entry.stamp.sequence = index + 1;
            entry.stamp.previous = index == 0 ? Digest{} : lines[index - 1].digest;
            if (const auto* notice = std::get_if<Notice>(&entry.body)) {
                lines[index] = make_line(entry.stamp, *notice);
            } else if (const auto* submitted = std::get_if<Submitted>(&entry.body)) {
                lines[index] = make_line(entry.stamp, *submitted);
            } else {
                lines[index] = make_checkpoint(entry.stamp, SigningKey::generate());
            }
        }
    }

    static ParsedLine parsed(const Line& line) {
        return *parse_line(std::string_view(line.text).substr(0, line.text.size() - 1));
    }

    SigningKey key_ = SigningKey::generate();
    std::optional<ParsedLine> known_;
};

TEST_F(VerifierTest, FindsNothingInAWholeJournal) {
    for (std::size_t records = 0; records < 30; ++records) {
        EXPECT_EQ(verify(sample_journal(key_, records, 5)), std::nullopt);
    }
    EXPECT_EQ(verify({}), std::nullopt);
}

TEST_F(VerifierTest, NamesTheLineOfAnyFlippedByte) {
    const auto lines = sample_journal(key_, 8, 3);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (std::size_t at = 0; at + 1 < lines[i].text.size(); at += 3) {
            auto changed = lines;
            changed[i].text[at] = static_cast<char>(changed[i].text[at] ^ 1);
            ASSERT_EQ(verify(changed), (Finding{Trouble::altered, i + 1, i + 1}));
        }
    }
}

TEST_F(VerifierTest, NamesAnyRemovedLine) {
    const auto lines = sample_journal(key_, 12, 4);
    known_ = parsed(lines.back());
    for (std::size_t i = 0; i < lines.size(); ++i) {
        auto changed = lines;
        changed.erase(changed.begin() + static_cast<std::ptrdiff_t>(i));
        const Trouble trouble = i + 1 < lines.size() ? Trouble::missing : Trouble::cut;
        ASSERT_EQ(verify(changed), (Finding{trouble, i + 1, i + 1}));
    }
}

TEST_F(VerifierTest, NamesTheFirstOfAnyTwoSwappedLines) {
    const auto lines = sample_journal(key_, 8, 3);
    for (std::size_t i = 0; i < lines.size(); ++i) {
        for (std::size_t j = i + 1; j < lines.size(); ++j) {
            auto changed = lines;
            std::swap(changed[i], changed[j]);
            const auto finding = verify(changed);
            ASSERT_TRUE(finding);
            EXPECT_EQ(finding->trouble, Trouble::moved);
            EXPECT_EQ(finding->first, i + 1);
        }
    }
}

TEST_F(VerifierTest, NamesALineThatStandsTwice) {
    auto lines = sample_journal(key_, 8, 3);
    lines.insert(lines.begin() + 4, lines[2]);
    EXPECT_EQ(verify(lines), (Finding{Trouble::moved, 5, 5}));
}

TEST_F(VerifierTest, NamesALineRewrittenWithItsHash) {
    const auto lines = sample_journal(key_, 8, 3);
    for (std::size_t i = 0; i + 1 < lines.size(); ++i) {
        auto changed = lines;
        changed[i] = rewritten(lines[i]);
        const auto finding = verify(changed);
        ASSERT_TRUE(finding);
        EXPECT_EQ(*finding, (Finding{Trouble::altered, i + 1, i + 2}));
    }
}

TEST_F(VerifierTest, NamesTheSpanOfAChainForgedWithoutTheKey) {
    const auto lines = sample_journal(key_, 12, 4);  // checkpoints at 6, 11, 16 and 17
    for (std::size_t i = 0; i < lines.size() - 1; ++i) {
        if (std::holds_alternative<Checkpoint>(parsed(lines[i]).entry.body)) continue;
        auto changed = lines;
        changed[i] = rewritten(lines[i]);
        chain_anew(changed, i + 1);
        const auto finding = verify(changed);
        ASSERT_TRUE(finding);
        EXPECT_EQ(finding->trouble, Trouble::forged);
        EXPECT_LE(finding->first, i + 1);
        EXPECT_GE(finding->last, i + 1);
    }
}

TEST_F(VerifierTest, FindsThatCheckpointsAreGone) {
    auto lines = sample_journal(key_, 1100, 100);
    std::erase_if(lines, [](const Line& line) {
        return std::holds_alternative<Checkpoint>(parsed(line).entry.body);
    });
    chain_anew(lines, 0);
    EXPECT_EQ(verify(lines), (Finding{Trouble::not_signed, 1, 1025}));
}

TEST_F(VerifierTest, SeesACutTailOnlyAgainstAKnownCheckpoint) {
    auto lines = sample_journal(key_, 12, 4);
    const ParsedLine last = parsed(lines.back());
    lines.resize(9);
    EXPECT_EQ(verify(lines), std::nullopt);
    known_ = last;
    EXPECT_EQ(verify(lines), (Finding{Trouble::cut, 10, 17}));
}

TEST_F(VerifierTest, SeesAnotherHistorySignedWithTheKeyAgainstAKnownCheckpoint) {
    const auto lines = sample_journal(key_, 12, 4);
    known_ = parsed(lines.back());
    EXPECT_EQ(verify(lines), std::nullopt);
    EXPECT_EQ(verify(sample_journal(key_, 13, 5)), (Finding{Trouble::rewritten, 1, 17}));
}

TEST_F(VerifierTest, NamesALastLineWithoutEnd) {
    Verifier verifier(key_.public_key(), {});
    verifier.finish("{\"sequence\":1");
    EXPECT_EQ(verifier.finding(), (Finding{Trouble::incomplete, 1, 1}));
}

TEST_F(VerifierTest, CountsWhatItSaw) {
    Verifier verifier(key_.public_key(), {});
    for (const Line& line : sample_journal(key_, 12, 4)) {
        verifier.take(std::string_view(line.text).substr(0, line.text.size() - 1));
    }
    EXPECT_EQ(verifier.tally().lines, 17U);
    EXPECT_EQ(verifier.tally().records, 12U);
    EXPECT_EQ(verifier.tally().notices, 1U);
    EXPECT_EQ(verifier.tally().checkpoints, 4U);
    EXPECT_EQ(verifier.tally().last_signed, 17U);
}

}  // namespace
}  // namespace shoji::journal
