#include "hub/program.h"

#include "core/base/unix_socket.h"
#include "core/program/service.h"
#include "hub/confinement.h"
#include "hub/server.h"
#include "hub/tables.h"

#include <ctime>
#include <fstream>
#include <iterator>

#include <openssl/ssl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace shoji::hub {
namespace {

using base::Failure;
using base::FileDescriptor;
using base::Result;

constexpr std::size_t maximum_pem = 65536;

Result<std::string> read_pem(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::string text(maximum_pem, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (!text.empty()) return text;
    return base::fail(base::ErrorKind::not_found, "{} cannot be read: 'shoji init' makes it",
                      path.native());
}

Result<channel::Context> load_context(const std::filesystem::path& folder) {
    channel::Credentials credentials;
    auto key = read_pem(folder / key_file);
    auto certificate = read_pem(folder / certificate_file);
    auto authority = read_pem(folder / authority_file);
    for (const auto* part : {&key, &certificate, &authority}) {
        if (!*part) return Failure(part->error());
    }
    return channel::Context::make(channel::End::hub, {*key, *certificate, *authority});
}

Keep keep_of(const base::HubSettings& settings) {
    constexpr std::uint64_t megabyte = 1 << 20;
    constexpr store::Seconds day = 86400;
    return {.event_bytes = settings.event_megabytes * megabyte,
            .alert_bytes = settings.alert_megabytes * megabyte,
            .event_seconds = settings.event_days * day,
            .alert_seconds = settings.alert_days * day,
            .silence = std::chrono::seconds(settings.silence_seconds)};
}

// The confined program.
Result<void> serve(const base::Settings& settings, channel::Context context, FileDescriptor sensors,
                   FileDescriptor admins, uid_t administrator, int end) {
    auto database = store::Database::open(settings.hub_state() / "hub.db", table_steps());
    if (!database) return Failure(database.error());
    auto collector = Collector::open(*database, keep_of(settings.hub), moment_now());
    if (!collector) return Failure(collector.error());
    Admin admin(**collector, settings);
    admin.record_start();
    spdlog::info("taking sensors' records at {} port {}", settings.hub.sensor_address,
                 settings.hub.sensor_port);
    Server server(**collector, admin, std::move(context), std::move(sensors), std::move(admins),
                  {0, administrator}, end);
    return server.run();
}

}  // namespace

Result<void> run(const base::Settings& settings) {
    auto prepared = program::prepare_runtime(settings, settings.hub_socket().parent_path(),
                                             settings.hub_user());
    if (!prepared) return prepared;
    auto end = program::end_signals();
    if (!end) return Failure(end.error());
    const auto administrator = program::owner_of(settings.state);
    if (!administrator) return Failure(administrator.error());
    auto sensors = listen_tcp(settings.hub.sensor_address, settings.hub.sensor_port);
    if (!sensors) return Failure(sensors.error());
    program::raise_descriptor_limit();
    auto dropped = program::become_own_user(settings, settings.hub_user());
    if (!dropped) return dropped;
    // Whoever is at the other end is asked of the kernel.
    auto admins = base::listen_unix(settings.hub_socket(), base::SocketKind::stream, 0666, true);
    if (!admins) return Failure(admins.error());
    // What reads its settings from the system does so while it may: the log's clock, OpenSSL.
    ::tzset();
    if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1) {
        return base::fail(base::ErrorKind::system, "OpenSSL does not accept the system's settings");
    }
    const auto missing = confine(settings);
    if (!missing) return Failure(missing.error());
    for (const auto& protection : *missing) spdlog::warn("not in force: {}", protection);
    auto context = load_context(settings.hub_state());
    auto served = context ? serve(settings, std::move(*context), std::move(*sensors),
                                  std::move(*admins), *administrator, end->get())
                          : Result<void>(Failure(context.error()));
    ::unlink(settings.hub_socket().c_str());
    return served;
}

}  // namespace shoji::hub
