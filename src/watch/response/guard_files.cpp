#include "watch/response/guard_files.h"

#include "watch/response/exec_guard.h"
#include "watch/response/socket_guard.h"

#include <csignal>

#include <bpf/bpf.h>
#include <fcntl.h>
#include <sys/fanotify.h>
#include <unistd.h>

namespace shoji::response {
namespace {

template <class Policy, class Change>
void change_policy(const std::vector<base::FileDescriptor>& files, Change&& change) {
    const std::uint32_t zero = 0;
    Policy policy{};
    if (files.empty() || bpf_map_lookup_elem(files.front().get(), &zero, &policy) != 0) return;
    change(policy);
    bpf_map_update_elem(files.front().get(), &zero, &policy, BPF_ANY);
}

void stop_asking(int questions) {
    ::fanotify_mark(questions, FAN_MARK_FLUSH | FAN_MARK_FILESYSTEM, 0, AT_FDCWD, "/");
    fanotify_event_metadata event{};
    while (::read(questions, &event, sizeof event) == sizeof event) {
        const base::FileDescriptor asked(event.fd);
        answer_question(questions, event.fd, FAN_ALLOW);
    }
    answer_unanswered(questions, FAN_ALLOW);
}

}  // namespace

void answer_question(int questions, int number, std::uint32_t answer) {
    fanotify_response response{};
    response.fd = number;
    response.response = answer;
    (void)!::write(questions, &response, sizeof response);
}

void answer_unanswered(int questions, std::uint32_t answer) {
    constexpr int most = 4096;
    for (int number = 0; number < most; ++number) answer_question(questions, number, answer);
}

std::vector<int> numbers_of(const std::vector<base::FileDescriptor>& files) {
    std::vector<int> numbers;
    for (const auto& one : files) numbers.push_back(one.get());
    return numbers;
}

std::vector<base::FileDescriptor> duplicates_of(std::span<const int> files) {
    std::vector<base::FileDescriptor> copies;
    for (const int one : files) copies.emplace_back(::fcntl(one, F_DUPFD_CLOEXEC, 0));
    return copies;
}

GuardFiles duplicates_of(const GuardFiles& files) {
    GuardFiles copies;
    for (std::size_t i = 0; i < guard_parts; ++i) {
        copies.at(i) = duplicates_of(numbers_of(files.at(i)));
    }
    return copies;
}

void spare(const GuardFiles& files, pid_t process) {
    const auto change = [&](auto& policy) { policy.self = static_cast<std::uint32_t>(process); };
    change_policy<exec_guard_policy>(part_of(files, GuardPart::programs), change);
    change_policy<socket_guard_policy>(part_of(files, GuardPart::sockets), change);
}

void let_all_go(const std::vector<base::FileDescriptor>& programs) {
    constexpr auto questions = static_cast<std::size_t>(ProgramFile::questions);
    constexpr auto held = static_cast<std::size_t>(ProgramFile::held);
    // A control group that there is not.
    change_policy<exec_guard_policy>(programs, [](auto& policy) { policy.scope = ~0ULL; });
    if (programs.size() > questions) stop_asking(programs[questions].get());
    if (programs.size() <= held) return;
    for (std::uint32_t key = 0; bpf_map_get_next_key(programs[held].get(), nullptr, &key) == 0;) {
        let_go(programs[held].get(), static_cast<pid_t>(key));
    }
}

void let_go(int held_map, pid_t process) {
    const auto key = static_cast<std::uint32_t>(process);
    bpf_map_delete_elem(held_map, &key);
    if (process > 1) ::kill(process, SIGCONT);
}

void allow_sockets(const std::vector<base::FileDescriptor>& sockets) {
    change_policy<socket_guard_policy>(sockets, [](auto& policy) { policy.scope = ~0ULL; });
}

}  // namespace shoji::response
