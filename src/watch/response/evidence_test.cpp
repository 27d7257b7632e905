#include "watch/response/evidence.h"

#include "watch/response/small_file.h"
#include "watch/response/tar.h"

#include <algorithm>
#include <filesystem>
#include <random>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;

using ::testing::HasSubstr;

std::vector<std::uint8_t> tar_of(const std::vector<std::pair<std::string, std::string>>& members) {
    std::vector<std::uint8_t> bytes;
    const auto append = [&](const auto& more) {
        bytes.insert(bytes.end(), more.begin(), more.end());
    };
    for (const auto& [name, content] : members) {
        append(tar_header(name, content.size(), 1));
        append(content);
        append(tar_padding(content.size()));
    }
    append(tar_end());
    return bytes;
}

std::vector<std::pair<std::string, std::string>> read_tar(std::span<const std::uint8_t> bytes,
                                                          std::size_t piece) {
    std::vector<std::pair<std::string, std::string>> members;
    TarReader reader({[&](const std::string& name, std::uint64_t) -> base::Result<void> {
                          members.emplace_back(name, "");
                          return {};
                      },
                      [&](std::span<const std::uint8_t> part) -> base::Result<void> {
                          members.back().second.append(part.begin(), part.end());
                          return {};
                      },
                      []() -> base::Result<void> { return {}; }});
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        if (!reader.read(bytes.subspan(at, std::min(piece, bytes.size() - at)))) return {};
    }
    if (!reader.finished()) return {};
    return members;
}

TEST(Tar, ReadsWhatItWrites) {
    std::mt19937 random(7);
    for (int round = 0; round < 50; ++round) {
        std::vector<std::pair<std::string, std::string>> members;
        for (std::size_t i = 0; i < random() % 6; ++i) {
            members.emplace_back("n" + std::string(random() % 300, 'x'),
                                 std::string(random() % 2000, 'c'));
        }
        const auto bytes = tar_of(members);
        EXPECT_EQ(read_tar(bytes, 1 + random() % 1500), members);
    }
}

TEST(Tar, RefusesWhatIsCutOrChanged) {
    const std::vector<std::pair<std::string, std::string>> members{{"a", "hello"},
                                                                   {std::string(150, 'l'), "x"}};
    const auto bytes = tar_of(members);
    ASSERT_EQ(read_tar(bytes, 512), members);
    for (std::size_t length = 0; length < bytes.size(); length += 64) {
        EXPECT_NE(read_tar(std::span(bytes).first(length), 512), members) << length;
    }
    auto changed = bytes;
    changed[0] ^= 1U;
    EXPECT_TRUE(read_tar(changed, 512).empty());
}

class EvidenceTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = "/tmp/shoji-evidence-test.XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        ASSERT_TRUE(replace_file(folder_ / "note", std::string(100000, 'n'), 0600));
        request_.host = "terminal-1";
        request_.reason = "a test";
        request_.by = "hanako";
        request_.time = 1790000000;
        request_.files = {folder_ / "note", folder_ / "missing"};
    }
    void TearDown() override { fs::remove_all(folder_); }

    [[nodiscard]] fs::path archive() const { return folder_ / "evidence.tar.zst"; }
    static const EvidenceMember* find(const Evidence& evidence, std::string_view name) {
        const auto found = std::ranges::find(evidence.members, name, &EvidenceMember::name);
        return found == evidence.members.end() ? nullptr : &*found;
    }

    fs::path folder_;
    EvidenceRequest request_;
    journal::SigningKey key_ = journal::SigningKey::generate();
};

TEST_F(EvidenceTest, CollectsFilesAndProcessesSigned) {
    const auto collected = collect_evidence(request_, archive(), key_);
    ASSERT_TRUE(collected) << collected.error().message;
    const auto verified = verify_evidence(archive(), key_.public_key());
    ASSERT_TRUE(verified) << verified.error().message;
    EXPECT_EQ(verified->members, collected->members);
    EXPECT_EQ(verified->omissions, collected->omissions);
    const auto* note = find(*verified, "files" + (folder_ / "note").native());
    ASSERT_NE(note, nullptr);
    EXPECT_EQ(note->digest, journal::digest_of(std::string(100000, 'n')));
    EXPECT_NE(find(*verified, "processes.tsv"), nullptr);
    ASSERT_EQ(verified->omissions.size(), 1U);
    EXPECT_THAT(verified->omissions[0], HasSubstr("missing: "));
    EXPECT_EQ(fs::status(archive()).permissions(), fs::perms(0600));
    EXPECT_FALSE(collect_evidence(request_, archive(), key_)) << "never over another one";
}

TEST_F(EvidenceTest, TakesTheMemoryOfAProcessWithinItsLimit) {
    const std::string secret = "what only memory holds";
    const pid_t child = ::fork();
    if (child == 0) {
        while (!secret.empty()) ::pause();
        ::_exit(0);
    }
    request_.process = read_process(child).value().id;
    request_.memory = true;
    const auto collected = collect_evidence(request_, archive(), key_);
    ASSERT_TRUE(collected) << collected.error().message;
    const std::string into = fmt::format("process/{}/", child);
    EXPECT_NE(find(*collected, into + "maps"), nullptr);
    EXPECT_NE(find(*collected, into + "program"), nullptr);
    const auto memory = std::ranges::count_if(collected->members, [&](const EvidenceMember& one) {
        return one.name.starts_with(into + "memory/");
    });
    EXPECT_GT(memory, 5);
    EXPECT_TRUE(verify_evidence(archive(), key_.public_key()));

    fs::remove(archive());
    request_.limits.memory_bytes = 1;
    const auto limited = collect_evidence(request_, archive(), key_);
    ASSERT_TRUE(limited);
    EXPECT_THAT(limited->omissions,
                ::testing::Contains(HasSubstr("the limit of memory is reached")));
    ++request_.process->start;
    EXPECT_EQ(collect_evidence(request_, folder_ / "other", key_).error().kind,
              base::ErrorKind::not_found);
    EXPECT_FALSE(fs::exists(folder_ / "other"));
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
}

TEST_F(EvidenceTest, LimitsTheSizeOfAFileAndSaysSo) {
    request_.limits.file_bytes = 1000;
    const auto collected = collect_evidence(request_, archive(), key_);
    ASSERT_TRUE(collected);
    EXPECT_EQ(find(*collected, "files" + (folder_ / "note").native())->size, 1000U);
    EXPECT_THAT(collected->omissions,
                ::testing::Contains(HasSubstr("the first 1000 bytes of 100000")));
}

TEST_F(EvidenceTest, PlansWithoutWriting) {
    const auto plan = plan_evidence(request_);
    ASSERT_TRUE(plan);
    EXPECT_NE(find(*plan, "files" + (folder_ / "note").native()), nullptr);
    EXPECT_FALSE(fs::exists(archive()));
}

bool same_members(const Evidence& one, const Evidence& other) {
    return std::ranges::equal(one.members, other.members, [](const auto& a, const auto& b) {
        return a.name == b.name && a.size == b.size && a.digest == b.digest;
    });
}

TEST_F(EvidenceTest, TellsWhatWasChanged) {
    ASSERT_TRUE(collect_evidence(request_, archive(), key_));
    const auto whole = read_small_file(archive(), 64U << 20U).value();
    EXPECT_FALSE(verify_evidence(archive(), journal::SigningKey::generate().public_key()));
    const auto whole_evidence = verify_evidence(archive(), key_.public_key());
    ASSERT_TRUE(whole_evidence);
    int same = 0;
    const std::size_t step = std::max<std::size_t>(whole.size() / 40, 1);
    for (std::size_t at = 0; at < whole.size(); at += step) {
        auto changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 0x10);
        ASSERT_TRUE(replace_file(archive(), changed, 0600));
        // A copy of zeros from elsewhere is the same zeros: such a change reaches the compressed
        // form alone.
        const auto verified = verify_evidence(archive(), key_.public_key());
        EXPECT_TRUE(!verified || same_members(*verified, *whole_evidence)) << at;
        same += verified ? 1 : 0;
        ASSERT_TRUE(replace_file(archive(), whole.substr(0, at), 0600));
        EXPECT_FALSE(verify_evidence(archive(), key_.public_key())) << at;
    }
    EXPECT_LT(same, 5) << "of 40 changes";
    ASSERT_TRUE(replace_file(archive(), whole + whole, 0600));
    EXPECT_FALSE(verify_evidence(archive(), key_.public_key()));
    EXPECT_FALSE(verify_evidence(folder_ / "none", key_.public_key()));
}

}  // namespace
}  // namespace shoji::response
