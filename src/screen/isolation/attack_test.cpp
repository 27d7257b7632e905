// Attacks from inside. Each is tried with every layer in force, where it must fail, and again
// without the layers that stand in its way, where it must succeed: otherwise it would prove
// nothing.
#include "core/base/unix_socket.h"
#include "screen/isolation/browser.h"
#include "screen/isolation/network.h"
#include "screen/isolation/sandbox_fixture.h"

#include <csignal>
#include <cstddef>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

using Layer = bool Layers::*;

struct Attack {
    const char* name;
    std::vector<std::string> arguments;  // "{folder}" in them stands for the test's folder
    std::vector<Layer> stopped_by;       // it gets through without all of these
    bool by_root_only = false;  // without the layer an ordinary user's launch does not even begin
    int landlock_abi = 0;       // the version that a layer needs, where Landlock alone stops it
};

void PrintTo(const Attack& attack, std::ostream* out) {
    *out << attack.name;
    for (const auto& argument : attack.arguments) *out << ' ' << argument;
}

const std::vector<Attack> attacks{
    // Files.
    {"reads", {"{folder}/secret"}, {&Layers::own_root}},
    {"reads",
     {"/etc/shadow"},
     {&Layers::own_root, &Layers::user_namespace, &Layers::other_user},
     true},
    {"writes", {"{folder}/bound"}, {&Layers::own_root, &Layers::landlock}},
    {"writes", {"/srv"}, {&Layers::landlock}},
    {"runs", {"{folder}/bound/unlisted"}, {&Layers::landlock}},
    {"runs_own", {"{folder}/bound"}, {&Layers::own_root, &Layers::landlock}},
    {"runs_from_memory", {}, {&Layers::filter, &Layers::sealed_memory_files}},
    // Other processes.
    {"is_root", {}, {&Layers::user_namespace, &Layers::other_user}, true},
    {"is_mapped_to_root", {}, {&Layers::user_namespace}, true},
    {"could_regain_capability", {}, {&Layers::no_capabilities}},
    {"could_gain_privileges", {}, {&Layers::no_new_privileges, &Layers::landlock, &Layers::filter}},
    // The network.
    {"listens", {}, {&Layers::landlock}, false, 4},
    {"opens_netlink", {}, {&Layers::filter}},
    {"opens_packet", {}, {&Layers::filter}},
    {"opens_raw", {}, {&Layers::filter}},
    {"opens_datagram", {}, {&Layers::filter}},
    {"opens_multipath", {}, {&Layers::filter}},
    // The kernel.
    {"mounts", {}, {&Layers::filter, &Layers::landlock}},
    {"starts_mount_namespace", {}, {&Layers::filter}},
    {"enters_namespace", {}, {&Layers::filter}},
    {"reaches_keyring", {}, {&Layers::filter}},
    {"traces", {}, {&Layers::filter}},
    {"reads_process_memory", {}, {&Layers::filter}},
    {"runs_by_descriptor", {}, {&Layers::filter}},
    {"hides_flags", {}, {&Layers::filter}},
    {"changes_personality", {}, {&Layers::filter}},
    {"opens_files", {"2000"}, {&Layers::limits}},
};

// Of these not every kernel has the thing that is attacked, or has it for everyone.
const std::vector<Attack> attacks_on_options{
    {"opens_vsock", {}, {&Layers::filter}},      {"reaches_bpf", {}, {&Layers::filter}},
    {"reaches_io_uring", {}, {&Layers::filter}}, {"reaches_userfaultfd", {}, {&Layers::filter}},
    {"reaches_perf", {}, {&Layers::filter}},
};

Layers without(const std::vector<Layer>& taken_away) {
    Layers layers;
    for (const Layer layer : taken_away) layers.*layer = false;
    return layers;
}

class AttackTest : public SandboxTest,
                   public ::testing::WithParamInterface<std::tuple<Caller, Attack>> {
  protected:
    static Caller caller() { return std::get<0>(GetParam()); }
    static const Attack& attack() { return std::get<1>(GetParam()); }

    int attack_with(const Layers& layers) {
        std::vector<std::string> words{attack().name};
        for (std::string argument : attack().arguments) {
            if (const auto at = argument.find("{folder}"); at != std::string::npos) {
                argument.replace(at, 8, folder().native());
            }
            words.push_back(std::move(argument));
        }
        return run(caller(), plan(words, layers));
    }

    void check() {
        if (!may_play(caller())) GTEST_SKIP() << "needs root";
        if (confinement::landlock_abi() < attack().landlock_abi) {
            GTEST_SKIP() << "this kernel's Landlock is of version " << confinement::landlock_abi();
        }
        EXPECT_EQ(attack_with(Layers{}), 0) << "it got through";
        if (attack().by_root_only && caller() == Caller::ordinary) return;
        EXPECT_EQ(attack_with(without(attack().stopped_by)), 1) << "it proves nothing";
    }
};

TEST_P(AttackTest, IsStopped) {
    check();
}

std::string name_of(const ::testing::TestParamInfo<std::tuple<Caller, Attack>>& info) {
    const bool root = std::get<0>(info.param) == Caller::root;
    return std::string(root ? "root_" : "ordinary_") + std::get<1>(info.param).name + "_" +
           std::to_string(info.index);
}

INSTANTIATE_TEST_SUITE_P(Isolation, AttackTest,
                         ::testing::Combine(::testing::Values(Caller::root, Caller::ordinary),
                                            ::testing::ValuesIn(attacks)),
                         name_of);

class AttackOnOptionTest : public AttackTest {};

TEST_P(AttackOnOptionTest, IsStopped) {
    const std::string probe = folder() / "probe";
    const int free = as(Caller::ordinary, [&] {
        return ::execl(probe.c_str(), probe.c_str(), attack().name, nullptr);
    });
    if (free != 1) {
        GTEST_SKIP() << "this kernel does not offer what " << attack().name << " attacks";
    }
    check();
}

INSTANTIATE_TEST_SUITE_P(Isolation, AttackOnOptionTest,
                         ::testing::Combine(::testing::Values(Caller::root, Caller::ordinary),
                                            ::testing::ValuesIn(attacks_on_options)),
                         name_of);

// Attacks on something that the test itself sets up.
class TargetTest : public SandboxTest, public ::testing::WithParamInterface<Caller> {
  protected:
    void SetUp() override {
        SandboxTest::SetUp();
        if (!may_play(GetParam())) GTEST_SKIP() << "needs root";
    }
    int attack(const std::vector<std::string>& words, const std::vector<Layer>& taken_away) {
        return run(GetParam(), plan(words, without(taken_away)));
    }
};

std::string caller_name(const ::testing::TestParamInfo<Caller>& info) {
    return info.param == Caller::root ? "root" : "ordinary";
}

INSTANTIATE_TEST_SUITE_P(Isolation, TargetTest, ::testing::Values(Caller::root, Caller::ordinary),
                         caller_name);

TEST_P(TargetTest, TheMachinesLoopbackIsOutOfReach) {
    const auto listener = listen_on_loopback(0);
    ASSERT_TRUE(listener) << listener.error().message;
    sockaddr_in address{};
    socklen_t size = sizeof address;
    ::getsockname(listener->get(), reinterpret_cast<sockaddr*>(&address), &size);
    const std::uint16_t port = ntohs(address.sin_port);
    auto allowed = plan({"connects", std::to_string(port)}, Layers{});
    allowed.landlock->connect_ports = {port};  // so that the namespace alone stands in the way
    EXPECT_EQ(run(GetParam(), allowed), 0);
    allowed.layers.own_network = false;
    EXPECT_EQ(run(GetParam(), allowed), 1);
    if (confinement::landlock_abi() < 4) return;
    allowed.landlock->connect_ports = {};
    EXPECT_EQ(run(GetParam(), allowed), 0) << "Landlock lets another port through";
}

TEST_P(TargetTest, AbstractSocketsAreOutOfReach) {
    const std::string name = folder().filename();
    const base::FileDescriptor listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path + 1, name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<const sockaddr*>(&address), size), 0);
    ASSERT_EQ(::listen(listener.get(), 8), 0);
    EXPECT_EQ(attack({"connects_abstract", name}, {}), 0);
    EXPECT_EQ(attack({"connects_abstract", name}, {&Layers::own_network, &Layers::landlock}), 1);
    if (confinement::landlock_abi() < 6) return;
    EXPECT_EQ(attack({"connects_abstract", name}, {&Layers::own_network}), 0);
}

TEST_P(TargetTest, SharedMemoryIsOutOfReach) {
    const key_t key = 0x5b0b1 + ::getpid();
    const int segment = ::shmget(key, 1, IPC_CREAT | IPC_EXCL | 0666);
    ASSERT_GE(segment, 0);
    EXPECT_EQ(attack({"finds_shared_memory", std::to_string(key)}, {}), 0);
    EXPECT_EQ(attack({"finds_shared_memory", std::to_string(key)}, {&Layers::filter}), 0);
    EXPECT_EQ(
        attack({"finds_shared_memory", std::to_string(key)}, {&Layers::own_ipc, &Layers::filter}),
        1);
    ::shmctl(segment, IPC_RMID, nullptr);
}

TEST_P(TargetTest, ProcessesOutsideAreOutOfReach) {
    const pid_t victim = ::fork();
    if (victim == 0) {
        const uid_t user = outer_user(GetParam());
        if (::geteuid() == 0 &&
            (::setresgid(user, user, user) != 0 || ::setresuid(user, user, user) != 0 ||
             ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0)) {
            ::_exit(1);
        }
        while (true) ::pause();
    }
    ASSERT_GT(victim, 0);  // a negative number would stand for every process
    const std::string number = std::to_string(victim);
    EXPECT_EQ(attack({"sees_process", number}, {}), 0);
    EXPECT_EQ(attack({"signals", number}, {}), 0);
    if (confinement::landlock_abi() >= 6) {
        EXPECT_EQ(attack({"signals", number}, {&Layers::own_processes}), 0);
    }
    if (GetParam() == Caller::root) {
        EXPECT_EQ(attack({"sees_process", number},
                         {&Layers::own_processes, &Layers::user_namespace, &Layers::landlock}),
                  1);
    }
    ASSERT_EQ(::waitpid(victim, nullptr, WNOHANG), 0) << "it was killed";
    EXPECT_EQ(attack({"signals", number}, {&Layers::own_processes, &Layers::landlock}), 1);
    ::kill(victim, SIGKILL);
    ::waitpid(victim, nullptr, 0);
}

TEST_P(TargetTest, ScratchFoldersRunNothing) {
    // Without Landlock, the mount alone stands in the way.
    EXPECT_EQ(attack({"writes", browser_home}, {}), 1);
    EXPECT_EQ(attack({"runs_own", browser_home}, {&Layers::landlock}), 0);
}

TEST_P(TargetTest, TheRootIsReadOnly) {
    EXPECT_EQ(attack({"writes", folder().native() + "/bound"}, {&Layers::landlock}), 0);
    EXPECT_EQ(attack({"writes", "/"}, {&Layers::landlock}), 0);
    EXPECT_EQ(attack({"writes", "/usr"}, {&Layers::landlock}), 0);
}

}  // namespace
}  // namespace shoji::isolation
