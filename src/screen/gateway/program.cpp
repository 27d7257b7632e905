#include "screen/gateway/program.h"

#include "core/base/unix_socket.h"
#include "core/policy/json.h"
#include "core/program/service.h"
#include "screen/gateway/admin_server.h"
#include "screen/gateway/clock.h"
#include "screen/gateway/confinement.h"
#include "screen/gateway/password.h"
#include "screen/gateway/server.h"
#include "screen/gateway/static_files.h"

#include <ctime>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <openssl/ssl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace shoji::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto tidy_pause = 60s;
constexpr auto goodbye_time = 1s;
constexpr auto certificate_pause = 1h;
constexpr store::Seconds early_warning = 30 * 24 * 3600;  // 'shoji init' renews from then on

// What is opened with the privileges that the program was started with.
struct Opened {
    StaticFiles files;
    std::vector<OpenListener> listeners;
    uid_t state_owner = 0;
    base::FileDescriptor end;  // readable when the program shall end
};

base::Result<Opened> open_with_privileges(asio::io_context& loop, const base::Settings& settings,
                                          const std::filesystem::path& web) {
    auto files = StaticFiles::load(web);
    if (!files) return base::Failure(files.error());
    auto listeners = open_listeners(loop, settings);
    if (!listeners) return base::Failure(listeners.error());
    const auto owner = program::owner_of(settings.state);
    if (!owner) return base::Failure(owner.error());
    auto prepared = program::prepare_runtime(settings, settings.admin_socket().parent_path(),
                                             settings.gateway_user());
    if (!prepared) return base::Failure(prepared.error());
    auto end = program::end_signals();
    if (!end) return base::Failure(end.error());
    program::raise_descriptor_limit();
    return Opened{std::move(*files), std::move(*listeners), *owner, std::move(*end)};
}

// What reads its settings from the system does so while it may: the log's clock, OpenSSL.
base::Result<void> settle_libraries() {
    ::tzset();
    if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1) {
        return base::fail(base::ErrorKind::system, "OpenSSL does not accept the system's settings");
    }
    return {};
}

// Own user, no other file, no other program, no way out; the admin socket, which only that user may
// make.
base::Result<base::FileDescriptor> give_up_the_rest(const base::Settings& settings) {
    auto dropped = program::become_own_user(settings, settings.gateway_user());
    if (!dropped) return base::Failure(dropped.error());
    constexpr mode_t for_all = 0666;  // whoever is at the other end is asked of the kernel
    auto admin =
        base::listen_unix(settings.admin_socket(), base::SocketKind::stream, for_all, true);
    if (!admin) return admin;
    if (auto settled = settle_libraries(); !settled) return base::Failure(settled.error());
    const auto missing = confine(settings);
    if (!missing) return base::Failure(missing.error());
    for (const auto& protection : *missing) spdlog::warn("not in force: {}", protection);
    return admin;
}

// What the store knows at the start.
struct Remembered {
    store::StoredConfiguration configuration;
    std::vector<store::Screen> screens;
    std::vector<store::User> users;
};

base::Result<Remembered> recall(store::Store& store) {
    Remembered remembered;
    auto configuration = store.configurations.current();
    if (!configuration) return base::Failure(configuration.error());
    auto screens = store.screens.list();
    if (!screens) return base::Failure(screens.error());
    auto users = store.users.list();
    if (!users) return base::Failure(users.error());
    return Remembered{std::move(*configuration), std::move(*screens), std::move(*users)};
}

base::Result<void> set_policy(PolicyBook& policy, const store::StoredConfiguration& stored) {
    if (stored.revision == 0) return {};
    auto configuration = policy::configuration_from_text(stored.document);
    if (!configuration) {
        return base::Failure(std::move(configuration.error()).context("the stored configuration"));
    }
    policy.set(stored.revision, std::move(*configuration));
    return {};
}

// Web sessions that are over end together with their screens; those with a viewer at work stay.
Task<> tidy(Records& records, Screens& screens) {
    for (;;) {
        co_await sleep_for(tidy_pause);
        auto work = [watching = screens.watching_web_sessions(), now = now_seconds()](
                        store::Store& store) -> base::Result<std::vector<store::Digest>> {
            for (const auto& token : watching) {
                if (auto touched = store.web_sessions.touch(token, now); !touched) {
                    return base::Failure(touched.error());
                }
            }
            return store.web_sessions.remove_expired({}, now);
        };
        const auto over = co_await records.run(std::move(work));
        if (!over) {
            spdlog::error("{}", over.error().message);
            continue;
        }
        for (const auto& token : *over) screens.end_of_web_session(token, true);
    }
}

// Says when the gateway's own certificate runs out, while there is time, and when it has.
Task<> watch_certificate(store::Seconds expires, std::string renewal, AuditLink& audit) {
    bool told = false;
    for (;;) {
        const store::Seconds left = expires - now_seconds();
        if (left <= 0) {
            spdlog::error("the gateway's certificate has expired, and browsers refuse it: {}",
                          renewal);
            journal::Record record{journal::Action::fault, journal::Outcome::failed,
                                   "shoji-gateway",        "",
                                   "certificate",          "expired"};
            if (!std::exchange(told, true)) audit.note(record);
        } else if (left <= early_warning) {
            spdlog::warn("the gateway's certificate expires in {} hours: {}", left / 3600, renewal);
        }
        co_await sleep_for(certificate_pause);
    }
}

// A loop whose coroutines can be made to go before what they refer to does.
class Loop final : public asio::io_context {
  public:
    using asio::io_context::io_context;
    // Destroys everything that is under way or waits; nothing runs any more.
    void abandon() { shutdown(); }
};

// The gateway's parts, each made from those before it.
class Gateway {
  public:
    Gateway(asio::io_context& loop, const base::Settings& settings, Opened opened,
            std::unique_ptr<store::Store> store)
        : loop_(loop),
          settings_(settings),
          files_(std::move(opened.files)),
          records_(std::move(store)),
          audit_(loop.get_executor(), settings.audit_socket(), audit_users()),
          host_(loop.get_executor(), settings.host_socket(), {0, ::geteuid()}),
          screens_({loop.get_executor(), records_, audit_, host_, policy_}, settings.session),
          certificate_expires_(own_certificate_expires(opened.listeners.front().tls)),
          sign_in_(records_, audit_, passwords_),
          api_(files_, sign_in_, screens_, policy_, audit_),
          commands_({loop.get_executor(), records_, audit_, host_, policy_, passwords_, screens_,
                     connections_, certificate_expires_, settings.terminal_networks}),
          admin_(loop.get_executor(), commands_, {0, ::geteuid(), opened.state_owner}),
          server_({loop.get_executor(), api_, screens_, records_, audit_, connections_},
                  settings.host_name, std::move(opened.listeners)),
          end_signals_(loop, opened.end.release()) {}

    base::Result<void> start(const Remembered& remembered, base::FileDescriptor admin) {
        if (settings_.terminal_networks.empty()) {
            spdlog::warn(
                "the terminals' networks are not set, so sessions of internal destinations are not "
                "kept from them: 'shoji --state {} init --terminal-network 10.1.0.0/16' names "
                "them, then restart shoji-host and shoji-gateway",
                settings_.state.native());
        }
        if (auto set = set_policy(policy_, remembered.configuration); !set) return set;
        screens_.adopt(remembered.screens, remembered.users);
        const auto executor = loop_.get_executor();
        spawn(executor, audit_.run(), "the audit journal");
        spawn(executor, audit_.sum_up(), "summing up refusals");
        spawn(executor, host_.run(), "the host");
        spawn(executor, screens_.watch(), "watching the screens");
        spawn(executor, tidy(records_, screens_), "tidying");
        std::string renewal =
            fmt::format("'shoji --state {} init' renews it, then restart shoji-gateway",
                        settings_.state.native());
        spawn(executor, watch_certificate(certificate_expires_, std::move(renewal), audit_),
              "watching the certificate");
        audit_.note({journal::Action::program_started, journal::Outcome::allowed, "shoji-gateway",
                     "", "", ""});
        admin_.start(std::move(admin), settings_.admin_socket());
        server_.start();
        end_signals_.async_wait(asio::posix::stream_descriptor::wait_read,
                                [this](const boost::system::error_code& error) {
                                    if (!error) spawn(loop_.get_executor(), end(), "ending");
                                });
        return {};
    }

    // After the loop has stopped: nothing may be under way when the parts go. Connections that are
    // still open are among it.
    void join(Loop& loop) {
        records_.join();
        passwords_.join();
        loop.abandon();
    }

  private:
    std::vector<uid_t> audit_users() const {
        std::vector<uid_t> users{0, ::geteuid()};
        if (settings_.separate_users) users.push_back(settings_.audit_user());
        return users;
    }

    Task<> end() {
        server_.stop();
        admin_.stop();
        screens_.leave_viewers();
        audit_.sum_up_now();
        co_await sleep_for(goodbye_time);
        loop_.stop();
    }

    asio::io_context& loop_;
    const base::Settings& settings_;
    StaticFiles files_;
    Records records_;
    Passwords passwords_;
    PolicyBook policy_;
    Connections connections_;
    AuditLink audit_;
    HostLink host_;
    Screens screens_;
    store::Seconds certificate_expires_;
    SignIn sign_in_;
    Api api_;
    AdminCommands commands_;
    AdminServer admin_;
    Server server_;
    asio::posix::stream_descriptor end_signals_;
};

// The confined program, from its first thread on.
base::Result<void> serve(Loop& loop, const base::Settings& settings, Opened opened,
                         base::FileDescriptor admin) {
    if (auto loaded = load_keys(opened.listeners, settings); !loaded) return loaded;
    auto store = store::Store::open(settings.gateway_state());
    if (!store) return base::Failure(store.error());
    const auto remembered = recall(**store);
    if (!remembered) return base::Failure(remembered.error());
    nobodys_hash();  // made now, so that the first wrong name takes no longer than the others
    Gateway gateway(loop, settings, std::move(opened), std::move(*store));
    if (auto started = gateway.start(*remembered, std::move(admin)); !started) return started;
    loop.run();
    gateway.join(loop);
    return {};
}

}  // namespace

base::Result<void> run(const base::Settings& settings, const std::filesystem::path& web) {
    Loop loop(1);
    auto opened = open_with_privileges(loop, settings, web);
    if (!opened) return base::Failure(opened.error());
    auto admin = give_up_the_rest(settings);
    if (!admin) return base::Failure(admin.error());
    auto served = serve(loop, settings, std::move(*opened), std::move(*admin));
    std::error_code ignored;
    if (!served) std::filesystem::remove(settings.admin_socket(), ignored);
    return served;
}

}  // namespace shoji::gateway
