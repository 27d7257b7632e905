#include "watch/response/quarantine_fixture_test.h"

#include <atomic>
#include <thread>

#include <gmock/gmock.h>

namespace shoji::response {
namespace {

TEST(QuarantinedFile, IsWrittenAndReadBack) {
    QuarantinedFile file;
    file.id = "00112233445566778899aabbccddeeff";
    file.path = "/tmp/a\nb \xff";
    file.digest = journal::digest_of("x");
    file.size = 5;
    file.links = 2;
    file.file = {7, 8};
    file.owner = 1000;
    file.mode = 04755;
    file.times = {1, 2, -3, 4};
    file.attributes = {{"user.a", std::string("\0b", 2)}, {"user.empty", ""}};
    file.handle_kind = 129;
    file.handle = "handle";
    const auto text = to_text(file);
    EXPECT_EQ(parse_quarantined(text).value(), file);
    for (std::size_t length = 0; length < text.size(); ++length) {
        const auto cut = parse_quarantined(std::string_view(text).substr(0, length));
        EXPECT_TRUE(!cut || *cut != file) << length;
    }
    EXPECT_FALSE(parse_quarantined(std::string(70000, 'x')));
    auto before = text;
    before.replace(before.find("quarantine 2"), 12, "quarantine 1");
    before.erase(before.find("step "), before.find("attribute ") - before.find("step "));
    EXPECT_EQ(parse_quarantined(before).value(), file) << "as an earlier version wrote it";
}

TEST_F(QuarantineTest, TakesAFileAndPutsItBackAsItWas) {
    const std::array<timespec, 2> times{timespec{1000, 5}, timespec{2000, 6}};
    ASSERT_EQ(::setxattr(path_.c_str(), "user.note", "kept", 4, 0), 0)
        << "needs a file system with attributes";
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(path_.c_str(), 12, 34), 0);
    }
    for (const std::size_t size :
         {std::size_t{0}, std::size_t{1}, std::size_t{65536}, std::size_t{65537}}) {
        fs::resize_file(path_, size);
        ::chmod(path_.c_str(), 04755);
        ::utimensat(AT_FDCWD, path_.c_str(), times.data(), 0);
        const auto before = snapshot();
        const auto taken = vault().take(path_, {});
        ASSERT_TRUE(taken) << taken.error().message;
        EXPECT_EQ(taken->links, 1U);
        EXPECT_TRUE(fs::is_empty(folder_ / "here"));
        const auto listed = vault().list()->files;
        ASSERT_EQ(listed.size(), 1U);
        EXPECT_EQ(listed[0].id, taken->id);
        EXPECT_EQ(listed[0].digest, taken->digest);
        const auto restored = vault().restore(taken->id);
        ASSERT_TRUE(restored) << restored.error().message;
        EXPECT_EQ(snapshot(), before);
        EXPECT_TRUE(vault().list()->files.empty());
    }
}

TEST_F(QuarantineTest, KeepsItEncryptedAndForRootAlone) {
    const auto taken = vault().take(path_, {});
    ASSERT_TRUE(taken) << taken.error().message;
    for (const auto& entry : fs::directory_iterator(folder_ / "vault")) {
        EXPECT_EQ(entry.status().permissions(), fs::perms(0600)) << entry.path();
        const auto text = read_small_file(entry.path(), 1U << 20U).value();
        EXPECT_EQ(text.find("eeee"), std::string::npos) << entry.path();
    }
    fs::permissions(folder_ / "vault/vault.key", fs::perms(0640));
    EXPECT_FALSE(Vault::open(folder_ / "vault"));
    fs::permissions(folder_ / "vault/vault.key", fs::perms(0600));
    fs::permissions(folder_ / "vault", fs::perms(0755));
    EXPECT_FALSE(Vault::open(folder_ / "vault"));
}

TEST_F(QuarantineTest, LookingChangesNothing) {
    const auto before = snapshot();
    const auto seen = vault().look(path_, {});
    ASSERT_TRUE(seen) << seen.error().message;
    EXPECT_EQ(seen->size, 200003U);
    EXPECT_EQ(snapshot(), before);
}

TEST_F(QuarantineTest, CountsHardLinksAndJoinsTheNameToThemAgain) {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    fs::create_hard_link(path_, folder_ / "here/other");
    const auto before = snapshot();
    const auto taken = vault().take(path_, {});
    ASSERT_TRUE(taken) << taken.error().message;
    EXPECT_EQ(taken->links, 2U);
    EXPECT_EQ(fs::status(folder_ / "here/other").permissions(), fs::perms::none);
    EXPECT_EQ(fs::file_size(folder_ / "here/other"), 0U) << "its owner can give it a mode again";
    const auto restored = vault().restore(taken->id);
    ASSERT_TRUE(restored) << restored.error().message;
    EXPECT_TRUE(restored->joined);
    EXPECT_EQ(snapshot(), before);
    // Where somebody wrote into another name meanwhile, that stays; and it is told.
    const auto again = vault().take(path_, {});
    ASSERT_TRUE(again) << again.error().message;
    ASSERT_TRUE(replace_file(folder_ / "here/other", "another", 0600));
    fs::create_hard_link(folder_ / "here/other", folder_ / "here/third");
    const auto apart = vault().restore(again->id);
    ASSERT_TRUE(apart) << apart.error().message;
    EXPECT_FALSE(apart->joined);
    EXPECT_EQ(read_small_file(folder_ / "here/other", 100).value(), "another");
    EXPECT_EQ(fs::file_size(path_), 200003U);
}

TEST_F(QuarantineTest, FollowsNoSymbolicLink) {
    fs::create_symlink(path_, folder_ / "here/link");
    fs::create_directory_symlink(folder_ / "here", folder_ / "way");
    const auto before = snapshot();
    EXPECT_FALSE(vault().take(folder_ / "here/link", {}));
    const auto through = vault().take(folder_ / "way/evil", {});
    ASSERT_FALSE(through);
    EXPECT_EQ(through.error().key, "response.symbolic_link");
    for (const auto* wrong : {"evil", "", "/", "/tmp/..", "/tmp/."})
        EXPECT_FALSE(vault().take(wrong, {})) << wrong;
    EXPECT_EQ(vault().take(path_ + "x", {}).error().kind, base::ErrorKind::not_found);
    ::mkfifo((folder_ / "here/pipe").c_str(), 0600);
    EXPECT_FALSE(vault().take(folder_ / "here/pipe", {}));
    ::unlink((folder_ / "here/pipe").c_str());
    EXPECT_EQ(snapshot(), before);
    EXPECT_TRUE(vault().list()->files.empty());
}

TEST_F(QuarantineTest, LeavesProtectedFilesAndOtherContentAlone) {
    const auto before = snapshot();
    struct stat state {};
    ASSERT_EQ(::stat(path_.c_str(), &state), 0);
    const auto refused = vault().take(path_, {{state.st_dev, state.st_ino}});
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().kind, base::ErrorKind::denied);
    EXPECT_FALSE(vault().take(path_, {}, journal::digest_of("something else")));
    EXPECT_EQ(snapshot(), before);
    EXPECT_TRUE(vault().list()->files.empty());
}

TEST_F(QuarantineTest, RestoresOverNothing) {
    const auto taken = vault().take(path_, {});
    ASSERT_TRUE(taken);
    write("new");
    const auto before = snapshot();
    EXPECT_EQ(vault().restore(taken->id).error().kind, base::ErrorKind::exists);
    EXPECT_EQ(snapshot(), before);
    fs::remove(path_);
    EXPECT_TRUE(vault().restore(taken->id));
    EXPECT_FALSE(vault().restore(taken->id));
    EXPECT_FALSE(vault().restore("../../etc/passwd"));
}

TEST_F(QuarantineTest, TellsADamagedItem) {
    const auto taken = vault().take(path_, {});
    ASSERT_TRUE(taken);
    const auto item = folder_ / "vault" / (taken->id + ".item");
    const auto whole = read_small_file(item, 1U << 20U).value();
    for (const std::size_t at :
         {std::size_t{0}, std::size_t{10}, std::size_t{40}, whole.size() - 1}) {
        auto damaged = whole;
        damaged[at] = static_cast<char>(damaged[at] ^ 1);
        ASSERT_TRUE(replace_file(item, damaged, 0600));
        EXPECT_EQ(vault().restore(taken->id).error().kind, base::ErrorKind::corrupt) << at;
    }
    for (const std::size_t size : {std::size_t{0}, std::size_t{32}, std::size_t{65585}}) {
        ASSERT_TRUE(replace_file(item, whole.substr(0, size), 0600));
        EXPECT_FALSE(vault().restore(taken->id)) << size;
    }
    EXPECT_TRUE(fs::is_empty(folder_ / "here"));
    ASSERT_TRUE(replace_file(item, whole, 0600));
    EXPECT_TRUE(vault().restore(taken->id));
}

// Somebody changes what the name means all the time: whatever is taken is what was looked at, and
// nothing is lost.
TEST_F(QuarantineTest, TakesNoOtherFileThanItLookedAt) {
    std::atomic<bool> over = false;
    const std::string good = folder_ / "here/good";
    std::thread swapping([&] {
        while (!over) {
            (void)::renameat2(AT_FDCWD, path_.c_str(), AT_FDCWD, good.c_str(), RENAME_EXCHANGE);
        }
    });
    ASSERT_TRUE(replace_file(good, "good", 0600));
    const auto evil = journal::digest_of(std::string(200000, 'e') + "end");
    std::size_t taken = 0;
    constexpr int tries = 200;
    for (int i = 0; i < tries; ++i) {
        const auto result = vault().take(path_, {}, evil);
        if (!result) continue;
        ++taken;
        EXPECT_EQ(result->digest, evil);
        break;
    }
    over = true;
    swapping.join();
    // The good one is there under either name, or under the one that was put aside.
    std::size_t good_ones = 0;
    for (const auto& entry : fs::directory_iterator(folder_ / "here")) {
        good_ones += read_small_file(entry.path(), 1U << 20U).value() == "good" ? 1 : 0;
    }
    EXPECT_EQ(good_ones, 1U);
    EXPECT_EQ(vault().list()->files.size(), taken);
}

}  // namespace
}  // namespace shoji::response
