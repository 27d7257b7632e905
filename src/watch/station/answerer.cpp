#include "watch/station/answerer.h"

#include "core/base/unix_socket.h"
#include "core/confinement/capabilities.h"
#include "watch/letters/letters.h"
#include "watch/response/control_server.h"
#include "watch/response/response_policy.h"
#include "watch/response/small_file.h"

#include <array>
#include <cerrno>
#include <chrono>

#include <linux/capability.h>
#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

// To signal and to look into processes, to move files whosesoever they are, nftables and sockets,
// namespaces, fanotify and kernel programs.
constexpr std::array kept{CAP_KILL,    CAP_CHOWN,       CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH,
                          CAP_FOWNER,  CAP_FSETID,      CAP_NET_ADMIN,    CAP_NET_RAW,
                          CAP_BPF,     CAP_PERFMON,     CAP_SYS_ADMIN,    CAP_SYS_PTRACE,
                          CAP_SETFCAP, CAP_SYS_RESOURCE};

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// The alert of a rule.
void answer_cause(int analyst, response::Responder& responder) {
    const auto packet = base::receive_packet(analyst, letters::most_cause);
    if (!packet || packet->bytes.empty()) return;
    const auto cause = letters::decode_cause(packet->bytes);
    if (!cause) return spdlog::error("{}", cause.error().message);
    const auto outcome = responder.respond_to_rule(
        cause->rule, {static_cast<pid_t>(cause->process), cause->start}, cause->path);
    if (!outcome) {
        spdlog::error("responding to {}: {}", cause->rule, outcome.error().message);
    } else {
        spdlog::warn("rule {}: the response is {}", cause->rule,
                     outcome->done ? "done" : "kept until somebody approves");
    }
}

base::Result<response::Responder> start(const Policy& policy) {
    auto rules = read_response_policy(*policy.response);
    if (!rules) return base::Failure(rules.error());
    std::error_code unknown;
    const auto self = std::filesystem::read_symlink("/proc/self/exe", unknown);
    if (!unknown) rules->protected_programs.push_back(self.native());
    response::ResponderSettings settings;
    settings.state = policy.response_folder();
    settings.units = policy.response->units;
    settings.now = seconds_now;
    return response::Responder::start(std::move(*rules), std::move(settings));
}

}  // namespace

base::Result<response::ResponsePolicy> read_response_policy(const ResponsePlace& place) {
    constexpr std::size_t most = 1U << 20U;
    const auto text = response::read_small_file(place.policy, most);
    if (!text) return base::Failure(text.error());
    return response::parse_response_policy(*text);
}

std::set<std::string, std::less<>> rules_of(const response::ResponsePolicy& policy) {
    std::set<std::string, std::less<>> rules;
    for (const auto& [rule, response] : policy.rules) rules.insert(rule);
    return rules;
}

base::Result<void> run_answerer(const Policy& policy, base::FileDescriptor listener,
                                base::FileDescriptor analyst, base::FileDescriptor keeper) {
    if (auto dropped = confinement::drop_capabilities_but(kept); !dropped) return dropped;
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return base::fail_errno(errno, "setting no_new_privs");
    }
    auto responder = start(policy);
    if (!responder) return base::Failure(responder.error());
    const char ready = 0;
    static_cast<void>(::send(keeper.get(), &ready, 1, MSG_DONTWAIT | MSG_NOSIGNAL));
    while (true) {
        std::array<pollfd, 3> waited{pollfd{keeper.get(), POLLIN, 0},
                                     pollfd{listener.get(), POLLIN, 0},
                                     pollfd{analyst.get(), POLLIN, 0}};
        if (::poll(waited.data(), waited.size(), -1) < 0) {
            if (errno == EINTR) continue;
            return base::fail_errno(errno, "waiting");
        }
        if (waited[0].revents != 0) {
            auto packet = base::receive_packet(keeper.get(), 1);
            if (!packet || packet->bytes.empty()) return {};
            if (packet->descriptors.size() == 1) analyst = std::move(packet->descriptors.front());
            continue;
        }
        if (waited[1].revents != 0) {
            const auto served = response::serve_command(listener.get(), *responder);
            if (!served) spdlog::warn("responses: {}", served.error().message);
        }
        if ((waited[2].revents & POLLIN) != 0) {
            answer_cause(analyst.get(), *responder);
        } else if (waited[2].revents != 0) {
            analyst.reset();
        }
    }
}

}  // namespace shoji::station
