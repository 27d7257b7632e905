#include "core/journal/entry.h"

#include "core/journal/line_splitter.h"
#include "core/journal/sample_test.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>

namespace shoji::journal {
namespace {

std::string_view without_feed(const Line& line) {
    return std::string_view(line.text).substr(0, line.text.size() - 1);
}

TEST(Entry, HasOneExactSpelling) {
    const Stamp stamp = sample_stamp(2, digest_of("one"));
    EXPECT_EQ(
        make_line(stamp, Submitted{1001, sample_record(1)}).text,
        "{\"sequence\":2,\"previous\":"
        "\"7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed\",\"time\":\"2026-07-"
        "01T00:00:02.469134Z\",\"boot\":\"aabb0000000000000000000000000000\",\"uptime\":7469134,"
        "\"kind\":\"record\",\"sender\":1001,\"action\":\"sign_in\",\"outcome\":\"refused\","
        "\"who\":"
        "\"職員1\",\"terminal\":\"terminal-7 (lgwan)\",\"what\":\"demo \\\"見本\\\" "
        "\\\\\",\"reason\":\"route:staff-demo\",\"hash\":"
        "\"5b1d43be7846ef8264f090159da2451309d31dd0dbf88457dfa6300b0946deef\"}\n");
}

TEST(Entry, RoundTrips) {
    const SigningKey key = SigningKey::generate();
    for (const Line& line : sample_journal(key, 40, 7)) {
        const auto parsed = parse_line(without_feed(line));
        ASSERT_TRUE(parsed) << line.text;
        EXPECT_EQ(parsed->digest, line.digest);
        if (const auto* submitted = std::get_if<Submitted>(&parsed->entry.body)) {
            EXPECT_EQ(make_line(parsed->entry.stamp, *submitted).text, line.text);
        }
        const bool checkpoint = std::holds_alternative<Checkpoint>(parsed->entry.body);
        EXPECT_EQ(signature_holds(*parsed, key.public_key()), checkpoint);
        EXPECT_FALSE(signature_holds(*parsed, SigningKey::generate().public_key()));
    }
}

TEST(Entry, RefusesEveryFlippedBitEveryTruncationAndAddition) {
    const SigningKey key = SigningKey::generate();
    for (const Line& line : sample_journal(key, 1, 1)) {
        const std::string text(without_feed(line));
        for (std::size_t i = 0; i < text.size(); ++i) {
            for (unsigned bit = 0; bit < 8; ++bit) {
                std::string changed = text;
                changed[i] = static_cast<char>(static_cast<unsigned char>(changed[i]) ^ 1U << bit);
                ASSERT_FALSE(parse_line(changed)) << changed;
            }
            ASSERT_FALSE(parse_line(text.substr(0, i)));
        }
        EXPECT_FALSE(parse_line(text + " "));
        EXPECT_FALSE(parse_line(" " + text));
    }
}

TEST(Entry, RefusesAnotherSpellingThatHashesRight) {
    const Line line = make_line(sample_stamp(2, {}), Notice{Event::opened, "x"});
    const auto respelt = [&](std::string_view from, std::string_view to) {
        std::string text = line.text.substr(0, line.text.find(",\"hash\""));
        text.replace(text.find(from), from.size(), to);
        const Digest digest = digest_of(text);
        text += ",\"hash\":\"";
        for (const auto byte : digest) text += fmt::format("{:02x}", byte);
        return text + "\"}";
    };
    EXPECT_TRUE(parse_line(respelt("\"x\"", "\"y\"")));
    EXPECT_FALSE(parse_line(respelt("\"x\"", "\"\\x\"")));
    EXPECT_FALSE(parse_line(respelt("\"sequence\":2", "\"sequence\":02")));
    EXPECT_FALSE(parse_line(respelt("\"x\"", "\"\t\"")));
    EXPECT_FALSE(parse_line(respelt("2026-07-01", "2026-02-30")));
    EXPECT_FALSE(parse_line(respelt("T00:", "T24:")));
    EXPECT_FALSE(parse_line(respelt("opened", "opener")));
    EXPECT_FALSE(parse_line(respelt("\"x\"", "\"" + std::string(513, 'x') + "\"")));
}

TEST(LineSplitter, JoinsWhatComesInPieces) {
    LineSplitter splitter;
    std::vector<std::string> lines;
    const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
    splitter.feed("a", keep);
    splitter.feed("b\n\nc\nd", keep);
    EXPECT_EQ(lines, (std::vector<std::string>{"ab", "", "c"}));
    EXPECT_EQ(splitter.rest(), "d");
}

TEST(LineSplitter, BoundsALineWithoutEnd) {
    LineSplitter splitter;
    std::size_t longest = 0;
    const auto measure = [&](std::string_view line) { longest = line.size(); };
    for (int i = 0; i < 100; ++i) splitter.feed(std::string(1000, 'x'), measure);
    EXPECT_EQ(splitter.rest().size(), maximum_line);
    splitter.feed("\n", measure);
    EXPECT_EQ(longest, maximum_line);
}

TEST(SigningKey, IsKeptForItsOwnerAlone) {
    const std::filesystem::path path =
        std::filesystem::path(testing::TempDir()) / fmt::format("signing-{}.key", ::getpid());
    const SigningKey key = SigningKey::generate();
    ASSERT_TRUE(key.save(path));
    EXPECT_FALSE(key.save(path));  // never overwritten
    struct stat state {};
    ASSERT_EQ(::stat(path.c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777U, 0600U);
    const auto loaded = SigningKey::load(path);
    ASSERT_TRUE(loaded) << loaded.error().message;
    EXPECT_EQ(loaded->public_key(), key.public_key());
    EXPECT_TRUE(verify_signature(key.public_key(), "m", loaded->sign("m")));
    EXPECT_FALSE(verify_signature(key.public_key(), "n", loaded->sign("m")));
    ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
    EXPECT_FALSE(SigningKey::load(path));
    std::filesystem::remove(path);
    EXPECT_FALSE(SigningKey::load(path));
}

TEST(PublicKey, RoundTripsAsText) {
    const PublicKey key = SigningKey::generate().public_key();
    EXPECT_EQ(*public_key_from(to_text(key)), key);
    EXPECT_FALSE(public_key_from("ed25519 00"));
    EXPECT_FALSE(public_key_from(""));
    EXPECT_FALSE(public_key_from("rsa " + std::string(64, '0')));
}

}  // namespace
}  // namespace shoji::journal
