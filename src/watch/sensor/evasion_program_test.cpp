// Ways around a sensor, tried with real calls: each shows in an event, or in what is said not to be
// seen (docs/sensor.md).
#include "watch/sensor/sensor_fixture_test.h"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <fstream>
#include <iterator>
#include <set>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

std::string read_file(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Text in memory that children share, whose one letter another thread changes without a pause.
class ChangingText {
  public:
    // The letter stands at the text's end, and is neither of both at first.
    ChangingText(const std::string& text, char one, char other) {
        memory_ = static_cast<char*>(
            ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
        std::memcpy(memory_, text.c_str(), text.size() + 1);
        std::atomic_ref<char> letter(memory_[text.size() - 1]);
        thread_ = std::jthread([letter, one, other](const std::stop_token& end) {
            for (int turn = 0; !end.stop_requested(); ++turn) {
                letter.store(turn % 2 == 0 ? one : other);
                // Both last about as long.
                for (int i = 0; i < 100; ++i) std::atomic_signal_fence(std::memory_order_seq_cst);
            }
        });
        while (letter.load() != other) std::this_thread::yield();
    }
    ChangingText(const ChangingText&) = delete;
    ChangingText& operator=(const ChangingText&) = delete;
    ~ChangingText() {
        thread_ = {};
        ::munmap(memory_, 4096);
    }
    [[nodiscard]] char* text() const { return memory_; }

  private:
    char* memory_ = nullptr;
    std::jthread thread_;
};

class Evasions : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }

    // Files that this process opened for writing, in their order.
    static std::vector<std::string> opened(const RunningSensor& sensor, const TestFolder& folder) {
        std::vector<std::string> paths;
        for (const auto& event : sensor.all([&](const Object& one) {
                 return text_of(one, "EventType") == "open_write" &&
                        number_of(one, "ProcessId") == ::getpid() &&
                        text_of(one, "TargetFilename").starts_with(folder.path() + "/tried");
             })) {
            paths.push_back(text_of(event, "TargetFilename"));
        }
        return paths;
    }
    static bool wait_for_mark(RunningSensor& sensor, const TestFolder& folder) {
        std::ofstream(folder.at("mark")) << "x";
        return sensor.find("close_write", "TargetFilename", folder.at("mark")).has_value();
    }
};

// What the program itself finds out about itself, written to its standard output.
constexpr auto* who_am_i = "readlink /proc/$$/exe; cat /proc/$$/cmdline; :";

// The path and a word of the arguments are changed while exec reads them: what is told is what runs
// and what it got.
TEST_F(Evasions, ArgumentsThatChangeDuringTheExec) {
    RunningSensor sensor(with_family("process"));
    const TestFolder folder;
    std::filesystem::copy_file("/bin/sh", folder.at("program-a"));
    std::filesystem::copy_file("/bin/sh", folder.at("program-b"));
    const ChangingText path(folder.at("program-?"), 'a', 'b');
    const ChangingText word("harmless-?", 'x', 'y');
    const auto output = folder.at("output");
    int rounds = 0;
    std::array<bool, 4> met{};  // each letter of both
    for (; rounds < 400 && (rounds < 40 || std::ranges::count(met, false) > 0); ++rounds) {
        const pid_t child = ::fork();
        if (child == 0) {
            ::dup2(::open(output.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600), STDOUT_FILENO);
            ::execl(path.text(), "sh", "-c", who_am_i, word.text(), nullptr);
            ::_exit(127);
        }
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_EQ(status, 0);
        const auto told = read_file(output);
        const auto line = told.find('\n');
        ASSERT_NE(line, std::string::npos);
        const auto image = told.substr(0, line);
        auto command = told.substr(line + 1);
        while (command.ends_with('\0')) command.pop_back();
        std::ranges::replace(command, '\0', ' ');
        const auto event = act_of(sensor, "process_creation", child);
        ASSERT_TRUE(event);
        EXPECT_EQ(text_of(*event, "Image"), image);
        EXPECT_EQ(text_of(*event, "CommandLine"), command);
        met[0] |= image.ends_with('a');
        met[1] |= image.ends_with('b');
        met[2] |= command.ends_with('x');
        met[3] |= command.ends_with('y');
    }
    EXPECT_THAT(met, testing::Each(true)) << rounds << " rounds";
}

// The same of a file that is opened: what counts is what the descriptor leads to.
TEST_F(Evasions, APathThatChangesDuringTheOpen) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const ChangingText path(folder.at("tried-?"), 'a', 'b');
    std::vector<std::string> really;
    std::set<std::string> met;
    while (really.size() < 20'000 && (really.size() < 300 || met.size() < 2)) {
        const base::FileDescriptor file(::open(path.text(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
        ASSERT_TRUE(file.valid());
        really.push_back(
            std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file.get())).native());
        met.insert(really.back());
    }
    ASSERT_TRUE(wait_for_mark(sensor, folder));
    EXPECT_EQ(opened(sensor, folder), really);
    EXPECT_EQ(met.size(), 2U);
}

// A link that leads elsewhere at every moment.
TEST_F(Evasions, ALinkThatIsReplacedDuringTheOpen) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    for (const auto* name : {"tried-a", "tried-b"}) {
        ASSERT_EQ(::mkdir(folder.at(name).c_str(), 0700), 0);
        std::ofstream(folder.at(std::string(name) + "/file")) << "x";
        std::filesystem::create_symlink(folder.at(name), folder.at(std::string("to-") + name));
    }
    const auto link = folder.at("link");
    std::filesystem::create_symlink(folder.at("tried-a"), link);
    ASSERT_TRUE(wait_for_mark(sensor, folder));
    const auto before = opened(sensor, folder).size();
    std::vector<std::string> really;
    {
        const std::jthread swapping([&](const std::stop_token& end) {
            for (int i = 0; !end.stop_requested(); ++i) {
                const auto made = folder.at("made");
                if (::symlink(folder.at(i % 2 == 0 ? "tried-a" : "tried-b").c_str(),
                              made.c_str()) == 0) {
                    ::rename(made.c_str(), link.c_str());
                }
            }
        });
        for (int i = 0; i < 300; ++i) {
            const base::FileDescriptor file(::open((link + "/file").c_str(), O_WRONLY | O_CLOEXEC));
            ASSERT_TRUE(file.valid());
            really.push_back(
                std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file.get()))
                    .native());
        }
    }
    std::ofstream(folder.at("last")) << "x";
    ASSERT_TRUE(sensor.find("close_write", "TargetFilename", folder.at("last")));
    auto told = opened(sensor, folder);
    told.erase(told.begin(), told.begin() + static_cast<std::ptrdiff_t>(before));
    EXPECT_EQ(told, really);
}

// The new name is changed while the call reads it: what is told is the name that the file has.
TEST_F(Evasions, ANameThatChangesDuringTheRename) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const ChangingText path(folder.at("moved-?"), 'a', 'b');
    std::vector<std::string> really;
    for (int i = 0; i < 100; ++i) {
        std::ofstream(folder.at("here")) << "x";
        ASSERT_EQ(::rename(folder.at("here").c_str(), path.text()), 0);
        const auto one = folder.at("moved-a");
        const auto other = folder.at("moved-b");
        really.push_back(std::filesystem::exists(one) ? one : other);
        std::filesystem::remove(really.back());
    }
    ASSERT_TRUE(wait_for_mark(sensor, folder));
    std::vector<std::string> told;
    for (const auto& event : sensor.all([&](const Object& one) {
             return text_of(one, "EventType") == "rename" &&
                    number_of(one, "ProcessId") == ::getpid();
         })) {
        EXPECT_EQ(text_of(event, "SourceFilename"), folder.at("here"));
        told.push_back(text_of(event, "TargetFilename"));
    }
    EXPECT_EQ(told, really);
}

// The arguments' memory of a process, overwritten as the process itself could do it.
bool overwrite_arguments(pid_t process) {
    std::istringstream fields(read_file("/proc/" + std::to_string(process) + "/stat"));
    std::vector<std::string> all{std::istream_iterator<std::string>(fields), {}};
    constexpr std::size_t first = 47;  // arg_start and arg_end, as proc(5) counts from 1: 48 and 49
    if (all.size() <= first + 1) return false;
    const auto from = std::stoull(all[first]);
    const std::string nothing(std::stoull(all[first + 1]) - from, '-');
    const auto path = "/proc/" + std::to_string(process) + "/mem";
    const base::FileDescriptor memory(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
    return ::pwrite(memory.get(), nothing.data(), nothing.size(), static_cast<off_t>(from)) ==
           static_cast<ssize_t>(nothing.size());
}

// A shell that waits for the end of its input and then acts.
class WaitingShell {
  public:
    static constexpr auto* before = "echo; read word; ";
    explicit WaitingShell(const std::string& act) {
        int input[2];
        int output[2];
        if (::pipe2(input, O_CLOEXEC) != 0 || ::pipe2(output, O_CLOEXEC) != 0) return;
        const base::FileDescriptor reading(input[0]);
        const base::FileDescriptor answer(output[0]);
        base::FileDescriptor answering(output[1]);
        waited_for_.reset(input[1]);
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(reading.get(), STDIN_FILENO);
            ::dup2(answering.get(), STDOUT_FILENO);
            ::execl("/bin/sh", "sh", "-c", (before + act).c_str(), "evil-word", nullptr);
            ::_exit(127);
        }
        answering.reset();
        char ready = 0;
        if (::read(answer.get(), &ready, 1) != 1) ADD_FAILURE() << "the shell does not run";
    }
    WaitingShell(const WaitingShell&) = delete;
    WaitingShell& operator=(const WaitingShell&) = delete;
    ~WaitingShell() { act(); }
    void act() {
        waited_for_.reset();
        if (process_ > 0) ::waitpid(process_, nullptr, 0);
        process_ = -1;
    }
    [[nodiscard]] pid_t process() const { return process_; }

  private:
    base::FileDescriptor waited_for_;
    pid_t process_ = -1;
};

// What it does later is told with what it was started with.
TEST_F(Evasions, ArgumentsThatAreOverwrittenAfterTheExec) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto act = "echo x >" + folder.at("act");
    WaitingShell shell(act);
    ASSERT_TRUE(overwrite_arguments(shell.process()));
    const auto shown = read_file("/proc/" + std::to_string(shell.process()) + "/cmdline");
    EXPECT_EQ(shown.find("evil-word"), std::string::npos);
    shell.act();
    const auto event = sensor.find("open_write", "TargetFilename", folder.at("act"));
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "CommandLine"),
              std::string("sh -c ") + WaitingShell::before + act + " evil-word");
}

// The bound: of what ran before the sensor the arguments are what the process says then.
TEST_F(Evasions, ArgumentsThatWereOverwrittenBeforeTheSensor) {
    const WaitingShell shell(":");
    ASSERT_TRUE(overwrite_arguments(shell.process()));
    RunningSensor sensor(with_family("process"));
    const auto event = act_of(sensor, "process_running", shell.process());
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Image"), std::filesystem::canonical("/bin/sh").native());
    EXPECT_EQ(text_of(*event, "CommandLine").find("evil-word"), std::string::npos);
}

// The bound: what stands behind so much is not told, but that something does.
TEST_F(Evasions, ArgumentsAndVariablesBehindVeryMany) {
    RunningSensor sensor(with_family("process"));
    const pid_t padded = run({"/bin/true", std::string(5000, 'x'), "evil-word"});
    const auto cut = act_of(sensor, "process_creation", padded);
    ASSERT_TRUE(cut);
    EXPECT_EQ(text_of(*cut, "CommandLine").find("evil-word"), std::string::npos);
    EXPECT_EQ(text_of(*cut, "Incomplete"), "cut");
    std::vector<std::string> variables(3000, "HARMLESS=x");
    variables.emplace_back("LD_DEBUG_OUTPUT=/x");
    const auto crowded = act_of(sensor, "process_creation", run({"/bin/true"}, variables));
    ASSERT_TRUE(crowded);
    EXPECT_EQ(text_of(*crowded, "Environment"), "");
    EXPECT_EQ(text_of(*crowded, "Incomplete"), "environment");
}

TEST_F(Evasions, AProgramThatIsDeletedBeforeItRuns) {
    RunningSensor sensor(with_family("process"));
    const TestFolder folder;
    const auto path = folder.at("gone");
    std::filesystem::copy_file("/bin/true", path);
    const base::FileDescriptor program(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::unlink(path.c_str()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        char name[] = "quiet";
        char* words[] = {name, nullptr};
        char* none[] = {nullptr};
        ::fexecve(program.get(), words, none);
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    const auto event = act_of(sensor, "process_creation", child);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "FileState"), "deleted");
    EXPECT_EQ(text_of(*event, "Image"), path);
    EXPECT_EQ(number_of(*event, "FileLinks"), 0);
}

// A program that is given to the loader is not what exec runs: its mapping tells of it.
TEST_F(Evasions, AProgramThatTheLoaderRuns) {
    const std::string loader = "/lib64/ld-linux-x86-64.so.2";
    if (!std::filesystem::exists(loader)) GTEST_SKIP() << "another loader";
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("program");
    std::filesystem::copy_file("/bin/true", path);
    const pid_t process = run({loader, path});
    const auto exec = act_of(sensor, "process_creation", process);
    ASSERT_TRUE(exec);
    EXPECT_EQ(text_of(*exec, "Image"), std::filesystem::canonical(loader).native());
    EXPECT_EQ(text_of(*exec, "CommandLine"), loader + " " + path);
    const auto mapped = sensor.find("map", "ImageLoaded", path);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(number_of(*mapped, "ProcessId"), process);
}

// Another's code in an honest program: named by the environment, and mapped executable.
TEST_F(Evasions, ALibraryThatIsPreloaded) {
    std::string library;
    std::ifstream maps("/proc/self/maps");
    for (std::string line; library.empty() && std::getline(maps, line);) {
        if (line.find("/libm.so") != std::string::npos) library = line.substr(line.find('/'));
    }
    if (library.empty()) GTEST_SKIP() << "no library that could be preloaded";
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("hook.so");
    std::filesystem::copy_file(library, path);
    const pid_t process = run({"/bin/true"}, {"LD_PRELOAD=" + path});
    const auto exec = act_of(sensor, "process_creation", process);
    ASSERT_TRUE(exec);
    EXPECT_EQ(text_of(*exec, "Environment"), "LD_PRELOAD=" + path);
    const auto mapped = sensor.find("map", "ImageLoaded", path);
    ASSERT_TRUE(mapped);
    EXPECT_EQ(number_of(*mapped, "ProcessId"), process);
    EXPECT_EQ(text_of(*mapped, "Image"), std::filesystem::canonical("/bin/true").native());
}

#if defined(__x86_64__)
// A call by the whole register, of which the kernel takes one half for the number.
long call_with_more_bits(long number, long one, long two, long three, long four) {
    long result = number | 0x1'0000'0000;
    register long fourth asm("r10") = four;
    asm volatile("syscall"
                 : "+a"(result)
                 : "D"(one), "S"(two), "d"(three), "r"(fourth)
                 : "rcx", "r11", "memory");
    return result;
}

TEST_F(Evasions, ACallWhoseNumberHasMoreBits) {
    const TestFolder folder;
    const auto path = folder.at("tried");
    std::ofstream(path) << "what was there";
    RunningSensor sensor(with_family("file"));
    const base::FileDescriptor file(static_cast<int>(
        call_with_more_bits(SYS_openat, AT_FDCWD, reinterpret_cast<long>(path.c_str()),
                            O_WRONLY | O_TRUNC | O_CLOEXEC, 0)));
    ASSERT_TRUE(file.valid());
    EXPECT_TRUE(sensor.find([&](const Object& event) {
        return text_of(event, "EventType") == "open_write" && event.contains("Truncated") &&
               text_of(event, "TargetFilename") == path && !event.contains("Inherited");
    }));
    ASSERT_EQ(call_with_more_bits(SYS_unlink, reinterpret_cast<long>(path.c_str()), 0, 0, 0), 0);
    EXPECT_TRUE(sensor.find("unlink", "TargetFilename", path));
}
#endif

// The bound: that it was opened for writing is told, and how large it is; not how much was written.
TEST_F(Evasions, WritingThroughASharedMapping) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("mapped");
    base::FileDescriptor file(::open(path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600));
    ASSERT_EQ(::ftruncate(file.get(), 4096), 0);
    void* memory = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file.get(), 0);
    ASSERT_NE(memory, MAP_FAILED);
    std::memset(memory, 'x', 4096);
    ::munmap(memory, 4096);
    file.reset();
    EXPECT_EQ(read_file(path), std::string(4096, 'x'));
    const auto open = sensor.find("open_write", "TargetFilename", path);
    ASSERT_TRUE(open);
    EXPECT_TRUE(open->contains("Created"));
    const auto close = sensor.find("close_write", "TargetFilename", path);
    ASSERT_TRUE(close);
    EXPECT_EQ(number_of(*close, "FileSize"), 4096);
    EXPECT_EQ(number_of(*close, "BytesWritten"), 0);
}

// The bound: a file that is emptied by its name is never opened.
TEST_F(Evasions, TruncatingByNameIsNotTold) {
    const TestFolder folder;
    const auto path = folder.at("log");
    std::ofstream(path) << "what was done";
    RunningSensor sensor(with_family("file"));
    ASSERT_EQ(::truncate(path.c_str(), 0), 0);
    ASSERT_TRUE(wait_for_mark(sensor, folder));
    EXPECT_THAT(
        sensor.all([&](const Object& one) { return text_of(one, "TargetFilename") == path; }),
        testing::IsEmpty());
}

// Acts of files as a curtain, in one control group with what it hides. By the usual policy.
TEST_F(Evasions, ProgramsInAFloodOfFiles) {
    constexpr int programs = 40;
    constexpr int files_each = 750;
    const TestFolder folder;
    const TestGroup group;
    ASSERT_FALSE(group.name().empty());
    RunningSensor sensor(with_family("file", "[files]\nrate = 100\n"));
    const pid_t child = ::fork();
    if (child == 0) {
        if (!group.enter()) ::_exit(1);
        const auto path = folder.at("flood");
        for (int i = 0; i < programs; ++i) {
            for (int one = 0; one < files_each; ++one) {
                ::close(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
            }
            run({"/bin/true", "hidden-" + std::to_string(i)});
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    EXPECT_TRUE(sensor.find([&](const Object& event) {
        return text_of(event, "EventType") == "flood_begins" &&
               text_of(event, "Cgroup") == group.name();
    }));
    const auto last = "/bin/true hidden-" + std::to_string(programs - 1);
    ASSERT_TRUE(sensor.find("process_termination", "CommandLine", last));
    std::vector<std::string> seen;
    std::vector<std::string> ended;
    for (const auto& event : sensor.all([&](const Object& one) {
             return text_of(one, "CommandLine").starts_with("/bin/true hidden-");
         })) {
        const auto category = text_of(event, "Category");
        if (category == "process_creation") seen.push_back(text_of(event, "CommandLine"));
        if (category == "process_termination") ended.push_back(text_of(event, "CommandLine"));
    }
    std::vector<std::string> expected;
    for (int i = 0; i < programs; ++i) expected.push_back("/bin/true hidden-" + std::to_string(i));
    EXPECT_EQ(seen, expected);
    EXPECT_EQ(ended, expected);
    EXPECT_THAT(sensor.all([](const Object& one) { return text_of(one, "EventType") == "loss"; }),
                testing::IsEmpty());
}

}  // namespace
}  // namespace shoji::sensor
