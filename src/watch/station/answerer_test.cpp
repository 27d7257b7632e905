// The process that responds, while its host is isolated and somebody undoes that: with nftables
// itself, in a process with process ids and network of its own.
#include "watch/station/answerer.h"

#include "core/base/unix_socket.h"
#include "watch/response/packet_rules.h"
#include "watch/response/traffic_test.h"
#include "watch/station/part.h"

#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

class Undone : response::Checks {
  public:
    explicit Undone(std::filesystem::path folder) : folder_(std::move(folder)) {}

    int play() {
        auto responder = response::Responder::start(policy(), settings());
        auto link = base::unix_socket_pair(base::SocketKind::packet);
        if (!responder || !link || !response::ip("link set lo up") ||
            !response::ip("link add host0 type veth peer name outer")) {
            return 100;
        }
        const auto isolated =
            responder->respond({{.kind = response::ActionKind::isolate}, "a test", "me", false});
        expect(isolated && isolated->done, "it is isolated");
        const auto rules = response::list_packet_rules().value();
        const timeval patience{60, 0};
        ::setsockopt(link->first.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
        AnswererLinks links;
        links.keeper = std::move(link->second);
        std::thread answerer([&] {
            expect(answer_links(*responder, std::move(links)).has_value(), "it ends by itself");
        });
        expect(hear(link->first.get()) == PartSays::alive, "it says that it is alive");
        expect(response::apply_packet_rules(response::release_rules()).has_value(),
               "its rules can be taken away");
        expect(until_undone(link->first.get()), "that is told");
        expect(response::list_packet_rules().value() == rules, "and they are there again");
        link->first.reset();
        answerer.join();
        return wrong_;
    }

  private:
    static response::ResponsePolicy policy() {
        response::ResponsePolicy policy;
        policy.host = "here";
        policy.isolation.listed.push_back(response::parse_network("10.77.0.3").value());
        return policy;
    }
    [[nodiscard]] response::ResponderSettings settings() const {
        response::ResponderSettings settings;
        settings.state = folder_ / "state";
        // The guard of sockets holds for no group that there is.
        settings.socket_cgroup = ~std::uint64_t{0};
        settings.now = [] { return std::int64_t{1'800'000'000}; };
        return settings;
    }
    static std::optional<PartSays> hear(int socket) {
        char byte = 0;
        if (::recv(socket, &byte, 1, 0) != 1) return std::nullopt;
        return static_cast<PartSays>(byte);
    }
    // Within some looks; it says every second that it is alive meanwhile.
    static bool until_undone(int socket) {
        constexpr int most = 30;
        for (int said = 0; said < most; ++said) {
            const auto heard = hear(socket);
            if (!heard || *heard == PartSays::isolation_undone) return heard.has_value();
        }
        return false;
    }

    std::filesystem::path folder_;
};

TEST(AnswererTest, AnIsolationThatSomebodyUndoesIsToldAndSetInForceAgain) {
    response::expect_none_wrong_alone(
        [](const std::string& folder) { return Undone(folder).play(); });
}

}  // namespace
}  // namespace shoji::station
