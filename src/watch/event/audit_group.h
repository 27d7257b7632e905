// The records of one event of Linux's audit log, turned into events: one for each record, since
// Sigma's rules for linux/auditd ask about records ("type: PATH", "name: …").
//
// A record's event has the record's own fields, decoded; of records of programs those in msg='…' as
// well. EXECVE's arguments are whole. SYSCALL has its name as the field SYSCALL, whether auditd
// looked it up or not. Then come, where the record has no such field, pid, ppid, auid, uid, euid,
// ses, tty, comm and exe of the event's SYSCALL record, so that a hit says who did it. Computer is
// the log's node=.
//
// These also are of Sigma's categories, and get Sigma's names for what they say: Image, User (by
// name where auditd looked it up), ProcessId, and
//   SYSCALL of execve, execveat   process_creation: CommandLine, ParentProcessId, ParentImage and
//                                 ParentCommandLine (if the parent's start was seen in the log),
//                                 CurrentDirectory, LogonId
//   SYSCALL of rename…            file_rename: SourceFilename, TargetFilename
//   PATH, created or opened for writing  file_event: TargetFilename
//   PATH, deleted                 file_delete: TargetFilename
//   PATH, opened for reading      file_access: FileName
//   SOCKADDR of connect, send…    network_connection: DestinationIp, DestinationPort, Initiated
//   SOCKADDR of accept…           network_connection: SourceIp, SourcePort, Initiated
//   USER_LOGIN                    authentication: User, SourceIp, Outcome, LogonType
// Only of what succeeded, but for connections that were still being made and logons.
#pragma once

#include "watch/event/audit_record.h"
#include "watch/event/audit_syscalls.h"

#include <cstddef>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shoji::event {

// Programs that were started, by their numbers, so that what they start has a parent. Of bounded
// size: a newer process takes the place of an older one.
class AuditProcesses {
  public:
    static constexpr std::size_t most_command = 1024;  // bytes that are kept

    struct Process {
        std::uint64_t id = 0;
        std::string node;
        std::string image;
        std::string command;
    };

    // Null when its start was not seen.
    [[nodiscard]] const Process* find(std::string_view node, std::uint64_t id) const;
    void started(std::string_view node, std::uint64_t id, std::string_view image,
                 std::string_view command);

  private:
    static constexpr std::size_t slots = 8192;
    [[nodiscard]] static std::size_t slot_of(std::string_view node, std::uint64_t id);

    std::vector<Process> slots_;  // none before the first start
};

class AuditGroup {
  public:
    static constexpr std::size_t most_values = 16'384;  // of all records of an event

    explicit AuditGroup(const Names& names);

    // The records of one event, in the log's order. What they are views of must outlive the events
    // that are made of them.
    void begin(std::span<const AuditRecord> records);
    // The next record's event; false when there is none left. Its values are good until begin().
    bool next(Event& event);
    // Of the records given last: what was left out.
    [[nodiscard]] std::size_t lost_values() const { return lost_values_; }

  private:
    struct Value {
        std::string_view name;
        std::string_view value;
        bool null = false;
    };
    struct Record {
        std::string_view type;
        std::vector<Value> values;

        [[nodiscard]] std::string_view value(std::string_view name) const;
    };

    void decode(const AuditRecord& record);
    void decode(const AuditFields::Item& item, Record& into);
    void join_arguments();
    [[nodiscard]] const Record* first(std::string_view type) const;
    std::string_view keep(std::string text) { return kept_.emplace_back(std::move(text)); }

    void add(Event& event, std::string_view name, std::string_view value, bool null = false) const;
    void add_actor(Event& event, const Record& record) const;
    [[nodiscard]] std::optional<std::uint64_t> open_flags() const;
    void categorise(Event& event, const Record& record);
    void categorise_process(Event& event);
    void categorise_rename(Event& event);
    void categorise_path(Event& event, const Record& record);
    void categorise_address(Event& event, const Record& record);
    void categorise_login(Event& event, const Record& record) const;
    void set_category(Event& event, std::string_view category) const;
    std::string_view absolute(std::string_view path);

    const Names& names_;
    AuditSyscalls syscalls_;
    AuditProcesses processes_;

    std::string_view node_;
    Time time_ = 0;
    std::uint64_t serial_ = 0;
    std::vector<Record> records_;
    std::deque<std::string> kept_;  // what was decoded
    std::size_t at_ = 0;            // of the record that comes next
    const Record* syscall_ = nullptr;
    std::string_view call_;     // the system call's name
    std::string_view command_;  // of EXECVE, or of PROCTITLE
    bool succeeded_ = false;
    std::size_t values_ = 0;
    std::size_t lost_values_ = 0;
};

}  // namespace shoji::event
