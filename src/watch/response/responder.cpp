// What becomes of a request: recorded, carried out or kept until somebody approves. What each kind
// does is in responder_actions.cpp.
#include "watch/response/responder.h"

#include "core/base/random.h"
#include "core/journal/hex.h"
#include "watch/response/kill.h"
#include "watch/response/small_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

using base::ErrorKind;

base::Result<journal::SigningKey> need_key(const std::filesystem::path& path) {
    if (!std::filesystem::exists(path)) {
        const auto key = journal::SigningKey::generate();
        if (auto saved = key.save(path); !saved) return base::Failure(saved.error());
    }
    return journal::SigningKey::load(path);
}

base::Failure unknown(const std::string& id) {
    return base::worded(base::fail(ErrorKind::not_found, "nothing waits as {}", id),
                        "response.pending.none", {{"id", id}});
}

}  // namespace

Responder::Responder(ResponsePolicy policy, ResponderSettings settings, Vault vault,
                     ResponseLog log, journal::SigningKey key)
    : policy_(std::move(policy)),
      settings_(std::move(settings)),
      vault_(std::move(vault)),
      log_(std::move(log)),
      orders_(settings_.state / "orders"),
      key_(std::move(key)),
      public_key_(key_.public_key()),
      isolation_({settings_.state, settings_.units}) {}

base::Result<Responder> Responder::start(ResponsePolicy policy, ResponderSettings settings,
                                         GuardFiles left) {
    // Before anything that they could hold up.
    spare(left, ::getpid());
    const auto& state = settings.state;
    for (const auto& folder : {state, state / "pending", state / "orders", state / "evidence"}) {
        if (auto made = need_private_folder(folder); !made) return base::Failure(made.error());
    }
    auto vault = Vault::open(state / "vault", policy.vault);
    if (!vault) return base::Failure(vault.error());
    auto log = ResponseLog::open(state / "responses.log");
    if (!log) return base::Failure(log.error());
    auto key = need_key(state / "evidence.key");
    if (!key) return base::Failure(key.error());
    Responder responder(std::move(policy), std::move(settings), std::move(*vault), std::move(*log),
                        std::move(*key));
    const auto public_file = responder.settings_.state / "evidence.pub";
    if (auto told = replace_file(public_file, journal::to_text(responder.public_key_), 0644);
        !told) {
        return base::Failure(told.error());
    }
    if (auto resumed = responder.resume(std::move(left)); !resumed) {
        responder.leave_guards();
        return base::Failure(resumed.error());
    }
    return responder;
}

void Responder::leave_guards() {
    if (programs_ && settings_.hand_over) programs_->leave();
}

void Responder::hand_over(GuardPart part, const std::vector<base::FileDescriptor>& files) const {
    if (settings_.hand_over) settings_.hand_over(part, numbers_of(files));
}

// The programs last: whoever has these has all.
void Responder::hand_over_programs() const {
    const auto files = programs_ ? programs_->files() : GuardFiles{};
    hand_over(GuardPart::programs_lsm, part_of(files, GuardPart::programs_lsm));
    hand_over(GuardPart::programs, part_of(files, GuardPart::programs));
}

// The blocks first: who executes a file may wait for that.
base::Result<void> Responder::resume(GuardFiles left) {
    const auto sockets = std::move(part_of(left, GuardPart::sockets));
    if (auto resumed = resume_blocks(std::move(left)); !resumed) return resumed;
    if (!isolation_.in_force()) {
        allow_sockets(sockets);
        hand_over(GuardPart::sockets, {});
        return {};
    }
    // What is not in force then, mend_isolation() tells and tries again; without a responder there
    // would be no release either.
    const auto isolated = isolation_.isolate(isolation_request());
    // Without a new one the former guard stays.
    if (isolated && isolated->sockets)
        hand_over(GuardPart::sockets, isolation_.socket_guard_files());
    return {};
}

IsolationMended Responder::mend_isolation() {
    const bool guarded = isolation_.socket_guard().has_value();
    auto mended = isolation_.mend(isolation_request());
    if (!guarded && isolation_.socket_guard())
        hand_over(GuardPart::sockets, isolation_.socket_guard_files());
    return mended;
}

base::Result<void> Responder::resume_blocks(GuardFiles left) {
    constexpr std::size_t most = 8U << 20U;
    const auto text = read_small_file(settings_.state / "blocks", most);
    if (!text && text.error().kind != ErrorKind::not_found) return base::Failure(text.error());
    auto blocks = parse_blocks(text ? *text : std::string());
    if (!blocks) return base::Failure(blocks.error());
    if (!blocks->empty()) return put_blocks(std::move(*blocks), std::move(left));
    // Taken away by a process that ended in the middle of it.
    let_all_go(part_of(left, GuardPart::programs));
    if (text) return put_blocks({});
    hand_over_programs();
    return {};
}

base::Result<Outcome> Responder::respond(const Request& request) {
    if (auto good = check_request(request); !good) return base::Failure(good.error());
    if (request.dry_run) return act(request);
    Record record{settings_.now(), base::random_hex(16), Phase::begun, request, "", ""};
    // Nothing is done that is not recorded.
    if (auto noted = log_.append(record); !noted) return base::Failure(noted.error());
    auto outcome = act(request);
    record.time = settings_.now();
    record.phase = outcome ? Phase::done : Phase::failed;
    if (outcome) {
        outcome->id = record.id;
        record.undo = outcome->undo;
        for (const auto& told : outcome->told) {
            record.result += (record.result.empty() ? "" : "; ") + told.key;
            for (const auto& [name, value] : told.values) {
                record.result += fmt::format(" {}={}", name, value);
            }
        }
    } else {
        record.result = outcome.error().message;
    }
    if (auto noted = log_.append(record); !noted) return base::Failure(noted.error());
    return outcome;
}

base::Result<Request> Responder::accept(const SignedOrder& order) {
    auto request = check_order(order, policy_.orders, settings_.now(),
                               [&](const OrderId& id) { return orders_.contains(id); });
    if (!request) return request;
    if (auto young = orders_.check_age(order.order); !young) return base::Failure(young.error());
    if (auto used = orders_.use_up(order.order); !used) {
        return base::Failure(used.error());
    }
    return request;
}

std::optional<OrderEnd> Responder::end_of(const SignedOrder& order) const {
    if (!check_signatures(order, policy_.orders)) return std::nullopt;
    return orders_.end_of(order.order);
}

base::Result<void> Responder::settle(const SignedOrder& order, const OrderEnd& end) {
    return orders_.settle(order.order, end);
}

base::Result<Outcome> Responder::respond_to_rule(const std::string& rule, ProcessId process,
                                                 const CauseFile& file) {
    const auto found = policy_.rules.find(rule);
    if (found == policy_.rules.end()) {
        return base::fail(ErrorKind::not_found, "no response is set for the rule {}", rule);
    }
    Request request;
    auto& action = request.action;
    action.kind = found->second.kind;
    // An isolation is held as it is until somebody releases it: nothing is left to be done.
    if (action.kind == ActionKind::isolate && isolated()) {
        Outcome outcome;
        outcome.done = true;
        return outcome;
    }
    if (action.kind == ActionKind::kill || action.kind == ActionKind::collect) {
        action.process = process;
    }
    if (action.kind == ActionKind::quarantine || action.kind == ActionKind::block) {
        const auto content = check_cause_file(file, process);
        if (!content) return base::Failure(content.error());
        action.path = file.path;
        // What is approved later, or has come to that place meanwhile, is that content or nothing.
        if (action.kind == ActionKind::quarantine) action.digest = *content;
    }
    constexpr std::size_t most = 190;
    request.reason = "rule " + rule.substr(0, most);
    request.by = "policy";
    if (auto good = check_request(request); !good) return base::Failure(good.error());
    return found->second.asks ? ask(request) : respond(request);
}

base::Result<Outcome> Responder::ask(const Request& request) {
    constexpr std::size_t most = 256;
    Outcome outcome;
    const auto before = waiting();
    if (!before) return base::Failure(before.error());
    for (const auto& one : *before) {
        if (one.request != request) continue;
        outcome.id = one.id;
        return outcome;
    }
    if (before->size() >= most) {
        return base::worded(
            base::fail(ErrorKind::full, "{} responses wait for approval: approve or refuse some",
                       most),
            "response.pending.full", {{"count", std::to_string(most)}});
    }
    outcome.id = base::random_hex(16);
    const auto bytes = encode_request(request);
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    if (auto kept = replace_file(settings_.state / "pending" / outcome.id, text, 0600); !kept) {
        return base::Failure(kept.error());
    }
    const Record record{settings_.now(), outcome.id, Phase::asked, request, "", ""};
    if (auto noted = log_.append(record); !noted) return base::Failure(noted.error());
    outcome.told.push_back({"response.pending.asked", {{"id", outcome.id}}});
    return outcome;
}

base::Result<std::vector<Waiting>> Responder::waiting() const {
    std::vector<Waiting> all;
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(settings_.state / "pending", problem), end;
         !problem && entry != end; entry.increment(problem)) {
        const auto text = read_small_file(entry->path(), most_request);
        if (!text) return base::Failure(text.error());
        const std::span bytes(reinterpret_cast<const std::uint8_t*>(text->data()), text->size());
        auto request = decode_request(bytes);
        if (!request) return base::Failure(request.error());
        all.push_back({entry->path().filename(), std::move(*request)});
    }
    if (problem) return base::fail_errno(problem.value(), "reading what waits");
    return all;
}

base::Result<Request> Responder::take_waiting(const std::string& id) {
    if (!journal::from_hex<16>(id)) return unknown(id);
    const auto path = settings_.state / "pending" / id;
    const auto text = read_small_file(path, most_request);
    if (!text) return unknown(id);
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text->data()), text->size());
    auto request = decode_request(bytes);
    if (!request) return request;
    if (::unlink(path.c_str()) != 0) return base::fail_errno(errno, "taking " + id);
    return request;
}

base::Result<Outcome> Responder::approve(const std::string& id, const std::string& by) {
    auto request = take_waiting(id);
    if (!request) return base::Failure(request.error());
    request->by = by;
    return respond(*request);
}

base::Result<void> Responder::refuse(const std::string& id, const std::string& by) {
    auto request = take_waiting(id);
    if (!request) return base::Failure(request.error());
    request->by = by;
    return log_.append({settings_.now(), id, Phase::refused, *request, "", ""});
}

}  // namespace shoji::response
