// The processes of the machine as far as records have told of them, so that an event can name its
// parent although that ended long ago. Its size is bounded: processes that have ended go first, the
// one that ended first at their head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shoji::sensor {

// The same for as long as the boot lasts, whatever numbers are used again.
struct ProcessKey {
    std::uint32_t process = 0;
    std::uint64_t start = 0;  // nanoseconds since the boot

    bool operator==(const ProcessKey&) const = default;
};

// What was run; a fork shares it with its parent.
struct Program {
    std::string image;
    std::string command;  // arguments with blanks between
    std::string script;
    std::string hash;  // SHA-256, lower-case hexadecimal; empty: not known
};

struct Process {
    ProcessKey key;
    ProcessKey parent;
    std::uint32_t user = 0;  // effective, when it was last told
    std::uint32_t real_user = 0;
    std::uint32_t group = 0;
    std::uint64_t capabilities = 0;  // effective
    std::uint32_t login_session = 0xffffffff;
    std::uint64_t cgroup = 0;
    std::uint32_t standard_input = 0;  // mode, as in st_mode
    bool ended = false;
    std::shared_ptr<const Program> program;  // never null
};

class ProcessTable {
  public:
    static constexpr std::size_t lately = 1024;        // processes that ended since
    static constexpr std::size_t most_command = 4096;  // bytes kept here of a command

    explicit ProcessTable(std::size_t most = 32768) : most_(most) {}

    // Both refer to the table, until its next change.
    [[nodiscard]] const Process* find(ProcessKey key) const;
    // The newest process of that number, if it has not ended.
    [[nodiscard]] const Process* find_number(std::uint32_t number) const;
    // The newest process of that number, also of those that ended lately.
    [[nodiscard]] const Process* find_last(std::uint32_t number) const;
    [[nodiscard]] const Process* parent_of(const Process& process) const {
        return find(process.parent);
    }

    // The one of that key, made when it is not there; null when the table is full of processes
    // that run, which is counted. Who had its number before has ended, though no record says so.
    Process* enter(ProcessKey key);
    // A child with its parent's program; null as above.
    const Process* fork(ProcessKey child, ProcessKey parent);
    void end(ProcessKey key);

    [[nodiscard]] std::size_t size() const { return processes_.size(); }
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

  private:
    struct Hash {
        std::size_t operator()(const ProcessKey& key) const {
            return static_cast<std::size_t>((key.start ^ (std::uint64_t{key.process} << 40)) *
                                            0x9e3779b97f4a7c15ULL);
        }
    };

    std::unordered_map<ProcessKey, Process, Hash> processes_;
    std::unordered_map<std::uint32_t, std::uint64_t> starts_;  // of those that run, by number
    std::deque<ProcessKey> ended_;                             // the first that ended in front
    std::size_t most_;
    std::uint64_t left_out_ = 0;
};

}  // namespace shoji::sensor
