// For tests: a process that raises the shield, as the keeper does, with a part and what that
// started; and the test, which is a stranger to them.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/shield/refused_act.h"
#include "watch/shield/shield.h"

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sys/types.h>

namespace shoji::shield {

// So many processes the keeper starts when told: more than are held.
constexpr int crowd = SHIELD_PROCESSES + 10;

// A program of control groups that lets all through; attached.
base::FileDescriptor load_program(const char* name);
base::FileDescriptor attach_program(const base::FileDescriptor& program,
                                    const std::filesystem::path& group);

class ShieldTest : public testing::Test {
  protected:
    void SetUp() override;
    void TearDown() override;

    // What the keeper does next.
    std::string ask(char what);
    void lower() { ASSERT_EQ(ask('l'), "lowered"); }
    std::vector<std::string> take_refusals();  // "ACT DETAIL PROCESS USER COUNT PROGRAM FILE"
    // Whether such a refusal of this process was told since the last call.
    bool is_told(Act act, std::uint32_t detail);
    // Its exit code, or less than 0 the signal that ended it.
    int end_of_keeper();

    // Of nobody else on the machine; has a folder in held_.
    static constexpr uid_t user = 54321;

    std::filesystem::path top_;    // a folder of the test's own
    std::filesystem::path held_;   // below it; what the keeper holds whole
    std::filesystem::path named_;  // of this what has the sensor's names
    bool mounts_bpf_ = false;      // a BPF file system, above pins_
    std::filesystem::path pins_;   // the keeper makes them when told
    std::filesystem::path group_;  // the keeper's control group
    pid_t keeper_ = -1, part_ = -1, child_ = -1, thread_ = -1;  // child and thread are the part's
    base::FileDescriptor order_, answer_;
};

}  // namespace shoji::shield
