// That no device and no namespace, whatever somebody made of it, keeps the rest of an isolation
// from coming into force, from being released, or is said to be held while it is not. With nftables
// itself, in a process with process ids and network of its own.
#include "watch/response/isolation.h"
#include "watch/response/packet_rules.h"
#include "watch/response/responder.h"
#include "watch/response/traffic_test.h"

#include <array>
#include <memory>

#include <gtest/gtest.h>
#include <nftables/libnftables.h>

namespace shoji::response {
namespace {

namespace fs = std::filesystem;

// All that the kernel lets a device be called.
const std::vector<std::string> odd{
    "a+b", "q\"q", "\"",   "\xff\xfe", "s*",   "*",       "b\\n",           "$lo", ";", "#c",
    "'",   "{x}",  "lo\"", "=,",       "\x01", "\x1b[2J", "0123456789!bcde"};

// No group that there is.
constexpr std::uint64_t nobody = ~std::uint64_t{0};

bool has_host_rules() {
    return list_packet_table(host_table).find("chain forward") != std::string::npos;
}

class Odd : Checks {
  public:
    explicit Odd(fs::path folder) : folder_(std::move(folder)) {}

    int play() {
        if (!ip("link set lo up")) return 100;
        for (std::size_t i = 0; i < odd.size(); ++i) {
            const auto peer = "p" + std::to_string(i);
            if (!ip("link add " + odd[i] + " type veth peer name " + peer) ||
                !ip("link set dev " + odd[i] + " up") || !ip("link set dev " + peer + " up")) {
                fmt::print(stderr, "no device is called {}\n", odd[i]);
                return 101;
            }
        }
        const auto before = list_packet_rules().value();
        check_frames(true, "before");
        isolate();
        check_frames(false, "during");
        another_start();
        check_frames(false, "after another start");
        undone();
        auto last = start();
        expect(last && last->respond(request(ActionKind::release)).has_value(), "it is released");
        expect(list_packet_rules().value() == before, "nothing is left of it");
        check_frames(true, "after");
        return wrong_;
    }

  private:
    static Request request(ActionKind kind) { return {{.kind = kind}, "a test", "hanako", false}; }
    [[nodiscard]] base::Result<Responder> start() const {
        ResponsePolicy policy;
        policy.host = "here";
        policy.isolation.listed.push_back(parse_network("10.77.0.3").value());
        ResponderSettings settings;
        settings.state = folder_ / "state";
        settings.programs = {nobody, {folder_}, false};
        settings.socket_cgroup = nobody;
        settings.now = [] { return std::int64_t{1'800'000'000}; };
        return Responder::start(std::move(policy), std::move(settings));
    }
    void isolate() {
        auto responder = start();
        expect(responder.has_value(), "it starts");
        if (!responder) return;
        const auto done = responder->respond(request(ActionKind::isolate));
        expect(done && done->done, "the host is isolated");
        if (!done) return;
        for (const auto& told : done->told) {
            expect(told.key != "response.isolate.problem", told.key);
        }
        expect(has_host_rules(), "its own rules are in force");
        expect(responder->isolation_holds().value_or(false), "that holds");
        expect(!responder->mend_isolation().undone, "and nobody undid it");
    }
    void another_start() {
        expect(apply_packet_rules("flush ruleset\n").has_value(), "rules can be taken away");
        auto responder = start();
        expect(responder.has_value(), "it starts whatever devices there are");
        if (responder) expect(responder->isolation_holds().value_or(false), "and isolates again");
    }
    void undone() {
        auto responder = start();
        expect(apply_packet_rules("flush chain netdev shoji_isolation out_20\n").has_value(),
               "an odd device's rules can be taken away");
        expect(!responder->isolation_holds().value_or(true), "then it does not hold");
        const auto mended = responder->mend_isolation();
        expect(mended.undone && mended.problem.empty(), "it is mended: " + mended.problem);
        expect(responder->isolation_holds().value_or(false), "and holds again");
    }
    void check_frames(bool pass, const std::string& when) {
        for (std::size_t i = 0; i < odd.size(); ++i) {
            const auto from = packet_socket(odd[i], false);
            const auto to = packet_socket("p" + std::to_string(i), false);
            send_frame(from.get(), odd[i]);
            expect(readable(to.get(), pass) == pass, when + ": frames of " + odd[i]);
        }
    }

    fs::path folder_;
};

// A table of the isolation's name in the caller's namespace, that nobody else may change while this
// lives.
class Owner {
  public:
    Owner() {
        const auto rules = fmt::format("table {} {{ flags owner; }}\n", host_table);
        made_ = nft_ && nft_run_cmd_from_buffer(nft_.get(), rules.c_str()) == 0;
    }
    [[nodiscard]] bool made() const { return made_; }

  private:
    std::unique_ptr<nft_ctx, decltype(&nft_ctx_free)> nft_{nft_ctx_new(NFT_CTX_DEFAULT),
                                                           &nft_ctx_free};
    bool made_ = false;
};

class Refusing : Checks {
  public:
    explicit Refusing(fs::path state) : isolation_({std::move(state), {}}) {}

    int play() {
        if (!ip("link set lo up")) return 100;
        IsolationRequest request;
        request.cgroup = nobody;
        std::array<Container, 3> containers;
        const auto& refusing = containers[1];
        std::unique_ptr<Owner> owner;
        if (!refusing.run([&] {
                owner = std::make_unique<Owner>();
                return owner->made();
            })) {
            return 101;
        }
        const auto outcome = isolation_.isolate(request);
        expect(outcome.has_value(), "the rest is isolated");
        expect(outcome && outcome->problems.size() == 1, "what is not is told");
        expect(outcome && outcome->namespaces == 4, "all were tried");
        expect(outcome && outcome->sockets.has_value(), "sockets are guarded");
        expect(has_host_rules(), "the host has its rules");
        for (const auto* one : {&containers[0], &containers[2]}) {
            expect(one->run(has_host_rules), "another namespace has its rules");
        }
        expect(!isolation_.holds(true).value_or(false), "that is not said to hold");
        expect(isolation_.holds(false).value_or(false), "but here it does");
        expect(!isolation_.mend(request).problem.empty(), "it is told again");
        owner.reset();
        expect(isolation_.mend(request).problem.empty(), "until it can be had");
        expect(refusing.run(has_host_rules), "then that namespace has its rules");
        expect(isolation_.holds(true).value_or(false), "and all holds");
        here(request);
        const auto released = isolation_.release();
        expect(released.has_value(), "it is released");
        expect(!has_host_rules() && !refusing.run(has_host_rules), "nothing is left");
        return wrong_;
    }

  private:
    void here(const IsolationRequest& request) {
        expect(apply_packet_rules(release_rules()).has_value(), "rules can be taken away");
        auto owner = std::make_unique<Owner>();
        expect(owner->made(), "and the table's name taken");
        expect(!isolation_.isolate(request), "then it is not said to be isolated");
        expect(!isolation_.mend(request).problem.empty(), "nor to be mended");
        expect(!isolation_.holds(true).value_or(false), "nor to hold");
        owner.reset();
        expect(isolation_.mend(request).problem.empty(), "until it can be had here");
        expect(isolation_.holds(true).value_or(false), "then it holds");
    }

    Isolation isolation_;
};

TEST(IsolationDevicesTest, HoldsWhateverDevicesAreCalled) {
    expect_none_wrong_alone([](const std::string& folder) { return Odd(folder).play(); });
}

TEST(IsolationDevicesTest, OneNamespaceThatRefusesEndsNothingOfTheRest) {
    expect_none_wrong_alone([](const std::string& folder) { return Refusing(folder).play(); });
}

}  // namespace
}  // namespace shoji::response
