// What the guards have in the kernel, as descriptors. Whoever holds duplicates of them holds what
// is blocked in force after the process that responds has ended, and the next one goes on with
// them.
#pragma once

#include "core/base/file_descriptor.h"

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <sys/types.h>

namespace shoji::response {

enum class GuardPart : std::uint8_t {
    programs,      // in the order of ProgramFile
    programs_lsm,  // of program_lsm.cpp
    sockets,       // its policy, then links
};
constexpr std::size_t guard_parts = 3;

enum class ProgramFile : std::uint8_t {
    policy,
    sizes,
    verdicts,
    held,
    events,
    exec_link,
    exit_link,
    questions,  // fanotify's; may be missing
};

// Each part's; empty: nothing is in force.
using GuardFiles = std::array<std::vector<base::FileDescriptor>, guard_parts>;
inline std::vector<base::FileDescriptor>& part_of(GuardFiles& files, GuardPart part) {
    return files.at(static_cast<std::size_t>(part));
}
inline const std::vector<base::FileDescriptor>& part_of(const GuardFiles& files, GuardPart part) {
    return files.at(static_cast<std::size_t>(part));
}
// Tells what is in force of a part from now on.
using HandOver = std::function<void(GuardPart part, std::span<const int> files)>;

std::vector<int> numbers_of(const std::vector<base::FileDescriptor>& files);
std::vector<base::FileDescriptor> duplicates_of(std::span<const int> files);
GuardFiles duplicates_of(const GuardFiles& files);

// The one process that they do not hold for; 0: none. Nobody may have started them in between.
void spare(const GuardFiles& files, pid_t process);
// Of guards of programs: nothing is held or asked any more, and who waits for a verdict goes on.
void let_all_go(const std::vector<base::FileDescriptor>& programs);
void let_go(int held_map, pid_t process);
void answer_question(int questions, int number, std::uint32_t answer);
// Questions that another process had read and not answered are known by their numbers in that
// process alone: whoever asked is told so, FAN_ALLOW or FAN_DENY.
void answer_unanswered(int questions, std::uint32_t answer);
// Of guards of sockets: each is made again.
void allow_sockets(const std::vector<base::FileDescriptor>& sockets);

}  // namespace shoji::response
