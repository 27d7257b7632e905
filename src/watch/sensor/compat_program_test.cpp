// System calls by the table of 32-bit programs as a way around: any program can use it.
#include "watch/sensor/sensor_fixture_test.h"

#include <array>
#include <cstring>
#include <fstream>

#include <elf.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

#if defined(__x86_64__)

// The numbers of asm/unistd_32.h.
constexpr std::uint32_t nr_write = 4;
constexpr std::uint32_t nr_open = 5;
constexpr std::uint32_t nr_close = 6;
constexpr std::uint32_t nr_unlink = 10;
constexpr std::uint32_t nr_execve = 11;
constexpr std::uint32_t nr_getpid = 20;
constexpr std::uint32_t nr_ptrace = 26;
constexpr std::uint32_t nr_rename = 38;
constexpr std::uint32_t nr_old_mmap = 90;
constexpr std::uint32_t nr_socketcall = 102;
constexpr std::uint32_t nr_mprotect = 125;
constexpr std::uint32_t nr_setresuid = 208;
constexpr std::uint32_t nr_socket = 359;

long call(std::uint32_t number, std::uint64_t one = 0, std::uint64_t two = 0,
          std::uint64_t three = 0) {
    long result = static_cast<long>(number);
    // The kernel takes the upper halves for nothing, and clears r8 to r11.
    asm volatile("int $0x80"
                 : "+a"(result)
                 : "b"(one), "c"(two), "d"(three)
                 : "memory", "cc", "r8", "r9", "r10", "r11");
    return static_cast<std::int32_t>(result);
}

// The half of a register that the kernel leaves out of such calls, set by the caller.
constexpr std::uint64_t upper_half = 0x5a5a'0000'0000'0000;

// Memory whose addresses fit into 32 bits.
class LowMemory {
  public:
    LowMemory()
        : memory_(::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0)) {}
    LowMemory(const LowMemory&) = delete;
    LowMemory& operator=(const LowMemory&) = delete;
    ~LowMemory() { ::munmap(memory_, size); }
    // Its address.
    std::uint64_t put(const void* bytes, std::size_t count) {
        char* at = static_cast<char*>(memory_) + used_;
        std::memcpy(at, bytes, count);
        used_ += (count + 7) / 8 * 8;
        return reinterpret_cast<std::uint64_t>(at);
    }
    std::uint64_t put(const std::string& text) { return put(text.c_str(), text.size() + 1); }

  private:
    static constexpr std::size_t size = 16384;
    void* memory_;
    std::size_t used_ = 0;
};

class CompatCalls : public testing::Test {
  protected:
    void SetUp() override {
        SHOJI_NEEDS_ROOT();
        const pid_t child = ::fork();
        if (child == 0) ::_exit(call(nr_getpid) == ::getpid() ? 0 : 1);
        int status = 0;
        ::waitpid(child, &status, 0);
        if (status != 0) GTEST_SKIP() << "this kernel takes no calls of 32-bit programs";
    }
    static std::optional<Object> mine(RunningSensor& sensor, std::string_view type,
                                      std::string_view field, std::int64_t number) {
        return sensor.find([=](const Object& event) {
            return text_of(event, "EventType") == type && number_of(event, field) == number &&
                   number_of(event, "ProcessId") == ::getpid();
        });
    }
    LowMemory low_;
};

TEST_F(CompatCalls, FilesAndTheirNames) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto first = folder.at("first");
    const auto second = folder.at("second");
    const auto file = call(nr_open, low_.put(first), O_CREAT | O_WRONLY, 0600);
    ASSERT_GE(file, 0);
    ASSERT_EQ(call(nr_write, static_cast<std::uint64_t>(file), low_.put("0123456789"), 10), 10);
    ASSERT_EQ(call(nr_close, static_cast<std::uint64_t>(file)), 0);
    ASSERT_EQ(call(nr_rename, low_.put(first), low_.put(second)), 0);
    ASSERT_EQ(call(nr_unlink, low_.put(second)), 0);
    EXPECT_TRUE(sensor.find("open_write", "TargetFilename", first));
    const auto close = sensor.find("close_write", "TargetFilename", first);
    ASSERT_TRUE(close);
    EXPECT_EQ(number_of(*close, "BytesWritten"), 10);
    const auto renamed = sensor.find("rename", "TargetFilename", second);
    ASSERT_TRUE(renamed);
    EXPECT_EQ(text_of(*renamed, "SourceFilename"), first);
    EXPECT_TRUE(sensor.find("unlink", "TargetFilename", second));
}

// The oldest call for it takes a structure instead of arguments.
TEST_F(CompatCalls, ExecutableMappings) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("mapped.so");
    std::ofstream(path) << std::string(4096, 'x');
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    const std::array<std::uint32_t, 6> asked{
        0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, static_cast<std::uint32_t>(file.get()), 0};
    const auto address = call(nr_old_mmap, low_.put(asked.data(), sizeof asked));
    ASSERT_TRUE(address > 0 || address < -4095);
    const auto event = sensor.find("map", "ImageLoaded", path);
    ASSERT_TRUE(event);
    EXPECT_EQ(number_of(*event, "ProcessId"), ::getpid());
}

TEST_F(CompatCalls, SocketsOfOtherSorts) {
    RunningSensor sensor(with_family("sockets"));
    const auto made = call(nr_socket, AF_PACKET, SOCK_RAW, 0);
    ASSERT_GE(made, 0);
    const base::FileDescriptor kept(static_cast<int>(made));
    const auto event = mine(sensor, "packet", "SocketType", SOCK_RAW);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Result"), "success");
}

// By the call that has all others of sockets in it, with their arguments in memory.
TEST_F(CompatCalls, SocketsByTheOneCallForAllOfThem) {
    constexpr std::uint64_t make_socket = 1;
    RunningSensor sensor(with_family("sockets"));
    const std::array<std::uint32_t, 3> raw{AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1};
    const auto made = call(nr_socketcall, make_socket, low_.put(raw.data(), sizeof raw));
    ASSERT_GE(made, 0);
    const base::FileDescriptor kept(static_cast<int>(made));
    const std::array<std::uint32_t, 3> refused{AF_PACKET, 9, 0};
    ASSERT_LT(call(nr_socketcall, make_socket, low_.put(refused.data(), sizeof refused)), 0);
    const auto event = mine(sensor, "raw", "AddressFamily", AF_INET);
    ASSERT_TRUE(event);
    EXPECT_EQ(number_of(*event, "SocketType"), SOCK_RAW);
    EXPECT_EQ(number_of(*event, "Protocol"), 1);
    EXPECT_EQ(text_of(*event, "Result"), "success");
    const auto failed = mine(sensor, "packet", "AddressFamily", AF_PACKET);
    ASSERT_TRUE(failed);
    EXPECT_NE(text_of(*failed, "Result"), "success");
    if (sensor.backend("sockets") == "system calls") {
        EXPECT_EQ(text_of(*failed, "Incomplete"), "asked");
    }
}

TEST_F(CompatCalls, ArgumentsWhoseUpperHalvesAreSet) {
    constexpr std::uint64_t make_socket = 1;
    RunningSensor sensor;
    const TestFolder folder;
    const auto path = folder.at("mapped.so");
    std::ofstream(path) << std::string(4096, 'x');
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    void* memory = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_32BIT, file.get(), 0);
    ASSERT_NE(memory, MAP_FAILED);
    ASSERT_EQ(call(nr_mprotect, reinterpret_cast<std::uint64_t>(memory) | upper_half, 4096,
                   PROT_READ | PROT_EXEC),
              0);
    EXPECT_TRUE(sensor.find("map", "ImageLoaded", path));
    ::munmap(memory, 4096);
    const std::array<std::uint32_t, 3> raw{AF_INET, SOCK_RAW | SOCK_CLOEXEC, 1};
    const auto made =
        call(nr_socketcall, make_socket | upper_half, low_.put(raw.data(), sizeof raw));
    ASSERT_GE(made, 0);
    const base::FileDescriptor kept(static_cast<int>(made));
    EXPECT_TRUE(mine(sensor, "raw", "AddressFamily", AF_INET));
}

TEST_F(CompatCalls, ReachingIntoAnotherProcess) {
    constexpr std::uint64_t attach = 16;
    RunningSensor sensor(with_family("access"));
    const pid_t victim = ::fork();
    while (victim == 0) ::pause();
    const auto attached = call(nr_ptrace, attach, static_cast<std::uint64_t>(victim));
    ::kill(victim, SIGKILL);
    ::waitpid(victim, nullptr, 0);
    ASSERT_EQ(attached, 0);
    const auto event = mine(sensor, "ptrace", "TargetProcessId", victim);
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Request"), "attach");
}

TEST_F(CompatCalls, AnotherUser) {
    RunningSensor sensor(with_family("privileges"));
    const pid_t child = ::fork();
    if (child == 0) ::_exit(call(nr_setresuid, 12345, 12345, 12345) == 0 ? 0 : 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    const auto event = sensor.find([=](const Object& one) {
        return text_of(one, "EventType") == "users" && number_of(one, "ProcessId") == child;
    });
    ASSERT_TRUE(event);
    EXPECT_EQ(number_of(*event, "UserId"), 12345);
}

// The file of a program of 32 bits that ends with 7.
std::string small_program() {
    constexpr std::string_view code("\xb8\x01\0\0\0\xbb\x07\0\0\0\xcd\x80", 12);  // exit(7)
    constexpr std::uint32_t place = 0x8048000;
    Elf32_Ehdr file{};
    std::memcpy(file.e_ident, ELFMAG, SELFMAG);
    file.e_ident[EI_CLASS] = ELFCLASS32;
    file.e_ident[EI_DATA] = ELFDATA2LSB;
    file.e_ident[EI_VERSION] = EV_CURRENT;
    file.e_type = ET_EXEC;
    file.e_machine = EM_386;
    file.e_version = EV_CURRENT;
    file.e_entry = place + sizeof(Elf32_Ehdr) + sizeof(Elf32_Phdr);
    file.e_phoff = sizeof file;
    file.e_ehsize = sizeof file;
    file.e_phentsize = sizeof(Elf32_Phdr);
    file.e_phnum = 1;
    Elf32_Phdr segment{};
    segment.p_type = PT_LOAD;
    segment.p_vaddr = place;
    segment.p_filesz = sizeof file + sizeof segment + code.size();
    segment.p_memsz = segment.p_filesz;
    segment.p_flags = PF_R | PF_X;
    segment.p_align = 4096;
    std::string bytes(reinterpret_cast<const char*>(&file), sizeof file);
    bytes.append(reinterpret_cast<const char*>(&segment), sizeof segment);
    return bytes.append(code);
}

// exec by that table, of a program that is itself one of 32 bits.
TEST_F(CompatCalls, AProgramOf32Bits) {
    RunningSensor sensor(with_family("process"));
    const TestFolder folder;
    const auto path = folder.at("small");
    std::ofstream(path, std::ios::binary) << small_program();
    ASSERT_EQ(::chmod(path.c_str(), 0755), 0);
    const auto name = static_cast<std::uint32_t>(low_.put(path));
    const auto word = static_cast<std::uint32_t>(low_.put("evil-word"));
    const std::array<std::uint32_t, 3> words{name, word, 0};
    const auto arguments = low_.put(words.data(), sizeof words);
    const pid_t child = ::fork();
    if (child == 0) {
        call(nr_execve, name, arguments, 0);
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(WEXITSTATUS(status), 7);
    const auto event = sensor.find([=](const Object& one) {
        return text_of(one, "Category") == "process_creation" &&
               number_of(one, "ProcessId") == child;
    });
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Image"), path);
    EXPECT_EQ(text_of(*event, "CommandLine"), path + " evil-word");
}

#endif

}  // namespace
}  // namespace shoji::sensor
