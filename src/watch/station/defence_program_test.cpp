// What root may try against the sensor beside killing its parts: the keeper stopped or killed, its
// programs in the kernel taken off, its maps written to, its processes looked into; and what each
// of its processes may.
#include "watch/station/station_fixture_test.h"

#include <cerrno>
#include <csignal>
#include <iterator>
#include <set>

#include <bpf/bpf.h>
#include <linux/capability.h>
#include <sys/ptrace.h>
#include <sys/wait.h>

namespace shoji::station {
namespace {

using sensor::text_of;

std::string read_file(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// The value of "NAME:\tVALUE" in such a file of procfs; empty: it has none.
std::string entry(const std::string& text, const std::string& name) {
    const auto at = ("\n" + text).find("\n" + name + ":");
    if (at == std::string::npos) return {};
    const auto from = text.find_first_not_of(" \t", at + name.size() + 1);
    return text.substr(from, text.find('\n', from) - from);
}

// What the process holds of the kernel's: numbers of links ("link_id") or maps ("map_id").
std::set<std::uint32_t> held(pid_t process, const std::string& what) {
    std::set<std::uint32_t> numbers;
    std::error_code gone;
    for (const auto& file :
         std::filesystem::directory_iterator(fmt::format("/proc/{}/fdinfo", process), gone)) {
        const auto number = entry(read_file(file.path()), what);
        if (!number.empty()) numbers.insert(static_cast<std::uint32_t>(std::stoul(number)));
    }
    return numbers;
}

class DefenceProgram : public StationTest {};

TEST_F(DefenceProgram, AStoppedKeeperIsToldByItsParts) {
    RunningSensor sensor(policy({}, "[keeper]\nsilent_seconds = 2\n"));
    const pid_t keeper = signal_part(sensor, "keeper", SIGSTOP);
    ASSERT_GT(keeper, 1);
    const auto told = alert(sensor, "sensor.keeper_silent");
    ::kill(keeper, SIGCONT);
    ASSERT_TRUE(told);
    EXPECT_EQ(text_of(*told, "Level"), "critical");
    say(word_);
    EXPECT_TRUE(alert(sensor, "rule-one")) << "it goes on";
}

TEST_F(DefenceProgram, AKeeperThatWasKilledIsToldByTheNextOne) {
    {
        RunningSensor killed(policy());
        ASSERT_GT(signal_part(killed, "keeper", SIGKILL), 1);
        EXPECT_EQ(killed.stop(), -SIGKILL);
    }
    {
        RunningSensor next(policy());
        EXPECT_TRUE(alert(next, "sensor.ended_uncleanly"));
        EXPECT_EQ(next.stop(), 0);
    }
    RunningSensor last(policy());
    say(word_);
    ASSERT_TRUE(alert(last, "rule-one"));
    EXPECT_EQ(count(last, "sensor.ended_uncleanly"), 0U) << "the one before it ended by itself";
}

// Taking one off and seeing what is attached then.
TEST_F(DefenceProgram, ProgramsThatAreTakenOffAreToldAndAttachedAgain) {
    RunningSensor sensor(policy());
    const pid_t keeper = process_of(sensor, "keeper");
    ASSERT_GT(keeper, 1);
    std::size_t taken = 0;
    for (const auto number : held(keeper, "link_id")) {
        const base::FileDescriptor link(bpf_link_get_fd_by_id(number));
        ASSERT_TRUE(link.valid());
        bpf_link_info info{};
        std::uint32_t size = sizeof info;
        ASSERT_EQ(bpf_obj_get_info_by_fd(link.get(), &info, &size), 0);
        const bool is_taken = bpf_link_detach(link.get()) == 0;
        EXPECT_EQ(is_taken, info.type == BPF_LINK_TYPE_CGROUP) << "link of type " << info.type;
        if (is_taken) ++taken;
    }
    ASSERT_GT(taken, 0U) << "no program watches a control group";
    const auto told = alert(sensor, "sensor.programs_detached");
    ASSERT_TRUE(told);
    EXPECT_FALSE(told->at("Values").at("programs").as_string().empty());
    const auto attached = [&] {
        std::size_t count = 0;
        for (const auto number : held(keeper, "link_id")) {
            const base::FileDescriptor link(bpf_link_get_fd_by_id(number));
            bpf_link_info info{};
            std::uint32_t size = sizeof info;
            if (bpf_obj_get_info_by_fd(link.get(), &info, &size) == 0 &&
                info.type == BPF_LINK_TYPE_CGROUP && info.cgroup.cgroup_id != 0) {
                ++count;
            }
        }
        return count;
    };
    EXPECT_TRUE(eventually([&] { return attached() == taken; }));
}

// Among them those that leave users out, and the table of programs for system calls.
TEST_F(DefenceProgram, NobodyWritesToItsMaps) {
    RunningSensor sensor(policy());
    const pid_t keeper = process_of(sensor, "keeper");
    ASSERT_GT(keeper, 1);
    std::set<std::string> closed;
    for (const auto number : held(keeper, "map_id")) {
        const base::FileDescriptor map(bpf_map_get_fd_by_id(number));
        ASSERT_TRUE(map.valid());
        bpf_map_info info{};
        std::uint32_t size = sizeof info;
        ASSERT_EQ(bpf_obj_get_info_by_fd(map.get(), &info, &size), 0);
        // The analyst writes to both: how far it has read, and which losses it has told.
        const bool is_readers = std::string_view(info.name) == "shoji_told";
        if (info.type == BPF_MAP_TYPE_RINGBUF || is_readers) continue;
        // No such key, should it be let through.
        const std::vector<std::uint8_t> key(info.key_size, 0xff);
        errno = 0;
        EXPECT_NE(bpf_map_delete_elem(map.get(), key.data()), 0) << info.name;
        EXPECT_EQ(errno, EPERM) << info.name;
        closed.insert(info.name);
    }
    EXPECT_TRUE(closed.contains("shared_policy"));
    EXPECT_TRUE(closed.contains("shared_users"));
}

TEST_F(DefenceProgram, WhoTracesItIsTold) {
    RunningSensor sensor(policy());
    const pid_t analyst = process_of(sensor, "analyst");
    ASSERT_GT(analyst, 1);
    ASSERT_EQ(::ptrace(PTRACE_SEIZE, analyst, nullptr, nullptr), 0);
    const auto told = alert(sensor, "sensor.process_accessed");
    ASSERT_EQ(::ptrace(PTRACE_INTERRUPT, analyst, nullptr, nullptr), 0);
    int status = 0;
    ::waitpid(analyst, &status, __WALL);
    ::ptrace(PTRACE_DETACH, analyst, nullptr, nullptr);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->at("Values").at("act").as_string(), "ptrace");
}

TEST_F(DefenceProgram, AFileOfItsOwnThatIsRemovedIsAnAlert) {
    RunningSensor sensor(policy({}, "[keeper]\ncheck_seconds = 1\n"));
    const auto file = std::filesystem::path(sensor.state_file()).parent_path() / "policy.toml";
    for (const auto& gone : {file, std::filesystem::path(folder_.at("rules/one.yml"))}) {
        ASSERT_TRUE(std::filesystem::remove(gone));
        EXPECT_TRUE(sensor.find([&](const Object& event) {
            return text_of(event, "Rule") == "sensor.file_changed" &&
                   event.at("Values").at("file").as_string() == gone.native();
        })) << gone;
    }
}

// What docs/sensor.md says of them ("Who may what").
TEST_F(DefenceProgram, EachProcessHasTheRightsThatItNeedsAndNoOther) {
    RunningSensor sensor(policy());
    say(word_);
    ASSERT_TRUE(alert(sensor, "rule-one"));
    const auto bits = [](std::initializer_list<int> capabilities) {
        std::uint64_t set = 0;
        for (const int one : capabilities) set |= std::uint64_t{1} << static_cast<unsigned>(one);
        return set;
    };
    struct Expected {
        std::string part;
        std::string users;  // real, effective, saved, of files
        std::uint64_t most;
        std::string filter;
    };
    const std::array expected{
        Expected{"keeper", "0\t0\t0\t0",
                 bits({CAP_SETUID, CAP_SETGID, CAP_SETPCAP, CAP_SYS_NICE, CAP_KILL, CAP_CHOWN,
                       CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER, CAP_FSETID, CAP_NET_ADMIN,
                       CAP_NET_RAW, CAP_BPF, CAP_PERFMON, CAP_SYS_ADMIN, CAP_SYS_PTRACE,
                       CAP_SETFCAP, CAP_SYS_RESOURCE, CAP_LINUX_IMMUTABLE}),
                 "0"},
        Expected{"opener", "0\t0\t0\t0", bits({CAP_SYS_PTRACE, CAP_DAC_READ_SEARCH}), "2"},
        Expected{"analyst", "65534\t65534\t65534\t65534", 0, "2"}};
    const auto to_become_another = bits({CAP_SETUID, CAP_SETGID, CAP_SETPCAP});
    for (const auto& one : expected) {
        const auto status = read_file(fmt::format("/proc/{}/status", process_of(sensor, one.part)));
        EXPECT_EQ(entry(status, "Uid"), one.users) << one.part;
        EXPECT_EQ(entry(status, "Seccomp"), one.filter) << one.part;
        for (const auto* set : {"CapPrm", "CapEff", "CapInh", "CapBnd", "CapAmb"}) {
            const auto text = entry(status, set);
            ASSERT_FALSE(text.empty()) << one.part;
            // Without them it could not have become another user; it cannot get them back.
            const bool is_bound = one.most == 0 && set == std::string_view("CapBnd");
            const auto most = is_bound ? to_become_another : one.most;
            EXPECT_EQ(std::stoull(text, nullptr, 16) & ~most, 0U) << one.part << ' ' << set;
        }
        if (one.filter != "0") {
            EXPECT_EQ(entry(status, "NoNewPrivs"), "1") << one.part;
        }
    }
}

}  // namespace
}  // namespace shoji::station
