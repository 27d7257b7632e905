// A disk of its own, small and full. Needs root: it mounts one, in a child whose mounts nobody else
// sees and which go with it.
#include "core/audit/journal_fixture_test.h"
#include "core/audit/writer.h"

#include <algorithm>

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/wait.h>

namespace shoji::audit {
namespace {

using journal::Acknowledgement;
using journal::Action;
using journal::Outcome;

class FullDiskTest : public JournalFixture {
  protected:
    // Runs `body` in a child with a file system of so many bytes at folder_.
    template <class Body>
    int on_small_disk(std::uint64_t bytes, Body body) {
        const pid_t child = ::fork();
        if (child == 0) {
            const std::string size = fmt::format("size={}", bytes);
            const bool mounted =
                ::unshare(CLONE_NEWNS) == 0 &&
                ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                ::mount("none", folder_.c_str(), "tmpfs", 0, size.c_str()) == 0 &&
                key_.save(folder_ / journal::signing_key_file);
            if (mounted) body();
            ::_exit(mounted && !HasFailure() ? 0 : 1);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return status;
    }

    // How many records of that kind are taken until one is not.
    static std::size_t fill(Writer& writer, Action action, Acknowledgement& last) {
        const std::vector<journal::Submitted> records{
            {1001, {action, Outcome::allowed, "user", "terminal", std::string(400, 'x'), ""}}};
        for (std::size_t written = 0;; ++written) {
            last = writer.append(records).front();
            if (last != Acknowledgement::written) return written;
        }
    }

    void use_up(const std::filesystem::path& file) const {
        const base::FileDescriptor filler(
            ::open((folder_ / file).c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
        const std::string block(4096, 'x');
        while (::write(filler.get(), block.data(), block.size()) > 0) continue;
    }
};

TEST_F(FullDiskTest, KeepsTheLastSpaceForEndings) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting a small disk needs root";
    EXPECT_EQ(on_small_disk(4 << 20,
                            [&] {
                                auto writer = open();
                                ASSERT_TRUE(writer) << writer.error().message;
                                use_up("filler");
                                Acknowledgement last{};
                                // What is reserved can be written although the disk is full.
                                EXPECT_GT(fill(*writer, Action::session_start, last), 500U);
                                EXPECT_EQ(last, Acknowledgement::full);
                                EXPECT_GT(fill(*writer, Action::session_end, last), 100U);
                                EXPECT_EQ(last, Acknowledgement::full);
                                EXPECT_TRUE(writer->sign());
                                EXPECT_EQ(verify(), std::nullopt);

                                std::filesystem::remove(folder_ / "filler");
                                EXPECT_GT(fill(*writer, Action::session_start, last), 500U);
                                EXPECT_TRUE(writer->close());
                                EXPECT_EQ(verify(), std::nullopt);
                                const auto words = content();
                                const auto told = [&](std::string_view event) {
                                    return std::ranges::count_if(words,
                                                                 [&](const std::string& word) {
                                                                     return word.starts_with(event);
                                                                 });
                                };
                                EXPECT_EQ(told("space_short"), 2);
                                EXPECT_EQ(told("space_back"), 1);
                            }),
              0);
}

TEST_F(FullDiskTest, StartsOnAFullDiskAndSaysSo) {
    if (::geteuid() != 0) GTEST_SKIP() << "mounting a small disk needs root";
    EXPECT_EQ(on_small_disk(1 << 18,
                            [&] {
                                use_up("filler");
                                auto writer = open();
                                if (!writer) {
                                    EXPECT_EQ(writer.error().kind, base::ErrorKind::full)
                                        << writer.error().message;
                                    return;
                                }
                                const std::vector records{record(1)};
                                EXPECT_EQ(writer->append(records).front(), Acknowledgement::full);
                            }),
              0);
}

}  // namespace
}  // namespace shoji::audit
