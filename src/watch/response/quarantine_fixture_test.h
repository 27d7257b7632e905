// A vault, and a folder with a file for it.
#pragma once

#include "core/base/random.h"
#include "watch/response/file_digest.h"
#include "watch/response/quarantine.h"
#include "watch/response/small_file.h"

#include <filesystem>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace shoji::response {

namespace fs = std::filesystem;

class QuarantineTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = "/tmp/shoji-quarantine-test.XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        fs::create_directory(folder_ / "here");
        path_ = folder_ / "here/evil";
        write(std::string(200000, 'e') + "end");
    }
    void TearDown() override { fs::remove_all(folder_); }

    void write(const std::string& text) const { ASSERT_TRUE(replace_file(path_, text, 0750)); }
    [[nodiscard]] Vault vault(VaultLimits limits = {}) const {
        return Vault::open(folder_ / "vault", limits).value();
    }
    // Without a trace of having read it.
    static std::string digest(const fs::path& path) {
        const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOATIME | O_CLOEXEC));
        return base::to_hex(digest_of_file(file.get()).value());
    }
    // What can be seen of all files of the folder, but when they were changed.
    [[nodiscard]] std::string snapshot() const {
        std::string text;
        for (const auto& entry : fs::recursive_directory_iterator(folder_ / "here")) {
            struct stat state {};
            ::lstat(entry.path().c_str(), &state);
            std::array<char, 100> attribute{};
            const auto length =
                ::lgetxattr(entry.path().c_str(), "user.note", attribute.data(), attribute.size());
            text += fmt::format(
                "{} {:o} {} {} {} {}.{} {}.{} {} {}\n", entry.path().native(), state.st_mode,
                state.st_uid, state.st_gid, state.st_nlink, state.st_atim.tv_sec,
                state.st_atim.tv_nsec, state.st_mtim.tv_sec, state.st_mtim.tv_nsec,
                std::string(attribute.data(), length > 0 ? static_cast<std::size_t>(length) : 0),
                S_ISREG(state.st_mode) ? digest(entry.path()) : "-");
        }
        return text;
    }

    fs::path folder_;
    std::string path_;
};

}  // namespace shoji::response
