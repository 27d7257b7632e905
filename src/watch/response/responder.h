// Carries responses out, one after the other, each recorded before and after. For the privileged
// side of the sensor; one of it a machine.
#pragma once

#include "watch/response/cause_file.h"
#include "watch/response/evidence.h"
#include "watch/response/guarded_programs.h"
#include "watch/response/isolation.h"
#include "watch/response/order.h"
#include "watch/response/quarantine.h"
#include "watch/response/record.h"
#include "watch/response/used_orders.h"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace shoji::response {

// What an alert of a rule leads to.
struct RuleResponse {
    ActionKind kind = ActionKind::kill;
    bool asks = true;  // a person approves it first
};

struct ResponsePolicy {
    std::string host;
    // Never quarantined or blocked, and not killed where root or one of the units runs them.
    std::vector<std::string> protected_programs;
    std::vector<std::string> protected_units;
    std::vector<std::string> packet_programs;  // may make packet sockets while the host is isolated
    IsolationPolicy isolation;
    OrderPolicy orders;
    std::map<std::string, RuleResponse> rules;  // by the rule's id
    bool memory_may_be_collected = false;
    EvidenceLimits limits;
    VaultLimits vault;
};

// Words of the catalogue and what they name.
struct Told {
    std::string key;
    std::vector<std::pair<std::string, std::string>> values;
};

struct Outcome {
    std::string id;
    bool done = false;  // false: a dry run, or it waits for approval
    std::vector<Told> told;
    std::string undo;  // the command that undoes it; empty: it cannot be undone
};

struct Waiting {
    std::string id;
    Request request;
};

struct ResponderSettings {
    std::filesystem::path state;  // a folder that root alone may enter; made where it is not there
    std::filesystem::path units;  // of systemd; empty: none
    ProgramGuardSettings programs;
    std::uint64_t socket_cgroup = 0;  // as IsolationRequest has it
    bool every_namespace = true;
    std::function<std::int64_t()> now;  // Unix seconds
    HandOver hand_over;                 // to whoever holds the guards as well; empty: nobody does
};

class Responder {
  public:
    // Sets in force again what was in force: the isolation, and the blocks. `left`: what a process
    // before this one has left in force of them. An error leaves it so.
    static base::Result<Responder> start(ResponsePolicy policy, ResponderSettings settings,
                                         GuardFiles left = {});
    // At its end the guards stay in force for the next one.
    void leave_guards();

    // By hand. What an error leaves undone is recorded as failed.
    base::Result<Outcome> respond(const Request& request);
    // What an order asks for, to be given to respond(): it is used up then. `denied` with the
    // reason otherwise.
    base::Result<Request> accept(const SignedOrder& order);
    // Where this very order was accepted before, and its signatures hold.
    [[nodiscard]] std::optional<OrderEnd> end_of(const SignedOrder& order) const;
    // Keeps how an accepted one ended, so that it can be said again.
    base::Result<void> settle(const SignedOrder& order, const OrderEnd& end);
    // `not_found` where policy has no response to that rule. `process` and `file` are the alert's.
    // What waits for approval already is not asked twice, a host that is isolated is not isolated
    // again: nothing is told then.
    base::Result<Outcome> respond_to_rule(const std::string& rule, ProcessId process,
                                          const CauseFile& file);

    [[nodiscard]] base::Result<std::vector<Waiting>> waiting() const;
    base::Result<Outcome> approve(const std::string& id, const std::string& by);
    base::Result<void> refuse(const std::string& id, const std::string& by);

    [[nodiscard]] const std::vector<Block>& blocks() const { return blocks_; }
    [[nodiscard]] base::Result<VaultList> quarantined() const { return vault_.list(); }
    // Commanded, and not released.
    [[nodiscard]] bool isolated() const { return isolation_.in_force(); }
    // Whether that holds at this moment, in the kernel.
    base::Result<bool> isolation_holds() { return isolation_.holds(settings_.every_namespace); }
    // As Isolation::mend().
    IsolationMended mend_isolation();
    // By what it is held now; empty: nothing is to be held, or nothing holds it.
    [[nodiscard]] std::optional<GuardChoice> program_guard() const {
        return programs_ ? std::optional(programs_->choice()) : std::nullopt;
    }
    [[nodiscard]] std::optional<GuardChoice> socket_guard() const {
        return isolation_.socket_guard();
    }
    [[nodiscard]] const journal::PublicKey& evidence_key() const { return public_key_; }

  private:
    Responder(ResponsePolicy policy, ResponderSettings settings, Vault vault, ResponseLog log,
              journal::SigningKey key);

    base::Result<Outcome> act(const Request& request);
    base::Result<Outcome> kill(const Request& request);
    base::Result<Outcome> quarantine(const Request& request);
    base::Result<Outcome> restore(const Request& request);
    base::Result<Outcome> isolate(const Request& request);
    base::Result<Outcome> release(const Request& request);
    base::Result<Outcome> block(const Request& request);
    base::Result<Outcome> unblock(const Request& request);
    base::Result<Outcome> collect(const Request& request);
    [[nodiscard]] Protection protection() const;
    [[nodiscard]] IsolationRequest isolation_request() const;
    base::Result<void> put_blocks(std::vector<Block> blocks, GuardFiles left = {});
    base::Result<void> resume(GuardFiles left);
    base::Result<void> resume_blocks(GuardFiles left);
    void hand_over(GuardPart part, const std::vector<base::FileDescriptor>& files) const;
    void hand_over_programs() const;
    base::Result<Outcome> ask(const Request& request);
    base::Result<Request> take_waiting(const std::string& id);

    ResponsePolicy policy_;
    ResponderSettings settings_;
    Vault vault_;
    ResponseLog log_;
    UsedOrders orders_;
    journal::SigningKey key_;
    journal::PublicKey public_key_;
    Isolation isolation_;
    std::vector<Block> blocks_;
    std::optional<ProgramGuard> programs_;
};

}  // namespace shoji::response
