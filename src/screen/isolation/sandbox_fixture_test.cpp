#include "screen/isolation/sandbox_fixture.h"

#include "screen/isolation/browser.h"
#include "screen/isolation/libraries.h"

#include <cerrno>
#include <cstdio>
#include <fstream>

#include <grp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::isolation {
namespace {

namespace fs = std::filesystem;

int wait_for(pid_t process) {
    int status = 0;
    while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int launch(LaunchPlan plan) {
    auto launched = prepare(plan);
    if (launched) {
        const auto started = launched->start();
        if (started) return wait_for(launched->process());
        fmt::print(stderr, "{}\n", started.error().message);
    } else {
        fmt::print(stderr, "{}\n", launched.error().message);
    }
    return 200;
}

}  // namespace

void SandboxTest::SetUp() {
    std::string name = (fs::temp_directory_path() / "shoji-probe-XXXXXX").native();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    const fs::path probe = fs::canonical("/proc/self/exe").parent_path() / "shoji-isolation-probe";
    ::chmod(name.c_str(), 0755);
    fs::copy_file(probe, folder_ / "probe");
    fs::create_directory(folder_ / "bound");
    fs::copy_file(probe, folder_ / "bound/unlisted");
    fs::permissions(folder_ / "bound", fs::perms::all);
    std::ofstream(folder_ / "secret") << "secret";
    fs::permissions(folder_ / "secret", fs::perms(0644));
}

void SandboxTest::TearDown() {
    fs::remove_all(folder_);
}

bool SandboxTest::may_play(Caller caller) {
    return caller == Caller::ordinary || ::geteuid() == 0;
}

uid_t SandboxTest::outer_user(Caller caller) {
    if (::geteuid() != 0) return ::geteuid();
    return caller == Caller::root ? sandbox_user : ordinary_user;
}

int SandboxTest::as(Caller caller, const std::function<int()>& body) {
    const pid_t child = ::fork();
    if (child == 0) {
        if (caller == Caller::ordinary && ::geteuid() == 0) {
            if (::setgroups(0, nullptr) != 0 ||
                ::setresgid(ordinary_user, ordinary_user, ordinary_user) != 0 ||
                ::setresuid(ordinary_user, ordinary_user, ordinary_user) != 0 ||
                ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) != 0) {
                ::_exit(201);
            }
        }
        // A shell's soft limit must not stand in for the one that is tested.
        rlimit files{};
        ::getrlimit(RLIMIT_NOFILE, &files);
        files.rlim_cur = files.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &files);
        ::_exit(body());
    }
    return wait_for(child);
}

LaunchPlan SandboxTest::plan(const std::vector<std::string>& arguments,
                             const Layers& layers) const {
    LaunchPlan plan;
    plan.layers = layers;
    plan.program = folder_ / "probe";
    plan.arguments = arguments;
    plan.environment = {"ASAN_OPTIONS=detect_leaks=0"};
    auto binds = bind_program(plan.program, plan.program);
    if (binds) {
        plan.root.binds = std::move(*binds);
    } else {
        ADD_FAILURE() << binds.error().message;
    }
    plan.root.binds.push_back({folder_ / "bound", folder_ / "bound", true});
    plan.root.links = merged_usr_links();
    plan.root.devices = true;
    plan.root.processes = layers.own_processes || ::geteuid() == 0;
    confinement::LandlockRules rules;
    rules.paths = {{"/"}, {"/dev", true}, {plan.program, false, true}, {loader, false, true}};
    if (plan.root.processes) rules.paths.push_back({"/proc", true});
    if (layers.own_root) {
        for (const char* path : {browser_home, "/srv"})
            plan.root.scratch.push_back({path, 64 << 20});
        rules.paths.push_back({browser_home, true});
    }
    plan.landlock = rules;
    auto filter = browser_filter().compile(confinement::SyscallFilter::Otherwise::refuse);
    if (filter) {
        plan.filter = std::move(*filter);
    } else {
        ADD_FAILURE() << filter.error().message;
    }
    plan.forbid_executable_memory_files = true;
    return plan;
}

int SandboxTest::run(Caller caller, const LaunchPlan& plan) {
    return as(caller, [&] {
        LaunchPlan own = plan;
        if (caller == Caller::root) own.user = sandbox_user;
        if (caller == Caller::ordinary && !own.layers.own_processes) {
            own.root.processes = false;  // /proc can only be mounted with processes of one's own
            std::erase_if(own.landlock->paths,
                          [](const auto& rule) { return rule.path == "/proc"; });
        }
        return launch(own);
    });
}

}  // namespace shoji::isolation
