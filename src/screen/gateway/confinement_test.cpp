// What the gateway takes away from itself, and that the running program has done so.
#include "screen/gateway/confinement.h"

#include "core/base/random.h"
#include "core/base/unix_socket.h"
#include "core/confinement/landlock.h"
#include "core/store/database.h"
#include "core/store/migrations.h"
#include "screen/gateway/testing/installation.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <fstream>
#include <functional>
#include <map>
#include <thread>

#include <SQLiteCpp/SQLiteCpp.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/sched.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>

namespace shoji::gateway {
namespace {

namespace fs = std::filesystem;

using namespace std::chrono_literals;

bool opens(const fs::path& path, int flags = O_RDONLY) {
    return base::FileDescriptor(::open(path.c_str(), flags | O_CLOEXEC, 0600)).valid();
}

bool makes_socket(int family, int kind) {
    return base::FileDescriptor(::socket(family, kind | SOCK_CLOEXEC, 0)).valid();
}

bool runs(const char* program) {
    std::array<char*, 2> arguments{const_cast<char*>(program), nullptr};
    ::execv(program, arguments.data());  // which exits with 0, as success does below
    return false;
}

bool makes_memory_executable() {
    void* memory =
        ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory != MAP_FAILED && ::mprotect(memory, 4096, PROT_READ | PROT_EXEC) == 0;
}

bool makes_process_anew() {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    return ::syscall(SYS_clone3, &arguments, sizeof arguments) >= 0;
}

bool connects(int socket, const sockaddr_in& address) {
    return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// Of packets, without a file: what only Landlock's scope can forbid.
bool connects_to_abstract(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    const base::FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) == 0;
}

base::FileDescriptor listen_abstract(const std::string& name) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
    base::FileDescriptor socket(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0));
    if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(socket.get(), 8) != 0) {
        throw std::runtime_error("no abstract socket");
    }
    return socket;
}

// An installation's folders with what the gateway must not reach beside what it needs.
class ConfinementTest : public ::testing::Test {
  protected:
    ConfinementTest() : folder_(fs::temp_directory_path() / ("shoji-gw-" + base::random_hex(6))) {
        settings_.state = folder_ / "state";
        settings_.runtime = folder_ / "run";
        for (const auto& path :
             {settings_.gateway_state(), settings_.authority_state(), settings_.audit_state(),
              settings_.admin_socket().parent_path(), settings_.audit_socket().parent_path()}) {
            fs::create_directories(path);
        }
        std::ofstream(settings_.authority_state() / "authority.key") << "secret";
        std::ofstream(settings_.audit_state() / "journal") << "records";
        listener_ = base::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        connecting_ = base::FileDescriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address_;
        auto* generic = reinterpret_cast<sockaddr*>(&address_);
        if (::bind(listener_.get(), generic, size) != 0 || ::listen(listener_.get(), 64) != 0 ||
            ::getsockname(listener_.get(), generic, &size) != 0) {
            throw std::runtime_error("no listening socket");
        }
    }
    ~ConfinementTest() override { fs::remove_all(folder_); }

    // Runs `body` in a child, since confinement cannot be taken back; its exit code, or -signal.
    int in_child(bool confined, const std::function<int()>& body) const {
        const pid_t child = ::fork();
        if (child == 0) {
            if (confined && !confine(settings_)) ::_exit(200);
            ::_exit(body());
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    fs::path folder_;
    base::Settings settings_;
    base::FileDescriptor listener_;
    base::FileDescriptor connecting_;  // a socket that stays from before
    sockaddr_in address_{};            // where the former listens
};

// What a taken-over gateway would try; true where it succeeds. Each must succeed without the
// confinement, or the test says nothing.
struct Attack {
    const char* name;
    int landlock;  // the version that forbids it; 0: the system-call filter does
    std::function<bool()> succeeds;
};

std::vector<Attack> file_attacks(const base::Settings& settings) {
    const auto authority = settings.authority_state();
    const auto journal = settings.audit_state() / "journal";
    const auto state = settings.state;
    return {
        {"reads the system's files", 1, [] { return opens("/etc/passwd"); }},
        {"reads the authority's key", 1, [=] { return opens(authority / "authority.key"); }},
        {"lists the authority's folder", 1,
         [=] { return opens(authority, O_RDONLY | O_DIRECTORY); }},
        {"writes to the journal", 1, [=] { return opens(journal, O_WRONLY | O_APPEND); }},
        {"removes the journal", 1, [=] { return ::unlink(journal.c_str()) == 0; }},
        {"makes files beside its own", 1, [=] { return opens(state / "x", O_RDWR | O_CREAT); }},
        {"looks into processes", 1, [] { return opens("/proc/self/maps"); }},
        {"makes executable files", 0, [] { return ::syscall(SYS_memfd_create, "x", 0) >= 0; }},
    };
}

std::vector<Attack> process_attacks() {
    return {
        {"runs a program", 0, [] { return runs("/bin/true"); }},
        {"makes processes", 0, [] { return ::fork() >= 0; }},
        {"makes processes the newer way", 0, makes_process_anew},
        {"asks for other namespaces", 0, [] { return ::unshare(CLONE_FS) == 0; }},
        {"traces", 0, [] { return ::ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0; }},
        {"signals others", 0, [] { return ::kill(::getppid(), 0) == 0; }},
        {"makes memory executable", 0, makes_memory_executable},
    };
}

std::vector<Attack> network_attacks(int listener, int socket, const sockaddr_in& address,
                                    const std::string& abstract) {
    return {
        {"makes TCP sockets", 0, [] { return makes_socket(AF_INET, SOCK_STREAM); }},
        {"makes TCP sockets of IPv6", 0, [] { return makes_socket(AF_INET6, SOCK_STREAM); }},
        {"makes UDP sockets", 0, [] { return makes_socket(AF_INET, SOCK_DGRAM); }},
        {"speaks to the kernel", 0, [] { return makes_socket(AF_NETLINK, SOCK_RAW); }},
        {"speaks to the system's programs", 0, [] { return makes_socket(AF_UNIX, SOCK_STREAM); }},
        {"logs to the system", 0, [] { return makes_socket(AF_UNIX, SOCK_DGRAM); }},
        {"connects a socket that is there", 4, [=] { return connects(socket, address); }},
        {"listens with a socket that is there", 0, [=] { return ::listen(listener, 1) == 0; }},
        {"speaks to abstract sockets", 6, [=] { return connects_to_abstract(abstract); }},
    };
}

TEST_F(ConfinementTest, TakesAwayWhatIsNotNeeded) {
    const std::string abstract = folder_.filename().native();
    const auto named = listen_abstract(abstract);
    auto attacks = file_attacks(settings_);
    for (auto& attack : process_attacks()) attacks.push_back(std::move(attack));
    for (auto& attack : network_attacks(listener_.get(), connecting_.get(), address_, abstract)) {
        attacks.push_back(std::move(attack));
    }
    for (const auto& [name, landlock, succeeds] : attacks) {
        // The program names what is missing.
        if (confinement::landlock_abi() < landlock) continue;
        const auto body = [&succeeds = succeeds] { return succeeds() ? 0 : 1; };
        EXPECT_EQ(in_child(true, body), 1) << name;
        EXPECT_EQ(in_child(false, body), 0) << name << ", though nothing forbids it";
    }
}

TEST_F(ConfinementTest, LeavesTheDatabase) {
    const auto work = [&] {
        auto database =
            store::Database::open(settings_.gateway_state() / "store.db", store::gateway_steps());
        if (!database) return 1;
        auto& connection = database->connection();
        connection.exec("CREATE TABLE entry (key INTEGER PRIMARY KEY, value BLOB)");
        connection.exec(
            "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 40000) "
            "INSERT INTO entry SELECT x, randomblob(200) FROM n");
        // More than its cache: it must not ask for files elsewhere.
        SQLite::Statement sorted(connection, "SELECT value FROM entry ORDER BY value");
        int rows = 0;
        while (sorted.executeStep()) ++rows;
        return rows == 40000 ? 0 : 2;
    };
    EXPECT_EQ(in_child(true,
                       [&] {
                           try {
                               return work();
                           } catch (const SQLite::Exception&) {
                               return 3;
                           }
                       }),
              0);
}

TEST_F(ConfinementTest, LeavesWhatElseIsNeeded) {
    const auto journal =
        base::listen_unix(settings_.audit_socket(), base::SocketKind::packet, 0600, true);
    const auto admin =
        base::listen_unix(settings_.admin_socket(), base::SocketKind::stream, 0600, true);
    ASSERT_TRUE(connects(connecting_.get(), address_));
    EXPECT_EQ(in_child(true,
                       [&] {
                           const int on = 1;
                           const base::FileDescriptor accepted(
                               ::accept(listener_.get(), nullptr, nullptr));
                           bool in_thread = false;
                           std::thread([&] { in_thread = true; }).join();
                           const bool spoken = base::connect_unix(settings_.audit_socket(),
                                                                  base::SocketKind::packet)
                                                   .has_value();
                           const bool tuned = ::setsockopt(accepted.get(), IPPROTO_TCP, TCP_NODELAY,
                                                           &on, sizeof on) == 0;
                           const bool removed = ::unlink(settings_.admin_socket().c_str()) == 0;
                           return (in_thread ? 1 : 0) + (spoken ? 2 : 0) + (tuned ? 4 : 0) +
                                  (removed ? 8 : 0) + (opens("/dev/urandom") ? 16 : 0);
                       }),
              31);
}

// A field of each thread of a process, as proc(5) has them.
std::vector<std::string> of_each_thread(pid_t process, const std::string& field) {
    std::vector<std::string> values;
    for (const auto& thread :
         fs::directory_iterator("/proc/" + std::to_string(process) + "/task")) {
        std::ifstream status(thread.path() / "status");
        for (std::string line; std::getline(status, line);) {
            if (line.starts_with(field + ":\t")) values.push_back(line.substr(field.size() + 2));
        }
    }
    return values;
}

TEST(ConfinedProgram, HoldsEachOfItsThreads) {
    testing::Installation installation;
    installation.start();
    const std::map<std::string, std::string> wanted{{"NoNewPrivs", "1"},
                                                    {"Seccomp", "2"},
                                                    {"CapPrm", "0000000000000000"},
                                                    {"CapEff", "0000000000000000"},
                                                    {"CapBnd", "0000000000000000"}};
    for (const auto& [field, value] : wanted) {
        // An ordinary user cannot empty the set that bounds what it may never have.
        if (field == "CapBnd" && ::geteuid() != 0) continue;
        const auto threads = of_each_thread(installation.process(), field);
        EXPECT_GT(threads.size(), 1U);
        for (const auto& thread : threads) EXPECT_EQ(thread, value) << field;
    }
    EXPECT_EQ(installation.stop(), 0);
}

TEST(ConfinedProgram, MeetsAHostAndAJournalThatComeBack) {
    testing::Installation installation;
    installation.start();
    const auto status = [&] { return installation.done({{"command", "status"}}).as_object(); };
    const auto becomes = [&](const char* part, bool well) {
        for (int attempt = 0; attempt < 400; ++attempt) {
            if ((status().at(part) == "ok") == well) return true;
            std::this_thread::sleep_for(50ms);
        }
        return false;
    };
    installation.host().stop();
    installation.journal().stop();
    EXPECT_TRUE(becomes("host", false));
    EXPECT_TRUE(becomes("journal", false));
    installation.host().start();
    installation.journal().start();
    EXPECT_TRUE(becomes("host", true));
    EXPECT_TRUE(becomes("journal", true));
    EXPECT_EQ(installation.stop(), 0);
}

TEST(ConfinedProgram, LeavesNoSocketWhenItCannotServe) {
    testing::Installation installation;
    std::ofstream(installation.settings().gateway_state() / "tls.key") << "no key";
    try {
        installation.start();
        ADD_FAILURE() << "it serves without a key";
    } catch (const std::runtime_error& error) {
        EXPECT_NE(std::string(error.what()).find("reading the gateway's key"), std::string::npos)
            << error.what();
    }
    EXPECT_FALSE(fs::exists(installation.settings().admin_socket()));
}

}  // namespace
}  // namespace shoji::gateway
