// The file of an alert, where its path is another file on this host, or another's.
#include "watch/response/cause_file.h"

#include "core/journal/hex.h"
#include "watch/response/kernel_file.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;
using Kind = CauseFile::Kind;

constexpr uid_t somebody = 4321;

class CauseFileTest : public ::testing::Test {
  protected:
    void SetUp() override {
        if (::geteuid() != 0) GTEST_SKIP() << "needs root";
        std::string name = "/tmp/shoji-cause-test.XXXXXX";
        ASSERT_NE(::mkdtemp(name.data()), nullptr);
        folder_ = name;
        fs::permissions(folder_, fs::perms(0755));
        for (const auto* one : {"needed", "evil"}) {
            fs::copy_file("/bin/sleep", folder_ / one);
            std::ofstream(folder_ / one, std::ios::app) << one;
        }
    }
    void TearDown() override {
        end();
        if (!folder_.empty()) fs::remove_all(folder_);
    }
    void end() {
        if (child_ <= 1) return;
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
        child_ = -1;
    }
    [[nodiscard]] std::string at(const char* name) const { return folder_ / name; }

    // As an event that saw `seen` tells of it, under `path`.
    [[nodiscard]] CauseFile file(Kind kind, const std::string& path,
                                 const std::string& seen) const {
        const auto known = kernel_file(seen).value();
        return {kind, path, known.device, known.inode, somebody, {}};
    }
    // A program that is started, with `file` mounted over `over` for it alone; nothing: it is not.
    ProcessId run(const std::string& program, const std::string& file = {},
                  const std::string& over = {}, uid_t user = somebody) {
        int ends[2] = {-1, -1};
        EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
        child_ = ::fork();
        if (child_ == 0) {
            const bool mounted =
                file.empty() ||
                (::unshare(CLONE_NEWNS) == 0 &&
                 ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
                 ::mount(file.c_str(), over.c_str(), nullptr, MS_BIND, nullptr) == 0);
            if (mounted && ::setuid(user) == 0) {
                ::execl(program.c_str(), program.c_str(), "600", nullptr);
            }
            ::_exit(127);
        }
        ::close(ends[1]);
        char none = 0;
        EXPECT_EQ(::read(ends[0], &none, 1), 0) << "until it is started";
        ::close(ends[0]);
        return read_process(child_).value().id;
    }
    static std::string refusal(const CauseFile& file, ProcessId process = {}) {
        const auto checked = check_cause_file(file, process);
        return checked ? "" : checked.error().key;
    }

    fs::path folder_;
    pid_t child_ = -1;
};

TEST_F(CauseFileTest, WhatWasWrittenIsThatFileAndNoOther) {
    EXPECT_EQ(refusal(file(Kind::written, at("evil"), at("evil"))), "");
    EXPECT_EQ(refusal(file(Kind::written, at("needed"), at("evil"))), "response.cause.other");
    EXPECT_EQ(refusal(file(Kind::written, at("gone"), at("evil"))), "response.cause.other");
    EXPECT_EQ(refusal(file(Kind::none, at("evil"), at("evil"))), "response.cause.none");
    fs::create_symlink(at("evil"), at("link"));
    EXPECT_NE(refusal(file(Kind::written, at("link"), at("evil"))), "");
}

TEST_F(CauseFileTest, AProgramIsItsUsersOrRootRanIt) {
    auto program = file(Kind::run, at("evil"), at("evil"));
    EXPECT_EQ(refusal(program), "response.cause.owner") << "root's file, run by anybody";
    program.user = 0;
    EXPECT_EQ(refusal(program), "");
    program.user = somebody;
    ASSERT_EQ(::chown(at("evil").c_str(), somebody, 0), 0);
    EXPECT_EQ(refusal(program), "");
    program.user.reset();
    EXPECT_EQ(refusal(program), "response.cause.ended") << "nobody can say whose it was";
    EXPECT_EQ(refusal(program, run(at("evil"))), "");
}

TEST_F(CauseFileTest, ItsContentIsWhatTheEventSawWhereThatIsKnown) {
    auto program = file(Kind::written, at("evil"), at("evil"));
    const auto content = check_cause_file(program, {}).value();
    EXPECT_NE(content,
              check_cause_file(file(Kind::written, at("needed"), at("needed")), {}).value());
    program.digest = std::string(64, 'a');
    EXPECT_EQ(check_cause_file(program, {}).value(), journal::from_hex<32>(program.digest).value());
}

// A mount namespace of its own: the path leads to another file there.
TEST_F(CauseFileTest, WhatAProcessRunsIsLookedAtWhereTheEventDoesNotTell) {
    ASSERT_EQ(::chown(at("evil").c_str(), somebody, 0), 0);
    ASSERT_EQ(::chown(at("needed").c_str(), somebody, 0), 0);
    auto program = file(Kind::run, at("needed"), at("needed"));
    program.inode = 0;
    auto process = run(at("needed"), at("evil"), at("needed"));
    EXPECT_EQ(refusal(program, process), "response.cause.other");
    end();
    EXPECT_EQ(refusal(program, process), "response.cause.ended");
    process = run(at("needed"));
    EXPECT_EQ(refusal(program, process), "");
    EXPECT_EQ(refusal(program, {process.number, process.start + 1}), "response.cause.ended");
}

TEST_F(CauseFileTest, NoInterpreterIsTakenAndAScriptWhereItsProcessHasIt) {
    for (const auto* name : {"sh", "python3.13", "ld-linux-x86-64.so.2"}) {
        fs::copy_file("/bin/sleep", at(name));
        auto program = file(Kind::run, at(name), at(name));
        program.user = 0;
        EXPECT_EQ(refusal(program), "response.cause.interpreter") << name;
    }
    for (const auto* name : {"script", "other"}) {
        std::ofstream(at(name)) << "#!/bin/tail -f\n";
        ASSERT_EQ(::chown(at(name).c_str(), somebody, 0), 0);
        ASSERT_EQ(::chmod(at(name).c_str(), 0755), 0);
    }
    const CauseFile script{Kind::script, at("script"), 0, 0, somebody, {}};
    auto process = run(at("script"));
    EXPECT_EQ(refusal(script, process), "");
    ASSERT_EQ(::chown(at("script").c_str(), 0, 0), 0);
    EXPECT_EQ(refusal(script, process), "response.cause.owner");
    ASSERT_EQ(::chown(at("script").c_str(), somebody, 0), 0);
    end();
    EXPECT_EQ(refusal(script, process), "response.cause.ended");
    process = run(at("script"), at("other"), at("script"));
    EXPECT_EQ(refusal(script, process), "response.cause.other");
}

}  // namespace
}  // namespace shoji::response
