#include "screen/egress/report_book.h"

#include "screen/egress/expiry.h"

#include <limits>

#include <gtest/gtest.h>

namespace shoji::egress {
namespace {

using control::RefusalReason;
using control::Scheme;

TEST(ReportBook, MergesTheSame) {
    ReportBook book;
    EXPECT_EQ(book.front(), nullptr);
    for (int i = 0; i < 3; ++i) {
        book.note(RefusalReason::not_listed, Scheme::https, "a.example", 443);
    }
    book.note(RefusalReason::not_listed, Scheme::https, "a.example", 444);
    book.note(RefusalReason::not_listed, Scheme::http, "a.example", 443);
    book.note(RefusalReason::unreachable, Scheme::https, "a.example", 443);
    book.note(RefusalReason::not_listed, Scheme::https, "a.example", 443);
    ASSERT_NE(book.front(), nullptr);
    EXPECT_EQ(*book.front(),
              (control::Refused{RefusalReason::not_listed, Scheme::https, "a.example", 443, 4}));
    for (int i = 0; i < 4; ++i) book.pop();
    EXPECT_EQ(book.front(), nullptr);
    EXPECT_EQ(book.refusals(), 7U);
    EXPECT_EQ(book.lost(), 0U);
}

TEST(ReportBook, CountsWhatFindsNoRoom) {
    ReportBook book;
    for (std::size_t i = 0; i < ReportBook::maximum_entries + 10; ++i) {
        book.note(RefusalReason::not_listed, Scheme::https, "a.example",
                  static_cast<std::uint16_t>(i + 1));
    }
    book.note(RefusalReason::not_listed, Scheme::https, "a.example", 1);
    EXPECT_EQ(book.lost(), 10U);
    EXPECT_EQ(book.front()->times, 2U);
    book.pop();
    book.note(RefusalReason::not_listed, Scheme::https, "b.example", 1);
    EXPECT_EQ(book.lost(), 10U);
}

TEST(Expiry, EndsByWhicheverClockComesFirst) {
    const Expiry expiry(1000, 900, 50);
    EXPECT_FALSE(expiry.has_passed(900, 50));
    EXPECT_FALSE(expiry.has_passed(999, 149));
    EXPECT_TRUE(expiry.has_passed(1000, 60));
    // The wall clock was set back: the running clock still ends it.
    EXPECT_TRUE(expiry.has_passed(500, 151));
    EXPECT_FALSE(expiry.has_passed(500, 150));
}

TEST(Expiry, ThePastAndNever) {
    EXPECT_TRUE(Expiry(1000, 1000, 50).has_passed(1000, 50));
    EXPECT_TRUE(Expiry(1, 1000, 50).has_passed(1000, 50));
    // Set back after it had ended: it stays so.
    EXPECT_TRUE(Expiry(1, 1000, 50).has_passed(0, 51));
    EXPECT_FALSE(Expiry(0, 1000, 50)
                     .has_passed(std::numeric_limits<std::uint64_t>::max(),
                                 std::numeric_limits<std::uint64_t>::max()));
    EXPECT_FALSE(Expiry(std::numeric_limits<std::uint64_t>::max(), 1000, 50).has_passed(2000, 90));
}

}  // namespace
}  // namespace shoji::egress
