#include "watch/event/audit_log.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace shoji::event {
namespace {

constexpr Time longest_silence = 2'000'000'000;

// Records of the kernel about one system call or one file; all others stand alone.
// Source: linux/audit.h, the numbers 1300 to 1399.
bool is_part(std::string_view type) {
    constexpr std::array<std::string_view, 30> parts{
        "SYSCALL",        "PATH",           "IPC",
        "SOCKETCALL",     "SOCKADDR",       "CWD",
        "EXECVE",         "IPC_SET_PERM",   "MQ_OPEN",
        "MQ_SENDRECV",    "MQ_NOTIFY",      "MQ_GETSETATTR",
        "KERNEL_OTHER",   "FD_PAIR",        "OBJ_PID",
        "BPRM_FCAPS",     "CAPSET",         "MMAP",
        "NETFILTER_PKT",  "NETFILTER_CFG",  "SECCOMP",
        "PROCTITLE",      "KERN_MODULE",    "FANOTIFY",
        "TIME_INJOFFSET", "TIME_ADJNTPVAL", "BPF",
        "OPENAT2",        "URINGOP",        "EOE"};
    constexpr std::array<std::string_view, 3> rules{"CONFIG_CHANGE", "AVC", "INTEGRITY_RULE"};
    return std::ranges::find(parts, type) != parts.end() ||
           std::ranges::find(rules, type) != rules.end();
}

bool ends(std::string_view type) {
    return type == "PROCTITLE" || type == "EOE";
}

}  // namespace

void AuditLog::put(const AuditRecord& record) {
    const bool alone = !is_part(record.type);
    const auto same = std::ranges::find_if(open_, [&](const Open& open) {
        const auto& first = open.records.front();
        return first.serial == record.serial && first.time == record.time &&
               first.node == record.node && !open.whole;
    });
    if (same == open_.end()) {
        if (record.type == "EOE") return;  // the end of what was handed out already
        open_.push_back({{record}, alone || ends(record.type)});
        return;
    }
    if (same->records.size() >= most_records) {
        damages_.add(lines_.offset(), 0, "event {} has more than {} records", record.serial,
                     most_records);
        return;
    }
    if (record.type != "EOE") same->records.push_back(record);
    same->whole = ends(record.type);
}

void AuditLog::take(std::string_view line) {
    if (line.size() > most_line) {
        return damages_.add(lines_.offset(), line.size(), "a line of {} bytes; at most {} are read",
                            line.size(), most_line);
    }
    const auto record = parse_audit_record(line);
    if (!record) return damages_.add(lines_.offset(), line.size(), "no record of the audit log");
    now_ = record->time;
    put(*record);
    for (auto& open : open_) {
        // The clock may be set back; what is far in the log's future is no better than what is
        // past.
        const Time silence = now_ - open.records.front().time;
        if (silence >= longest_silence || silence <= -longest_silence) open.whole = true;
    }
    if (open_.size() > most_open) open_.front().whole = true;
}

bool AuditLog::has_whole() const {
    return std::ranges::find(open_, true, &Open::whole) != open_.end();
}

bool AuditLog::next(Event& event) {
    while (!group_.next(event)) {
        while (!ended_ && !has_whole()) {
            const auto line = lines_.next();
            if (line) {
                take(*line);
            } else {
                ended_ = true;
            }
        }
        auto found = std::ranges::find(open_, true, &Open::whole);
        if (found == open_.end()) found = open_.begin();
        if (found == open_.end()) return false;
        group_.begin(found->records);
        if (group_.lost_values() > 0) {
            damages_.add(lines_.offset(), 0, "event {}: {} fields too many",
                         found->records.front().serial, group_.lost_values());
        }
        open_.erase(found);
    }
    return true;
}

}  // namespace shoji::event
