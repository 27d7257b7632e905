#include "screen/isolation/probe/attacks.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <linux/capability.h>
#include <sys/ipc.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <unistd.h>

namespace shoji::isolation::probe {
namespace {

bool signals(const Arguments& arguments) {
    return ::kill(static_cast<pid_t>(std::stoi(arguments.at(0))), SIGTERM) == 0;
}

bool sees_process(const Arguments& arguments) {
    return std::filesystem::exists("/proc/" + arguments.at(0) + "/stat");
}

bool finds_shared_memory(const Arguments& arguments) {
    return ::shmget(static_cast<key_t>(std::stoi(arguments.at(0))), 1, 0666) >= 0;
}

bool is_root(const Arguments&) {
    return ::geteuid() == 0;
}

// Whether the outer id behind its own is root's (user_namespaces(7)).
bool is_mapped_to_root(const Arguments&) {
    std::ifstream map("/proc/self/uid_map");
    unsigned long inner = 0;
    unsigned long outer = 0;
    map >> inner >> outer;
    return outer == 0;
}

bool could_regain_capability(const Arguments&) {
    return ::prctl(PR_CAPBSET_READ, CAP_SYS_ADMIN, 0, 0, 0) == 1;
}

bool could_gain_privileges(const Arguments&) {
    return ::prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0;
}

}  // namespace

std::map<std::string, Attack> process_attacks() {
    return {{"signals", signals},
            {"sees_process", sees_process},
            {"finds_shared_memory", finds_shared_memory},
            {"is_root", is_root},
            {"is_mapped_to_root", is_mapped_to_root},
            {"could_regain_capability", could_regain_capability},
            {"could_gain_privileges", could_gain_privileges}};
}

}  // namespace shoji::isolation::probe
