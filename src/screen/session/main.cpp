// shoji-session: the screen of one session. Started by shoji-host with descriptor 3, the listening
// socket where viewers arrive; 4, the server's end of Chromium's Wayland socket; 5, the start
// parameters, read to their end. It takes no arguments and reads no environment.
//
// Exit codes: 0 when asked to end (SIGTERM, SIGINT) or when the Wayland client has gone; 1 when it
// could not start or could not go on, as the log says; ended by SIGSYS when it made a system call
// that it has no use for.
#include "screen/session/confinement.h"
#include "screen/session/session.h"
#include "screen/session/start_parameters.h"

#include <array>
#include <cerrno>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace {

using namespace shoji;

constexpr int listener_descriptor = 3;
constexpr int client_descriptor = 4;
constexpr int parameters_descriptor = 5;

base::Result<compositor::Compositor::Options> read_parameters() {
    const base::FileDescriptor source(parameters_descriptor);
    std::array<std::uint8_t, session::start_parameter_bytes + 1> bytes{};
    std::size_t size = 0;
    while (size < bytes.size()) {
        const auto count = ::read(source.get(), bytes.data() + size, bytes.size() - size);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::fail_errno(errno, "reading the start parameters");
        if (count == 0) break;
        size += static_cast<std::size_t>(count);
    }
    return session::decode_start_parameters(std::span(bytes).first(size));
}

base::Result<session::Ending> run() {
    session::Session::Descriptors descriptors{base::FileDescriptor(listener_descriptor),
                                              base::FileDescriptor(client_descriptor)};
    const auto options = read_parameters();
    if (!options) return base::Failure(options.error());
    auto session = session::Session::create(std::move(descriptors), *options);
    if (!session) return base::Failure(session.error());
    // The first line also makes the logger read the time zone, while files can be read.
    spdlog::info("ready for {} by {} pixels", options->size.width, options->size.height);
    const auto missing = session::confine();
    if (!missing) return base::Failure(missing.error());
    for (const auto& protection : *missing) spdlog::warn("not in force: {}", protection);
    return (*session)->run();
}

}  // namespace

int main() {
    spdlog::set_default_logger(spdlog::stderr_logger_st("session"));
    try {
        const auto ending = run();
        if (ending) {
            spdlog::info(*ending == session::Ending::asked ? "asked to end"
                                                           : "the browser has gone");
            return 0;
        }
        spdlog::error("{}", ending.error().message);
    } catch (const std::exception& error) {
        spdlog::error("{}", error.what());
    }
    return 1;
}
