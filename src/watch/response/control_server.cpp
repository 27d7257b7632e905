#include "watch/response/control_server.h"

#include "core/base/printable.h"
#include "core/base/random.h"
#include "core/base/unix_socket.h"

#include <array>
#include <cerrno>

#include <boost/json/serialize.hpp>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace json = boost::json;

constexpr std::size_t most_listed = 200;  // of each list
constexpr std::size_t all_told = SIZE_MAX;
constexpr std::size_t no_limit = SIZE_MAX;

constexpr std::array<std::string_view, 8> kinds{"invalid",     "denied", "not_found", "exists",
                                                "unavailable", "full",   "system",    "corrupt"};

json::object to_object(const std::vector<std::pair<std::string, std::string>>& values) {
    json::object object;
    for (const auto& [name, value] : values) object[name] = value;
    return object;
}

std::string failure(const base::Error& error) {
    return json::serialize(json::object{{"ok", false},
                                        {"error",
                                         {{"kind", kinds.at(static_cast<std::size_t>(error.kind))},
                                          {"message", error.message},
                                          {"key", error.key},
                                          {"values", to_object(error.values)}}}});
}

std::string success(json::object result) {
    return json::serialize(json::object{{"ok", true}, {"result", std::move(result)}});
}

// What is told beyond `most_told` is left out.
std::string answer_of(const base::Result<Outcome>& outcome, std::size_t most_told) {
    if (!outcome) return failure(outcome.error());
    json::array told;
    for (const auto& one : outcome->told) {
        if (told.size() >= most_told) break;
        told.push_back({{"key", one.key}, {"values", to_object(one.values)}});
    }
    return success({{"id", outcome->id},
                    {"done", outcome->done},
                    {"told", std::move(told)},
                    {"undo", outcome->undo}});
}

// null: nothing is to be held, or nothing holds it.
json::value to_value(const std::optional<GuardChoice>& guard) {
    if (!guard) return nullptr;
    return json::object{{"by", guard->kind == GuardKind::lsm ? "lsm" : "tracepoints"},
                        {"why_not_lsm", guard->why}};
}

std::string status_of(Responder& responder) {
    const auto waiting = responder.waiting();
    if (!waiting) return failure(waiting.error());
    const auto quarantined = responder.quarantined();
    if (!quarantined) return failure(quarantined.error());
    json::array pending;
    for (const auto& one : *waiting) {
        if (pending.size() >= most_listed) break;
        const auto& action = one.request.action;
        pending.push_back({{"id", one.id},
                           {"response", name_of(action.kind)},
                           {"process", action.process.number},
                           {"path", action.path},
                           {"reason", one.request.reason}});
    }
    json::array blocks;
    for (const auto& one : responder.blocks()) {
        if (blocks.size() >= most_listed) break;
        blocks.push_back(json::string(one.digest ? base::to_hex(*one.digest) : one.path));
    }
    json::array items;
    for (const auto& one : quarantined->files) {
        if (items.size() >= most_listed) break;
        items.push_back({{"id", one.id}, {"path", one.path}, {"sha256", base::to_hex(one.digest)}});
    }
    json::array problems;
    for (const auto& one : quarantined->problems) {
        if (problems.size() >= most_listed) break;
        problems.emplace_back(one);
    }
    // What holds now; what was commanded and does not hold is said as that.
    bool holds = false;
    if (responder.isolated()) {
        const auto seen = responder.isolation_holds();
        holds = seen && *seen;
    }
    return success({{"isolated", holds},
                    {"isolation_undone", responder.isolated() && !holds},
                    {"guards",
                     {{"sockets", to_value(responder.socket_guard())},
                      {"programs", to_value(responder.program_guard())}}},
                    {"pending", std::move(pending)},
                    {"blocks", std::move(blocks)},
                    {"quarantined", std::move(items)},
                    {"quarantine_problems", std::move(problems)},
                    {"counts",
                     {{"pending", waiting->size()},
                      {"blocks", responder.blocks().size()},
                      {"quarantined", quarantined->files.size()}}}});
}

std::string decide(Responder& responder, const DecideCommand& decision) {
    if (decision.approved) return answer_of(responder.approve(decision.id, decision.by), all_told);
    if (const auto refused = responder.refuse(decision.id, decision.by); !refused)
        return failure(refused.error());
    return success({{"id", decision.id},
                    {"done", true},
                    {"told", json::array{{{"key", "response.pending.refused"},
                                          {"values", {{"id", decision.id}}}}}},
                    {"undo", ""}});
}

// What was done is done: this is about the answer alone.
const base::Error too_long{base::ErrorKind::full, "the answer is too long to be told", {}, {}};

// As it goes down the line: printable, whatever names files and processes have.
std::string order_answer(const base::Result<Outcome>& outcome) {
    for (const unsigned told : {64U, 16U, 4U, 1U, 0U}) {
        auto text = base::printable(answer_of(outcome, told), no_limit);
        if (text.size() <= most_order_answer) return text;
    }
    return failure(too_long);
}

OrderEnd refusal(const base::Error& error) {
    return {OrderEnd::Kind::refused, order_answer(base::Failure(error))};
}

}  // namespace

OrderEnd answer_order(Responder& responder, std::span<const std::uint8_t> order, bool repeats) {
    const auto decoded = decode_order(order);
    if (!decoded) return refusal(decoded.error());
    if (repeats) {
        if (auto end = responder.end_of(*decoded)) return *end;
    }
    const auto request = responder.accept(*decoded);
    if (!request) return refusal(request.error());
    const auto outcome = responder.respond(*request);
    OrderEnd end{outcome ? OrderEnd::Kind::done : OrderEnd::Kind::failed, order_answer(outcome)};
    if (auto kept = responder.settle(*decoded, end); !kept) {
        spdlog::error("how an order ended is not kept: {}", kept.error().message);
    }
    return end;
}

std::string answer(Responder& responder, const Command& command) {
    std::string text;
    if (const auto* asked = std::get_if<Request>(&command)) {
        text = answer_of(responder.respond(*asked), all_told);
    } else if (const auto* came = std::get_if<OrderCommand>(&command)) {
        text = answer_order(responder, came->order, false).answer;
    } else if (const auto* decision = std::get_if<DecideCommand>(&command)) {
        text = decide(responder, *decision);
    } else {
        text = status_of(responder);
    }
    text = base::printable(text, no_limit);
    if (text.size() <= most_answer) return text;
    return failure(too_long);
}

base::Result<base::FileDescriptor> listen_for_commands(const std::filesystem::path& path) {
    return base::listen_unix(path, base::SocketKind::packet, 0600, false);
}

base::Result<void> serve_command(int listener, Responder& responder) {
    const auto connection = base::accept_unix(listener, false);
    if (!connection) return base::Failure(connection.error());
    const auto peer = base::peer_credentials(connection->get());
    if (!peer) return base::Failure(peer.error());
    if (peer->user != ::geteuid()) {
        return base::fail(base::ErrorKind::denied, "user {} may not ask for responses", peer->user);
    }
    const timeval patience{2, 0};
    const int room = 2 * static_cast<int>(most_answer);
    if (::setsockopt(connection->get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        ::setsockopt(connection->get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
        ::setsockopt(connection->get(), SOL_SOCKET, SO_SNDBUF, &room, sizeof room) != 0) {
        return base::fail_errno(errno, "setting up a connection");
    }
    const auto packet = base::receive_packet(connection->get(), most_command);
    if (!packet) return base::Failure(packet.error());
    const auto command = decode_command(packet->bytes);
    const std::string text = command ? answer(responder, *command) : failure(command.error());
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    return base::send_packet(connection->get(), bytes);
}

}  // namespace shoji::response
