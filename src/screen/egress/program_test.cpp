// The program itself, as the host starts it, with TLS at both ends and its confinement in force.
#include "core/confinement/landlock.h"
#include "screen/egress/confinement.h"
#include "screen/egress/test_network.h"

#include <csignal>
#include <fstream>
#include <memory>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

namespace shoji::egress {
namespace {

using test::Stream;
using namespace std::chrono_literals;

// shoji-egress with its three descriptors.
class Program {
  public:
    explicit Program(const std::vector<std::uint8_t>& allowance) {
        auto listener = test::listen_on();
        port_ = test::port_of(listener.get());
        auto reports =
            base::listen_unix(folder_.path() / "egress.sock", base::SocketKind::packet, 0600, true);
        const base::FileDescriptor source(::memfd_create("allowance", MFD_CLOEXEC));
        EXPECT_EQ(::write(source.get(), allowance.data(), allowance.size()),
                  static_cast<ssize_t>(allowance.size()));
        ::lseek(source.get(), 0, SEEK_SET);
        const std::array<int, 3> given{listener.get(), reports->get(), source.get()};
        process_ = ::fork();
        if (process_ == 0) become(given);
    }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program() {
        if (process_ > 0) {
            ::kill(process_, SIGKILL);
            ::waitpid(process_, nullptr, 0);
        }
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }
    [[nodiscard]] pid_t process() const { return process_; }
    test::Gateway gateway() { return test::Gateway(folder_.path() / "egress.sock"); }
    // The exit code, or minus the signal that ended it.
    int wait() {
        int status = 0;
        ::waitpid(process_, &status, 0);
        process_ = 0;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    int stop() {
        // kill(2) takes 0 and negative numbers for many processes.
        if (process_ > 0) ::kill(process_, SIGTERM);
        return wait();
    }

  private:
    [[noreturn]] static void become(const std::array<int, 3>& given) {
        // First out of the way of 3, 4 and 5, then there.
        std::array<int, 3> high{};
        for (std::size_t i = 0; i < given.size(); ++i)
            high.at(i) = ::fcntl(given.at(i), F_DUPFD, 100);
        for (std::size_t i = 0; i < high.size(); ++i) ::dup2(high.at(i), static_cast<int>(i) + 3);
        ::close_range(6, ~0U, 0);
        std::string name = "shoji-egress";
        std::array<char*, 2> arguments{name.data(), nullptr};
        // AddressSanitizer looks for leaks by tracing the process, which the confinement forbids.
        std::string option = "ASAN_OPTIONS=detect_leaks=0";
        std::array<char*, 2> environment{option.data(), nullptr};
        ::execve(SHOJI_EGRESS_PROGRAM, arguments.data(), environment.data());
        ::_exit(127);
    }

    test::Folder folder_;
    std::uint16_t port_ = 0;
    pid_t process_ = 0;
};

template <class T, void (*release)(T*)>
struct Release {
    void operator()(T* pointer) const { release(pointer); }
};
using Key = std::unique_ptr<EVP_PKEY, Release<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Release<X509, X509_free>>;
using TlsContext = std::unique_ptr<SSL_CTX, Release<SSL_CTX, SSL_CTX_free>>;
using Tls = std::unique_ptr<SSL, Release<SSL, SSL_free>>;

// A server's context with a certificate that it made itself.
TlsContext server_context() {
    const Key key(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
    const Certificate certificate(X509_new());
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    TlsContext context(SSL_CTX_new(TLS_server_method()));
    SSL_CTX_use_certificate(context.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    return context;
}

// Says "hello from <SNI>" to whoever asks.
void serve_tls(const Stream& stream) {
    const auto context = server_context();
    const Tls tls(SSL_new(context.get()));
    SSL_set_fd(tls.get(), stream.get());
    std::array<char, 100> question{};
    if (SSL_accept(tls.get()) != 1) return;
    if (SSL_read(tls.get(), question.data(), question.size()) <= 0) return;
    const char* name = SSL_get_servername(tls.get(), TLSEXT_NAMETYPE_host_name);
    const auto answer = std::string("hello from ") + (name == nullptr ? "nobody" : name);
    SSL_write(tls.get(), answer.data(), static_cast<int>(answer.size()));
    SSL_shutdown(tls.get());
}

// What a TLS server says through the proxy.
std::string ask_tls(std::uint16_t proxy, const std::string& authority, const std::string& name) {
    const auto stream = Stream::to(proxy);
    stream.send("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
    if (!stream.receive_until("\r\n\r\n").starts_with("HTTP/1.1 200 ")) return "refused";
    const TlsContext context(SSL_CTX_new(TLS_client_method()));
    const Tls tls(SSL_new(context.get()));
    SSL_ctrl(tls.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
             const_cast<char*>(name.c_str()));
    SSL_set_fd(tls.get(), stream.get());
    if (SSL_connect(tls.get()) != 1) return "no handshake";
    SSL_write(tls.get(), "?", 1);
    std::array<char, 100> answer{};
    const int size = SSL_read(tls.get(), answer.data(), answer.size());
    return {answer.data(), static_cast<std::size_t>(std::max(0, size))};
}

control::Allowance allowance_for(std::uint16_t port) {
    return {{{control::Scheme::https, "localhost", port, true}}, 0, {"127.9.0.0/16"}, {}};
}

TEST(Program, CarriesTlsToTheListedServerOnly) {
    test::Origin origin(serve_tls);
    Program program(control::encode(allowance_for(origin.port())));
    auto gateway = program.gateway();
    const auto authority = "localhost:" + std::to_string(origin.port());
    EXPECT_EQ(ask_tls(program.port(), authority, "localhost"), "hello from localhost");
    EXPECT_EQ(ask_tls(program.port(), authority, "other.test"), "no handshake");
    EXPECT_EQ(gateway.refusals(1).at(0).reason, control::RefusalReason::server_name_differs);
    EXPECT_EQ(ask_tls(program.port(), "127.0.0.1:" + std::to_string(origin.port()), "localhost"),
              "refused");
    EXPECT_EQ(gateway.refusals(1).at(0).reason, control::RefusalReason::address_literal);
    EXPECT_EQ(program.stop(), 0);
}

// c-ares inside the confinement: /etc/hosts, and a resolver that nobody runs.
TEST(Program, ResolvesWhileConfined) {
    control::Allowance allowance = allowance_for(443);
    allowance.origins.push_back({control::Scheme::http, "nowhere.invalid", 80, false});
    allowance.resolvers = {"127.0.0.1"};
    Program program(control::encode(allowance));
    auto gateway = program.gateway();
    const auto stream = Stream::to(program.port());
    stream.send("GET http://nowhere.invalid/ HTTP/1.1\r\nHost: nowhere.invalid\r\n\r\n");
    EXPECT_TRUE(stream.receive_all().starts_with("HTTP/1.1 502 "));
    EXPECT_EQ(gateway.refusals(1).at(0).reason, control::RefusalReason::name_not_found);
    EXPECT_EQ(program.stop(), 0);
}

TEST(Program, EndsAtOnceWhenAsked) {
    test::Origin origin(serve_tls);
    Program program(control::encode(allowance_for(origin.port())));
    const auto authority = "localhost:" + std::to_string(origin.port());
    ASSERT_EQ(ask_tls(program.port(), authority, "localhost"), "hello from localhost");
    const auto waiting = Stream::to(program.port());
    const auto begin = std::chrono::steady_clock::now();
    EXPECT_EQ(program.stop(), 0);
    EXPECT_LT(std::chrono::steady_clock::now() - begin, 5s);
    EXPECT_TRUE(waiting.ended());
}

TEST(Program, RefusesAMalformedAllowance) {
    auto bytes = control::encode(allowance_for(443));
    EXPECT_EQ(Program({}).wait(), 1);
    bytes.push_back(0);
    EXPECT_EQ(Program(bytes).wait(), 1);
    EXPECT_EQ(Program(std::vector<std::uint8_t>(200000, 0x21)).wait(), 1);
}

// Of all its threads: how often the kernel has put it on a processor.
std::uint64_t switches_of(pid_t process) {
    std::ifstream status("/proc/" + std::to_string(process) + "/status");
    std::uint64_t sum = 0;
    for (std::string line; std::getline(status, line);) {
        const auto colon = line.find("ctxt_switches:");
        if (colon != std::string::npos) sum += std::stoull(line.substr(colon + 14));
    }
    return sum;
}

TEST(Program, DoesNothingWhenNothingHappens) {
    test::Origin origin(serve_tls);
    control::Allowance allowance = allowance_for(origin.port());
    allowance.expires = 4'000'000'000;
    Program program(control::encode(allowance));
    auto gateway = program.gateway();
    ASSERT_EQ(ask_tls(program.port(), "localhost:" + std::to_string(origin.port()), "localhost"),
              "hello from localhost");
    auto traffic = gateway.next<control::Traffic>();
    while (traffic && traffic->bytes_in == 0) traffic = gateway.next<control::Traffic>();
    ASSERT_TRUE(traffic);
    std::this_thread::sleep_for(200ms);
    const auto before = switches_of(program.process());
    EXPECT_GT(before, 0U);
    std::this_thread::sleep_for(1500ms);
    EXPECT_EQ(switches_of(program.process()), before);
    EXPECT_EQ(program.stop(), 0);
}

// Runs `body` in a child, since confinement cannot be taken back; its exit code, or -signal.
int in_child(bool confined, const std::function<int()>& body, std::uint16_t port = 443) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (confined && !confine({{control::Scheme::https, "a.test", port, true}})) ::_exit(200);
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool opens(const char* path, int flags = O_RDONLY) {
    return base::FileDescriptor(::open(path, flags | O_CLOEXEC, 0600)).valid();
}

bool makes_socket(int family, int kind, int protocol = 0) {
    return base::FileDescriptor(::socket(family, kind | SOCK_CLOEXEC, protocol)).valid();
}

// What a taken-over egress would try; true where it succeeds. Each must succeed without the
// confinement, or the test says nothing.
struct Attack {
    const char* name;
    int landlock;  // the version that forbids it; 0: the system-call filter does
    std::function<bool()> succeeds;
};

std::vector<Attack> attacks(std::uint16_t other_port) {
    return {
        {"reads a file", 1, [] { return opens("/etc/passwd"); }},
        {"writes a file", 0, [] { return opens("/tmp", O_TMPFILE | O_RDWR); }},
        {"lists a folder", 1, [] { return opens("/proc", O_RDONLY | O_DIRECTORY); }},
        {"speaks to programs", 0, [] { return makes_socket(AF_UNIX, SOCK_STREAM); }},
        {"speaks multipath TCP", 0,
         [] { return makes_socket(AF_INET, SOCK_STREAM, IPPROTO_MPTCP); }},
        {"speaks to the kernel", 0, [] { return makes_socket(AF_NETLINK, SOCK_RAW); }},
        {"listens", 0, [] { return test::listen_on().valid(); }},
        {"signals others", 0, [] { return ::kill(::getppid(), 0) == 0; }},
        {"makes executable files", 0, [] { return ::syscall(SYS_memfd_create, "x", 0) >= 0; }},
        {"makes processes", 0, [] { return ::fork() >= 0; }},
        {"runs a program", 0,
         [] {
             std::string name = "true";
             std::array<char*, 2> arguments{name.data(), nullptr};
             ::execv("/bin/true", arguments.data());  // which exits with 0, as success does below
             return false;
         }},
        {"connects to another port", 0, [=] { return Stream::to(other_port).get() >= 0; }},
    };
}

TEST(Confinement, TakesAwayWhatIsNotNeeded) {
    const auto listener = test::listen_on();
    for (const auto& [name, landlock, succeeds] : attacks(test::port_of(listener.get()))) {
        if (confinement::landlock_abi() < landlock) continue;  // the program names what is missing
        const auto body = [&succeeds = succeeds] { return succeeds() ? 0 : 1; };
        EXPECT_EQ(in_child(true, body), 1) << name;
        EXPECT_EQ(in_child(false, body), 0) << name << ", though nothing forbids it";
    }
}

TEST(Confinement, LeavesWhatIsNeeded) {
    const auto listener = test::listen_on();
    const auto port = test::port_of(listener.get());
    const auto work = [&] {
        const bool files = opens("/dev/urandom") && opens("/etc/hosts");
        const bool sockets =
            makes_socket(AF_INET, SOCK_STREAM) && makes_socket(AF_INET6, SOCK_STREAM) &&
            makes_socket(AF_INET, SOCK_DGRAM) && makes_socket(AF_INET6, SOCK_DGRAM);
        const auto stream = Stream::to(port);
        return (files ? 1 : 0) + (sockets ? 2 : 0) + (stream.get() >= 0 ? 4 : 0);
    };
    EXPECT_EQ(in_child(true, work, port), 7);
}

}  // namespace
}  // namespace shoji::egress
