#include "watch/response/process.h"

#include "watch/response/small_file.h"

#include <array>
#include <cerrno>
#include <charconv>

#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace shoji::response {
namespace {

constexpr std::size_t most_small = 65536;

template <class Number>
bool take_number(std::string_view word, Number& into) {
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), into);
    return problem == std::errc{} && end == word.data() + word.size();
}

std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find_first_of(" \n"), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

std::string unified_cgroup(std::string_view text) {
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text.substr(0, end);
        if (line.starts_with("0::")) return std::string(line.substr(3));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return {};
}

}  // namespace

base::Result<Process> parse_stat(std::string_view text) {
    Process process;
    const auto wrong = [] { return base::fail(base::ErrorKind::corrupt, "not a process's stat"); };
    if (!take_number(take_word(text), process.id.number)) return wrong();
    // A name may hold anything, brackets and spaces too; the last bracket ends it.
    const auto close = text.rfind(')');
    if (!text.starts_with('(') || close == std::string_view::npos || close + 2 > text.size()) {
        return wrong();
    }
    process.name = text.substr(1, close - 1);
    text.remove_prefix(close + 2);
    const auto state = take_word(text);
    if (state.size() != 1) return wrong();
    process.state = state[0];
    if (!take_number(take_word(text), process.parent) ||
        !take_number(take_word(text), process.group) ||
        !take_number(take_word(text), process.session)) {
        return wrong();
    }
    for (int field = 7; field < 9; ++field) take_word(text);
    constexpr std::uint32_t kernel_thread =
        0x00200000;  // PF_KTHREAD, gone from who executes a file
    std::uint32_t flags = 0;
    if (!take_number(take_word(text), flags)) return wrong();
    process.kernel = (flags & kernel_thread) != 0;
    for (int field = 10; field < 22; ++field) take_word(text);
    if (!take_number(take_word(text), process.id.start)) return wrong();
    return process;
}

bool is_of_root(std::string_view status) {
    constexpr std::string_view key = "\nUid:\t";
    const auto at = status.find(key);
    if (at == std::string_view::npos) return false;
    status.remove_prefix(at + key.size());
    return status.substr(0, status.find('\n')) == "0\t0\t0\t0";
}

base::Result<Process> read_process(pid_t number) {
    const std::string folder = fmt::format("/proc/{}/", number);
    const auto text = read_small_file(folder + "stat", most_small);
    if (!text) return base::Failure(text.error());
    auto process = parse_stat(*text);
    if (!process) return process;
    struct stat program {};
    if (::stat((folder + "exe").c_str(), &program) == 0) {
        process->program = {program.st_dev, program.st_ino};
    }
    // Not by the owner of the folder: that is root's for whoever wishes to be no dumpable process.
    if (const auto status = read_small_file(folder + "status", most_small)) {
        process->of_root = is_of_root(*status);
    }
    if (const auto groups = read_small_file(folder + "cgroup", most_small)) {
        process->cgroup = unified_cgroup(*groups);
    }
    return process;
}

base::Result<std::vector<Process>> list_processes() {
    std::error_code problem;
    std::filesystem::directory_iterator entry("/proc", problem);
    std::vector<Process> all;
    while (!problem && entry != std::filesystem::directory_iterator()) {
        pid_t number = 0;
        if (take_number(entry->path().filename().native(), number)) {
            if (auto process = read_process(number)) all.push_back(std::move(*process));
        }
        entry.increment(problem);
    }
    if (problem) return base::fail_errno(problem.value(), "reading /proc");
    return all;
}

base::Result<base::FileDescriptor> hold_process(ProcessId id) {
    base::FileDescriptor held(static_cast<int>(::syscall(SYS_pidfd_open, id.number, 0)));
    const auto gone = [&] {
        return base::fail(base::ErrorKind::not_found, "process {} has ended", id.number);
    };
    if (!held.valid()) {
        if (errno == ESRCH) return gone();
        return base::fail_errno(errno, fmt::format("holding process {}", id.number));
    }
    // Asked after it is held: the number can no longer go to another process.
    const auto text = read_small_file(fmt::format("/proc/{}/stat", id.number), most_small);
    const auto now = text ? parse_stat(*text) : base::Result<Process>(gone());
    if (!now || now->id != id) return gone();
    return held;
}

base::Result<void> signal_process(int held, int signal) {
    if (::syscall(SYS_pidfd_send_signal, held, signal, nullptr, 0) != 0 && errno != ESRCH) {
        return base::fail_errno(errno, "sending a signal");
    }
    return {};
}

}  // namespace shoji::response
