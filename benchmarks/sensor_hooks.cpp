// For ./bench sensor.  bench-sensor-hooks audited: prints whether audit has anything to do with
// this process (true, false).  bench-sensor-hooks ends|begins|calls: attaches programs that do
// nothing to the end or the beginning of all system calls, or to the ends of openat and close
// alone; says `ready`, and stays until its standard input ends.
#include <memory>
#include <string_view>
#include <vector>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <fmt/format.h>
#include <sensor_hooks.skel.h>
#include <unistd.h>

namespace {

struct Destroy {
    void operator()(sensor_hooks_bpf* programs) const { sensor_hooks_bpf__destroy(programs); }
};

int fail(std::string_view what) {
    fmt::print(stderr, "{}\n", what);
    return 1;
}

std::vector<bpf_program*> chosen(sensor_hooks_bpf& programs, std::string_view what) {
    if (what == "audited") return {programs.progs.find_audit};
    if (what == "ends") return {programs.progs.all_ends};
    if (what == "begins") return {programs.progs.all_begins};
    if (what == "calls") return {programs.progs.end_of_openat, programs.progs.end_of_close};
    return {};
}

int run(std::string_view what) {
    const std::unique_ptr<sensor_hooks_bpf, Destroy> programs(sensor_hooks_bpf__open());
    if (!programs) return fail("the programs cannot be read");
    const auto wanted = chosen(*programs, what);
    if (wanted.empty()) return fail("usage: bench-sensor-hooks audited|ends|begins|calls");
    for (auto* program : wanted) bpf_program__set_autoload(program, true);
    if (sensor_hooks_bpf__load(programs.get()) != 0)
        return fail("the kernel takes no such program");
    if (what == "audited") {
        bpf_test_run_opts options{};
        options.sz = sizeof options;
        if (bpf_prog_test_run_opts(bpf_program__fd(wanted.front()), &options) != 0) {
            return fail("the program cannot be run");
        }
        fmt::print("{}\n", programs->bss->is_audited != 0);
        return 0;
    }
    if (sensor_hooks_bpf__attach(programs.get()) != 0) return fail("cannot be attached");
    fmt::print("ready\n");
    std::fflush(stdout);
    char byte = 0;
    while (::read(STDIN_FILENO, &byte, 1) > 0) continue;
    return 0;
}

}  // namespace

int main(int count, char** words) {
    return run(count == 2 ? words[1] : "");
}
