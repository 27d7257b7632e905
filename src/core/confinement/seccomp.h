// A list of the system calls that a program may make; all others are answered with an error, or end
// the program. Built with libseccomp, so that one list serves every processor it knows; a name that
// this processor does not have is passed over.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

#include <linux/filter.h>

namespace shoji::confinement {

// The code that the kernel runs at each system call (seccomp(2), classic BPF).
using FilterProgram = std::vector<sock_filter>;

class SyscallFilter {
  public:
    // What meets a call that is not listed.
    enum class Otherwise {
        refuse,  // EPERM
        kill,    // the whole process ends with SIGSYS
    };
    // Holds when (argument & mask) == value; `argument` counts from 0. Compare 32-bit arguments
    // under a mask of 32 bits: the kernel ignores their upper half, and so must the rule.
    struct Condition {
        unsigned argument = 0;
        std::uint64_t mask = 0xffffffff;
        std::uint64_t value = 0;
    };

    SyscallFilter& allow(std::initializer_list<const char*> names);
    // May be called several times for one call: one satisfied list of conditions is enough.
    SyscallFilter& allow_when(const char* name, std::vector<Condition> all_of);
    // Answers this call with another error than the default, e.g. ENOSYS so that the C library
    // falls back to an older call.
    SyscallFilter& refuse(const char* name, int error_number);

    [[nodiscard]] base::Result<FilterProgram> compile(Otherwise otherwise) const;

  private:
    struct Rule {
        std::string name;
        int error_number = 0;  // 0: allowed
        std::vector<Condition> conditions;
    };
    std::vector<Rule> rules_;
};

// What every single-threaded or multi-threaded C++ program needs once it is set up: memory without
// PROT_EXEC, locks, clocks, waiting for and using the descriptors that it has, closing, exit. No
// files by name, no sockets made or connected (by sending neither), no new programs. Extend it with
// allow().
SyscallFilter runtime_filter();

// Puts the program in force for this thread and all that it starts, for ever. Needs no_new_privs.
base::Result<void> install_filter(const FilterProgram& program);

}  // namespace shoji::confinement
