#include "screen/gateway/totp.h"

#include "screen/gateway/qr.h"

#include <vector>

#include <gtest/gtest.h>

namespace shoji::gateway {
namespace {

std::vector<std::uint8_t> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

const auto secret = bytes_of("12345678901234567890");

TEST(Totp, GivesTheCodesOfRfc4226) {
    // Appendix D.
    const std::vector<std::string> codes{"755224", "287082", "359152", "969429", "338314",
                                         "254676", "287922", "162583", "399871", "520489"};
    for (std::size_t i = 0; i < codes.size(); ++i) {
        EXPECT_EQ(totp_code(secret, static_cast<std::int64_t>(i)), codes[i]);
    }
}

TEST(Totp, GivesTheCodesOfRfc6238) {
    // Appendix B, SHA-1, the last six of its eight digits.
    const std::vector<std::pair<std::int64_t, std::string>> moments{
        {59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
        {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
    for (const auto& [moment, code] : moments) {
        EXPECT_EQ(totp_code(secret, totp_counter(moment)), code);
    }
}

TEST(Totp, AcceptsTheStepsBesideThePresentOne) {
    const std::int64_t now = 1'800'000'000;
    const std::int64_t counter = totp_counter(now);
    for (const std::int64_t near : {counter - 1, counter, counter + 1}) {
        EXPECT_EQ(matching_totp_counter(secret, totp_code(secret, near), now, 0), near);
    }
    EXPECT_FALSE(matching_totp_counter(secret, totp_code(secret, counter - 2), now, 0));
    EXPECT_FALSE(matching_totp_counter(secret, totp_code(secret, counter + 2), now, 0));
}

TEST(Totp, AcceptsNoCodeTwiceNorAnOlderOne) {
    const std::int64_t now = 1'800'000'000;
    const std::int64_t counter = totp_counter(now);
    EXPECT_FALSE(matching_totp_counter(secret, totp_code(secret, counter), now, counter));
    EXPECT_FALSE(matching_totp_counter(secret, totp_code(secret, counter - 1), now, counter));
    EXPECT_EQ(matching_totp_counter(secret, totp_code(secret, counter + 1), now, counter),
              counter + 1);
}

TEST(Totp, RefusesWhatIsNotSixDigits) {
    const std::int64_t now = 59;
    for (const std::string_view code : {"", "28708", "2870820", "28708a", "ABCDEF"}) {
        EXPECT_FALSE(matching_totp_counter(secret, code, now, 0)) << code;
    }
}

TEST(Base32, WritesWhatRfc4648Gives) {
    // Section 10, without padding.
    const std::vector<std::pair<std::string, std::string>> examples{{"", ""},
                                                                    {"f", "MY"},
                                                                    {"fo", "MZXQ"},
                                                                    {"foo", "MZXW6"},
                                                                    {"foob", "MZXW6YQ"},
                                                                    {"fooba", "MZXW6YTB"},
                                                                    {"foobar", "MZXW6YTBOI"}};
    for (const auto& [plain, encoded] : examples) EXPECT_EQ(base32(bytes_of(plain)), encoded);
}

TEST(TotpUri, IsWhatAuthenticatorsRead) {
    EXPECT_EQ(totp_uri("hanako", secret),
              "otpauth://totp/Shoji:hanako?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Shoji&"
              "algorithm=SHA1&digits=6&period=30");
}

TEST(Qr, IsASquareWithItsThreeCorners) {
    const auto rows = qr_rows(totp_uri("hanako", secret));
    ASSERT_TRUE(rows);
    for (const auto& row : *rows) EXPECT_EQ(row.size(), rows->size());
    // ISO/IEC 18004: finder patterns at three corners.
    EXPECT_EQ(rows->front().substr(0, 8), "11111110");
    EXPECT_EQ(rows->front().substr(rows->size() - 8), "01111111");
    EXPECT_EQ(rows->back().substr(0, 8), "11111110");
}

TEST(Totp, TellsAClockThatWasSetBackFromACodeThatWasUsed) {
    constexpr std::int64_t now = 1790000000;
    EXPECT_FALSE(clock_is_behind(now, 0));
    EXPECT_FALSE(clock_is_behind(now, totp_counter(now)));
    EXPECT_FALSE(clock_is_behind(now, totp_counter(now) + 1)) << "a phone that is fast";
    EXPECT_TRUE(clock_is_behind(now, totp_counter(now) + 2));
}

}  // namespace
}  // namespace shoji::gateway
