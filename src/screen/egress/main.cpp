// shoji-egress: the only way out of one session. Started by shoji-host with descriptor 3, the
// proxy's listening TCP socket inside the session's network namespace; 4, the listening socket for
// reports; 5, one control::Allowance, read to its end. Exits 0 on SIGTERM.
#include "screen/egress/confinement.h"
#include "screen/egress/proxy.h"

#include <csignal>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace {

using namespace shoji;

constexpr int listener_descriptor = 3;
constexpr int reports_descriptor = 4;
constexpr int allowance_descriptor = 5;
constexpr std::uint16_t dns_port = 53;

base::Result<control::Allowance> read_allowance() {
    const base::FileDescriptor source(allowance_descriptor);
    std::vector<std::uint8_t> bytes(control::maximum_packet + 1);
    std::size_t size = 0;
    while (size < bytes.size()) {
        const auto count = ::read(source.get(), bytes.data() + size, bytes.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::fail_errno(errno, "reading the allowance");
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    return control::decode_allowance({bytes.data(), size});
}

base::Result<void> run() {
    egress::Inherited inherited{base::FileDescriptor(listener_descriptor),
                                base::FileDescriptor(reports_descriptor)};
    const auto allowance = read_allowance();
    if (!allowance) return base::Failure(allowance.error());
    auto allow_list = egress::AllowList::from(*allowance);
    if (!allow_list) return base::Failure(allow_list.error());
    const egress::Limits limits;
    auto resolver = egress::Resolver::make(allowance->resolvers, dns_port, limits);
    if (!resolver) return base::Failure(resolver.error());
    const egress::Expiry expiry(allowance->expires, egress::wall_seconds(),
                                egress::running_seconds());

    boost::asio::io_context context(1);
    boost::asio::signal_set signals(context, SIGTERM, SIGINT);
    egress::Proxy proxy(context.get_executor(), std::move(inherited), std::move(*allow_list),
                        expiry, std::move(*resolver), limits);
    const auto missing = egress::confine(allowance->origins);
    if (!missing) return base::Failure(missing.error());
    for (const auto& protection : *missing) spdlog::warn("not in force: {}", protection);

    signals.async_wait([&](const boost::system::error_code&, int) {
        proxy.stop();
        context.stop();
    });
    proxy.start();
    context.run();
    return {};
}

}  // namespace

int main() {
    // c-ares writes to sockets whose other end may be gone.
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    spdlog::set_default_logger(spdlog::stderr_logger_st("egress"));
    try {
        const auto done = run();
        if (done) return 0;
        spdlog::error("{}", done.error().message);
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
    }
    return 1;
}
