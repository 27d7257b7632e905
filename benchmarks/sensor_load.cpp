// What ./bench sensor lets run, with and without a sensor. One kind of work in one fresh process
// that says how long it took:  bench-sensor-load LOAD FOLDER [--seconds S | --count N] [--workers
// N] The folder, of an ordinary depth, holds the files that are opened, and the program `nothing`.
#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

using Clock = std::chrono::steady_clock;

[[noreturn]] void fail(std::string_view what) {
    const int error = errno;
    fmt::print(stderr, "{}: {}\n", what, std::generic_category().message(error));
    std::exit(1);
}

struct Wish {
    std::string load;
    std::string folder;
    double seconds = 0;  // 0: `count` decides
    std::uint64_t count = std::numeric_limits<std::uint64_t>::max();
    unsigned workers = 1;
};

// Calls `act` until the time is over or it was called often enough; the clock is looked at after
// every `stride` calls. Returns how many there were.
template <class Act>
std::uint64_t repeat(const Wish& wish, std::uint64_t stride, Act&& act) {
    const auto until = wish.seconds > 0
                           ? Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                                std::chrono::duration<double>(wish.seconds))
                           : Clock::time_point::max();
    std::uint64_t done = 0;
    while (done < wish.count) {
        const std::uint64_t next = std::min(stride, wish.count - done);
        for (std::uint64_t i = 0; i < next; ++i) act();
        done += next;
        if (Clock::now() >= until) break;
    }
    return done;
}

std::uint64_t run_exec(const Wish& wish) {
    std::string program = wish.folder + "/nothing";
    char* words[] = {program.data(), nullptr};
    return repeat(wish, 16, [&] {
        const pid_t child = ::vfork();
        if (child == 0) {
            ::execve(words[0], words, environ);
            ::_exit(127);
        }
        int status = 0;
        if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) fail("exec");
    });
}

// Opens, does as `use` says, closes.
template <class Use>
std::uint64_t run_open(const Wish& wish, const char* name, int flags, Use&& use) {
    const std::string path = wish.folder + "/" + name + std::to_string(::getpid());
    const int made = ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    if (made < 0) fail("open");
    ::close(made);
    const auto done = repeat(wish, 64, [&] {
        const int file = ::open(path.c_str(), flags);
        if (file < 0) fail("open");
        use(file);
        ::close(file);
    });
    ::unlink(path.c_str());
    return done;
}

std::uint64_t run_getppid(const Wish& wish) {
    return repeat(wish, 4096, [] { ::syscall(SYS_getppid); });
}

// A connection made, taken and closed in an ordinary way, the side that began first. The side that
// closes first keeps its port for a minute: 64 addresses have ports enough.
std::uint64_t run_tcp(const Wish& wish) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    socklen_t size = sizeof address;
    auto* at = reinterpret_cast<sockaddr*>(&address);
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || ::bind(listener, at, size) != 0 || ::listen(listener, 16) != 0 ||
        ::getsockname(listener, at, &size) != 0) {
        fail("listen");
    }
    std::uint32_t next = 0;
    return repeat(wish, 16, [&] {
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK + next++ % 64);
        const int client = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (client < 0 || ::connect(client, at, size) != 0) fail("connect");
        const int taken = ::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC);
        if (taken < 0) fail("accept");
        ::close(client);
        ::close(taken);
    });
}

// What build.ninja of the folder says.
std::uint64_t run_build(const Wish& wish) {
    const pid_t child = ::fork();
    if (child == 0) {
        const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
        ::dup2(nowhere, STDOUT_FILENO);
        ::execlp("ninja", "ninja", "-j2", "-C", wish.folder.c_str(), nullptr);
        ::_exit(127);
    }
    int status = 0;
    if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) fail("ninja");
    return 1;
}

std::uint64_t run_load(const Wish& wish) {
    if (wish.load == "build") return run_build(wish);
    if (wish.load == "exec") return run_exec(wish);
    if (wish.load == "getppid") return run_getppid(wish);
    if (wish.load == "tcp") return run_tcp(wish);
    if (wish.load == "open_read") {
        return run_open(wish, "read", O_RDONLY, [](int) {});
    }
    if (wish.load == "open_write") {
        static constexpr std::array<char, 1024> bytes{};
        return run_open(wish, "written", O_WRONLY, [](int file) {
            if (::pwrite(file, bytes.data(), bytes.size(), 0) < 0) fail("write");
        });
    }
    if (wish.load == "open_only") {
        return run_open(wish, "opened", O_WRONLY, [](int) {});
    }
    fmt::print(stderr, "no such load: {}\n", wish.load);
    std::exit(2);
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
    double all = 0;
    for (const auto who : {RUSAGE_SELF, RUSAGE_CHILDREN}) {
        rusage usage{};
        ::getrusage(who, &usage);
        all += seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    }
    return all;
}

// Each worker does `count` things in a process of its own.
std::uint64_t run_workers(const Wish& wish) {
    if (wish.workers == 1) return run_load(wish);
    std::vector<pid_t> workers;
    for (unsigned i = 0; i < wish.workers; ++i) {
        const pid_t worker = ::fork();
        if (worker < 0) fail("fork");
        if (worker == 0) ::_exit(run_load(wish) == wish.count ? 0 : 1);
        workers.push_back(worker);
    }
    for (const auto worker : workers) {
        int status = 0;
        if (::waitpid(worker, &status, 0) != worker || status != 0) fail("a worker");
    }
    return wish.count * wish.workers;
}

template <class Number>
bool read_number(std::string_view text, Number& into) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), into);
    return error == std::errc() && end == text.data() + text.size() && into > 0;
}

}  // namespace

int main(int count, char** values) {
    const std::vector<std::string_view> words(values + 1, values + count);
    Wish wish;
    bool good = words.size() >= 2 && words.size() % 2 == 0;
    for (std::size_t i = 2; good && i < words.size(); i += 2) {
        if (words[i] == "--seconds") {
            good = read_number(words[i + 1], wish.seconds);
        } else if (words[i] == "--count") {
            good = read_number(words[i + 1], wish.count);
        } else {
            good = words[i] == "--workers" && read_number(words[i + 1], wish.workers);
        }
    }
    if (!good) {
        fmt::print(
            stderr,
            "usage: bench-sensor-load LOAD FOLDER [--seconds S | --count N] [--workers N]\n");
        return 2;
    }
    wish.load = words[0];
    wish.folder = words[1];
    const double cpu_before = cpu_seconds();
    const auto start = Clock::now();
    const auto done = run_workers(wish);
    const double wall = std::chrono::duration<double>(Clock::now() - start).count();
    fmt::print("{{\"operations\":{},\"wall\":{},\"cpu\":{}}}\n", done, wall,
               cpu_seconds() - cpu_before);
}
