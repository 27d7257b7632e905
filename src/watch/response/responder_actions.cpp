// What each kind of response does, and what it tells.
#include "core/base/printable.h"
#include "core/base/random.h"
#include "watch/response/kill.h"
#include "watch/response/responder.h"
#include "watch/response/small_file.h"

#include <algorithm>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

constexpr std::size_t most_told = 50;  // processes by their names, each on a line

void tell_processes(const char* key, const std::vector<Process>& processes, Outcome& outcome) {
    for (std::size_t i = 0; i < std::min(most_told, processes.size()); ++i) {
        outcome.told.push_back(
            {key, {{"pid", std::to_string(processes[i].id.number)}, {"name", processes[i].name}}});
    }
}

// Whatever the kernel lets a device be called.
std::string named(const std::vector<std::string>& devices) {
    constexpr std::size_t most_shown = 4096;
    return base::printable(fmt::format("{}", fmt::join(devices, ", ")), most_shown);
}

// Files that nobody takes away, but which run whatever they are given.
bool is_loader(const std::string& path) {
    std::error_code unknown;
    const auto name = std::filesystem::canonical(path, unknown).filename().native();
    return name.starts_with("ld-") || name.starts_with("ld.") || name.starts_with("libc.so");
}

std::string undo_command(std::string_view rest) {
    return fmt::format("shoji respond {} --reason … --by …", rest);
}

// Where a path leads at this moment: its links are not followed later, when they may be others.
std::string resolved(const std::string& path) {
    std::error_code unknown;
    const auto place = std::filesystem::weakly_canonical(path, unknown);
    return unknown || path.empty() ? path : place.native();
}

}  // namespace

base::Result<Outcome> Responder::act(const Request& request) {
    switch (request.action.kind) {
        case ActionKind::kill:
            return kill(request);
        case ActionKind::quarantine:
            return quarantine(request);
        case ActionKind::restore:
            return restore(request);
        case ActionKind::isolate:
            return isolate(request);
        case ActionKind::release:
            return release(request);
        case ActionKind::block:
            return block(request);
        case ActionKind::unblock:
            return unblock(request);
        case ActionKind::collect:
            return collect(request);
    }
    return base::fail(base::ErrorKind::invalid, "no such response");
}

Protection Responder::protection() const {
    auto programs = policy_.protected_programs;
    std::erase_if(programs, is_loader);
    const auto own = files_of({"/proc/self/exe"});
    return {::getpid(), files_of(programs), policy_.protected_units, ::getppid(),
            own.empty() ? FileId{} : own.front()};
}

IsolationRequest Responder::isolation_request() const {
    return {policy_.isolation, policy_.packet_programs, protection(), settings_.socket_cgroup,
            settings_.every_namespace};
}

base::Result<Outcome> Responder::kill(const Request& request) {
    ProcessId target = request.action.process;
    if (target.start == 0) {
        const auto now = read_process(target.number);
        if (now) target = now->id;
    }
    const auto killed = kill_process(target, request.action.tree, protection(), request.dry_run);
    if (!killed) return base::Failure(killed.error());
    Outcome outcome;
    outcome.done = !request.dry_run;
    outcome.told.push_back({request.dry_run ? "response.kill.would" : "response.kill.done",
                            {{"count", std::to_string(killed->killed.size())}}});
    tell_processes("response.kill.one", killed->killed, outcome);
    tell_processes("response.kill.spared", killed->spared, outcome);
    return outcome;
}

base::Result<Outcome> Responder::quarantine(const Request& request) {
    const auto& action = request.action;
    const auto files = files_of(policy_.protected_programs);
    const auto taken = request.dry_run ? vault_.look(action.path, files)
                                       : vault_.take(action.path, files, action.digest);
    if (!taken) return base::Failure(taken.error());
    Outcome outcome;
    outcome.done = !request.dry_run;
    outcome.told.push_back(
        {request.dry_run ? "response.quarantine.would" : "response.quarantine.done",
         {{"path", taken->path},
          {"id", taken->id},
          {"sha256", base::to_hex(taken->digest)},
          {"size", std::to_string(taken->size)}}});
    const auto others = std::to_string(taken->links - 1);
    if (taken->step == QuarantineStep::removed) {
        outcome.told.push_back({"response.quarantine.runs", {{"count", others}}});
    } else if (taken->links > 1) {
        outcome.told.push_back({"response.quarantine.links", {{"count", others}}});
    }
    if (!taken->attributes_whole) outcome.told.push_back({"response.quarantine.attributes", {}});
    if (outcome.done) outcome.undo = undo_command("restore " + taken->id);
    return outcome;
}

base::Result<Outcome> Responder::restore(const Request& request) {
    Outcome outcome;
    if (request.dry_run) {
        const auto all = vault_.list();
        if (!all) return base::Failure(all.error());
        const auto found = std::ranges::find(all->files, request.action.item, &QuarantinedFile::id);
        if (found == all->files.end()) {
            return base::worded(
                base::fail(base::ErrorKind::not_found, "nothing is quarantined by that id"),
                "response.restore.none", {{"id", request.action.item}});
        }
        outcome.told.push_back({"response.restore.would", {{"path", found->path}}});
        return outcome;
    }
    const auto restored = vault_.restore(request.action.item);
    if (!restored) return base::Failure(restored.error());
    outcome.done = true;
    outcome.told.push_back({"response.restore.done", {{"path", restored->file.path}}});
    if (!restored->joined) {
        outcome.told.push_back(
            {"response.restore.apart", {{"count", std::to_string(restored->file.links - 1)}}});
    }
    if (!restored->flagged) outcome.told.push_back({"response.restore.flags", {}});
    if (!restored->file.attributes_whole)
        outcome.told.push_back({"response.restore.attributes", {}});
    outcome.undo = undo_command("quarantine " + restored->file.path);
    return outcome;
}

base::Result<Outcome> Responder::isolate(const Request& request) {
    const auto isolated = request.dry_run ? Isolation::plan(isolation_request())
                                          : isolation_.isolate(isolation_request());
    if (!isolated) return base::Failure(isolated.error());
    Outcome outcome;
    outcome.done = !request.dry_run;
    outcome.told.push_back({request.dry_run ? "response.isolate.would" : "response.isolate.done",
                            {{"devices", named(isolated->devices)},
                             {"namespaces", std::to_string(isolated->namespaces)},
                             {"connections", std::to_string(isolated->connections_cut)}}});
    for (const auto* holders : {&isolated->killed, &isolated->left}) {
        const char* key =
            holders == &isolated->left ? "response.isolate.left" : "response.isolate.holder";
        for (const auto& one : *holders) {
            outcome.told.push_back({key,
                                    {{"pid", std::to_string(one.process.id.number)},
                                     {"name", one.process.name},
                                     {"family", std::to_string(one.family)}}});
        }
    }
    if (request.dry_run) return outcome;
    if (!isolated->sockets) {
        outcome.told.push_back({"response.isolate.sockets.none", {{"why", isolated->problem}}});
    } else {
        hand_over(GuardPart::sockets, isolation_.socket_guard_files());
        const bool lsm = isolated->sockets->kind == GuardKind::lsm;
        outcome.told.push_back(
            {lsm ? "response.isolate.sockets.lsm" : "response.isolate.sockets.tracepoints", {}});
    }
    if (isolated->at_boot == AtBoot::no_systemd || isolated->at_boot == AtBoot::no_nft) {
        const bool has_unit = isolated->at_boot == AtBoot::no_nft;
        outcome.told.push_back(
            {has_unit ? "response.isolate.no_nft" : "response.isolate.not_at_boot", {}});
    }
    for (const auto& problem : isolated->problems) {
        outcome.told.push_back({"response.isolate.problem", {{"why", problem}}});
    }
    outcome.undo = undo_command("release");
    return outcome;
}

base::Result<Outcome> Responder::release(const Request& request) {
    Outcome outcome;
    if (request.dry_run) {
        outcome.told.push_back(
            {isolation_.in_force() ? "response.release.would" : "response.release.none", {}});
        return outcome;
    }
    const auto released = isolation_.release(settings_.every_namespace);
    if (!released) return base::Failure(released.error());
    hand_over(GuardPart::sockets, {});
    outcome.done = true;
    outcome.told.push_back({"response.release.done", {}});
    for (const auto& problem : *released) {
        outcome.told.push_back({"response.release.problem", {{"why", problem}}});
    }
    outcome.undo = undo_command("isolate");
    return outcome;
}

// The file first: a crash in the middle leaves more blocked than was answered, never less.
base::Result<void> Responder::put_blocks(std::vector<Block> blocks, GuardFiles left) {
    if (auto written = replace_file(settings_.state / "blocks", to_text(blocks), 0600); !written)
        return written;
    if (blocks.empty()) {
        programs_.reset();
        hand_over_programs();
        blocks_.clear();
        if (::unlink((settings_.state / "blocks").c_str()) != 0)
            return base::fail_errno(errno, "removing the blocks");
        return {};
    }
    if (programs_) {
        if (auto set = programs_->set_blocks(blocks); !set) return set;
    } else {
        auto started = ProgramGuard::start(settings_.programs, blocks, std::move(left));
        if (!started) return base::Failure(started.error());
        programs_ = std::move(*started);
        hand_over_programs();
    }
    blocks_ = std::move(blocks);
    return {};
}

base::Result<Outcome> Responder::block(const Request& request) {
    const auto& action = request.action;
    const Block added{action.digest, action.size, resolved(action.path)};
    if (auto good = check_block(added); !good) return base::Failure(good.error());
    const auto files = files_of(policy_.protected_programs);
    for (const auto& file : files_of({action.path})) {
        if (std::ranges::find(files, file) == files.end()) continue;
        return base::worded(base::fail(base::ErrorKind::denied, "{} is protected", action.path),
                            "response.quarantine.protected", {{"path", action.path}});
    }
    const std::string what = action.digest ? base::to_hex(*action.digest) : added.path;
    Outcome outcome;
    if (std::ranges::find(blocks_, added) != blocks_.end()) {
        return base::worded(base::fail(base::ErrorKind::exists, "{} is blocked already", what),
                            "response.block.exists", {{"what", what}});
    }
    outcome.told.push_back(
        {request.dry_run ? "response.block.would" : "response.block.done", {{"what", what}}});
    if (request.dry_run) return outcome;
    const auto before = blocks_;
    auto blocks = blocks_;
    blocks.push_back(added);
    if (auto put = put_blocks(std::move(blocks)); !put) {
        const auto error = put.error();
        (void)put_blocks(before);
        return base::Failure(error);
    }
    outcome.done = true;
    const bool lsm = programs_->choice().kind == GuardKind::lsm;
    outcome.told.push_back({lsm ? "response.block.lsm" : "response.block.tracepoints", {}});
    if (!programs_->holds_scripts()) outcome.told.push_back({"response.block.no_scripts", {}});
    outcome.undo =
        undo_command(action.digest ? "unblock --sha256 " + what : "unblock --path " + what);
    return outcome;
}

base::Result<Outcome> Responder::unblock(const Request& request) {
    const auto& action = request.action;
    const std::string what = action.digest ? base::to_hex(*action.digest) : action.path;
    const auto place = resolved(action.path);
    auto blocks = blocks_;
    const auto removed = std::erase_if(blocks, [&](const Block& one) {
        return one.digest == action.digest && (one.path == action.path || one.path == place);
    });
    if (removed == 0) {
        return base::worded(base::fail(base::ErrorKind::not_found, "{} is not blocked", what),
                            "response.unblock.none", {{"what", what}});
    }
    Outcome outcome;
    outcome.told.push_back(
        {request.dry_run ? "response.unblock.would" : "response.unblock.done", {{"what", what}}});
    if (request.dry_run) return outcome;
    if (auto put = put_blocks(std::move(blocks)); !put) return base::Failure(put.error());
    outcome.done = true;
    outcome.undo = undo_command(action.digest ? "block --sha256 " + what : "block --path " + what);
    return outcome;
}

base::Result<Outcome> Responder::collect(const Request& request) {
    const auto& action = request.action;
    if (action.memory && !policy_.memory_may_be_collected) {
        return base::worded(
            base::fail(base::ErrorKind::denied, "policy does not allow memory to be collected"),
            "response.collect.no_memory");
    }
    EvidenceRequest wished;
    wished.files = action.files;
    wished.host = policy_.host;
    wished.reason = request.reason;
    wished.by = request.by;
    wished.time = settings_.now();
    wished.limits = policy_.limits;
    wished.memory = action.memory;
    if (action.process.number != 0) {
        wished.process = action.process;
        const auto now = read_process(action.process.number);
        if (now && action.process.start == 0) wished.process = now->id;
    }
    const auto archive = settings_.state / "evidence" / (base::random_hex(16) + ".tar.zst");
    const auto evidence =
        request.dry_run ? plan_evidence(wished) : collect_evidence(wished, archive, key_);
    if (!evidence) return base::Failure(evidence.error());
    Outcome outcome;
    outcome.done = !request.dry_run;
    outcome.told.push_back({request.dry_run ? "response.collect.would" : "response.collect.done",
                            {{"count", std::to_string(evidence->members.size())},
                             {"omitted", std::to_string(evidence->omissions.size())},
                             {"archive", archive}}});
    return outcome;
}

}  // namespace shoji::response
