// The sensor's programs in the kernel: others see that they are there, but take none off.
#include "watch/shield/shielded_test.h"

#include <cerrno>
#include <sstream>

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::shield {
namespace {

int number(bool done) {
    return done ? 0 : errno;
}

class ShieldProgramsTest : public ShieldTest {
  protected:
    void SetUp() override {
        ShieldTest::SetUp();
        if (IsSkipped()) return;
        ASSERT_FALSE(group_.empty());
        std::istringstream(ask('a')) >> link_ >> program_;
        ASSERT_GT(link_, 0U);
        ASSERT_GT(program_, 0U);
    }
    [[nodiscard]] base::FileDescriptor open_link() const {
        return base::FileDescriptor(bpf_link_get_fd_by_id(link_));
    }
    // 0 once it is taken off.
    [[nodiscard]] std::uint64_t group_of(const base::FileDescriptor& link) const {
        bpf_link_info info{};
        std::uint32_t size = sizeof info;
        EXPECT_EQ(bpf_obj_get_info_by_fd(link.get(), &info, &size), 0);
        return info.cgroup.cgroup_id;
    }
    std::uint32_t link_ = 0, program_ = 0;
};

TEST_F(ShieldProgramsTest, NobodyElseTakesThemOff) {
    EXPECT_EQ(number(open_link().valid()), EPERM);
    EXPECT_TRUE(is_told(Act::program, 0));
    EXPECT_EQ(number(base::FileDescriptor(bpf_prog_get_fd_by_id(program_)).valid()), EPERM);
    EXPECT_TRUE(is_told(Act::program, 0));
    lower();
    const auto link = open_link();
    ASSERT_TRUE(link.valid());
    const auto other = load_program("others_program");
    ASSERT_TRUE(other.valid());
    EXPECT_EQ(bpf_link_update(link.get(), other.get(), nullptr), 0);
    EXPECT_NE(group_of(link), 0U);
    EXPECT_EQ(bpf_link_detach(link.get()), 0);
    EXPECT_EQ(group_of(link), 0U);
}

TEST_F(ShieldProgramsTest, OthersHaveTheirOwnAndTheSensorHasIts) {
    const auto program = load_program("others_program");
    const auto link = attach_program(program, group_);
    ASSERT_TRUE(link.valid());
    bpf_link_info info{};
    std::uint32_t size = sizeof info;
    ASSERT_EQ(bpf_obj_get_info_by_fd(link.get(), &info, &size), 0);
    const base::FileDescriptor again(bpf_link_get_fd_by_id(info.id));
    ASSERT_TRUE(again.valid());
    EXPECT_TRUE(base::FileDescriptor(bpf_prog_get_fd_by_id(info.prog_id)).valid());
    EXPECT_EQ(bpf_link_detach(again.get()), 0);
    EXPECT_EQ(ask('d'), "detached");
    EXPECT_TRUE(take_refusals().empty());
}

// What was refused leaves nothing behind for the thread's next file.
TEST_F(ShieldProgramsTest, WhoWasRefusedOpensFilesAsBefore) {
    rlimit former{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &former), 0);
    const base::FileDescriptor lowest(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const rlimit none{static_cast<rlim_t>(lowest.get()), former.rlim_max};
    for (const auto& limit : {former, none}) {
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
        const int refused = number(open_link().valid());
        ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &former), 0);
        EXPECT_EQ(refused, limit.rlim_cur == former.rlim_cur ? EPERM : EMFILE);
        EXPECT_TRUE(base::FileDescriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)).valid());
    }
}

// However often the sensor has loaded its programs anew.
TEST_F(ShieldProgramsTest, TheyAreHeldAfterThousandsThatAreGone) {
    ASSERT_EQ(ask('n'), "loaded");
    EXPECT_EQ(number(open_link().valid()), EPERM);
    std::istringstream(ask('a')) >> link_ >> program_;
    EXPECT_EQ(number(open_link().valid()), EPERM);
    EXPECT_TRUE(is_told(Act::program, 0));
}

class ShieldPinsTest : public ShieldProgramsTest {
  protected:
    ShieldPinsTest() { mounts_bpf_ = true; }
    void SetUp() override {
        ShieldProgramsTest::SetUp();
        if (!IsSkipped()) {
            ASSERT_EQ(ask('k'), "pinned");
        }
    }
    struct Attempt {
        std::string name;
        Act act;
        std::function<bool()> make;
    };
    // In an order in which all can be done, one after the other.
    [[nodiscard]] std::vector<Attempt> attempts() const {
        const auto pin = pins_ / "link", aside = pins_.parent_path() / "aside";
        return {
            {"opening", Act::program,
             [=] { return base::FileDescriptor(bpf_obj_get(pin.c_str())).valid(); }},
            {"pinning", Act::file,
             [=, this] {
                 const auto program = load_program("others_program");
                 return bpf_obj_pin(program.get(), (pins_ / "other").c_str()) == 0;
             }},
            {"a folder", Act::file,
             [=, this] { return ::mkdir((pins_ / "d").c_str(), 0700) == 0; }},
            {"mode", Act::file, [=, this] { return ::chmod(pins_.c_str(), 0700) == 0; }},
            {"moving", Act::file, [=] { return ::rename(pin.c_str(), aside.c_str()) == 0; }},
            {"moving back", Act::file, [=] { return ::rename(aside.c_str(), pin.c_str()) == 0; }},
            {"removing", Act::file, [=] { return ::unlink(pin.c_str()) == 0; }},
            {"moving the folder", Act::file,
             [=, this] { return ::rename(pins_.c_str(), aside.c_str()) == 0; }},
        };
    }
};

TEST_F(ShieldPinsTest, NobodyElseTakesThemAway) {
    const auto aside = pins_.parent_path() / "aside";
    for (int time = 0; time < 2; ++time) {
        const auto others = load_program("others_program");
        ASSERT_EQ(bpf_obj_pin(others.get(), aside.c_str()), 0) << "beside them";
        for (const auto& attempt : attempts()) {
            EXPECT_EQ(number(attempt.make()), EPERM) << attempt.name;
            EXPECT_TRUE(is_told(attempt.act, 0)) << attempt.name;
        }
        ASSERT_EQ(::unlink(aside.c_str()), 0);
        EXPECT_TRUE(std::filesystem::exists(pins_ / "link"));
        ASSERT_EQ(ask('k'), "pinned") << "by the sensor, in a folder that it makes anew";
    }
    EXPECT_TRUE(take_refusals().empty());
    lower();
    for (const auto& attempt : attempts()) EXPECT_EQ(number(attempt.make()), 0) << attempt.name;
}

}  // namespace
}  // namespace shoji::shield
