// Files, as real calls change them and as the sensor tells of it.
#include "watch/sensor/sensor_fixture_test.h"

#include <algorithm>
#include <fstream>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

class FileEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }
    void expect_actor(const Object& event) {
        EXPECT_EQ(number_of(event, "ProcessId"), ::getpid());
        EXPECT_EQ(text_of(event, "Image"),
                  std::filesystem::read_symlink("/proc/self/exe").native());
    }
};

TEST_F(FileEvents, CreationAndBytesWritten) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("made");
    const int file = ::open(path.c_str(), O_CREAT | O_WRONLY, 0640);
    ASSERT_GE(file, 0);
    ASSERT_EQ(::write(file, "0123456789", 10), 10);
    iovec parts[2]{{const_cast<char*>("abc"), 3}, {const_cast<char*>("de"), 2}};
    ASSERT_EQ(::writev(file, parts, 2), 5);
    ASSERT_EQ(::pwrite(file, "x", 1, 100), 1);
    ::close(file);
    const auto open = sensor.find("open_write", "TargetFilename", path);
    ASSERT_TRUE(open);
    expect_actor(*open);
    EXPECT_EQ(text_of(*open, "Category"), "file_event");
    EXPECT_TRUE(open->contains("Created"));
    const auto close = sensor.find("close_write", "TargetFilename", path);
    ASSERT_TRUE(close);
    EXPECT_EQ(number_of(*close, "BytesWritten"), 16);
    EXPECT_EQ(number_of(*close, "FileSize"), 101);
}

TEST_F(FileEvents, WritingToWhatWasThereIsNoCreation) {
    const TestFolder folder;
    const auto path = folder.at("there");
    std::ofstream(path) << "old";
    RunningSensor sensor(with_family("file"));
    const int file = ::open(path.c_str(), O_WRONLY | O_TRUNC);
    ASSERT_GE(file, 0);
    ::close(file);
    const auto open = sensor.find("open_write", "TargetFilename", path);
    ASSERT_TRUE(open);
    EXPECT_FALSE(open->contains("Created"));
    EXPECT_TRUE(open->contains("Truncated"));
    const auto close = sensor.find("close_write", "TargetFilename", path);
    ASSERT_TRUE(close);
    EXPECT_EQ(number_of(*close, "BytesWritten"), 0);
}

// More than there are places for in the kernel's array: the rest stands in its table.
TEST_F(FileEvents, EachOfVeryManyOpenFilesIsClosedWithItsBytes) {
    constexpr int count = 10'000;
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    constexpr rlim_t needed = count + 100;
    const rlimit limit{needed, std::max(before.rlim_max, needed)};
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) GTEST_SKIP() << "so many files cannot be open";
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("many");
    std::vector<int> files;
    for (int i = 0; i < count; ++i) {
        files.push_back(::open(path.c_str(), O_CREAT | O_WRONLY, 0600));
        ASSERT_GE(files.back(), 0);
    }
    for (const int file : files) ASSERT_EQ(::pwrite(file, "abc", 3, 0), 3);
    for (const int file : files) ::close(file);
    const auto last = folder.at("last");
    std::ofstream(last) << "x";
    // Built with sanitizers, reading so many events takes longer than one look waits.
    bool read_all = false;
    for (int look = 0; look < 10 && !read_all; ++look) {
        read_all = sensor.find("close_write", "TargetFilename", last).has_value();
    }
    ASSERT_TRUE(read_all);
    const auto closes = sensor.all([&](const Object& event) {
        return text_of(event, "EventType") == "close_write" &&
               text_of(event, "TargetFilename") == path && number_of(event, "BytesWritten") == 3;
    });
    EXPECT_EQ(closes.size(), count);
    const auto inherited = sensor.all([&](const Object& event) {
        return text_of(event, "TargetFilename") == path && event.contains("Inherited");
    });
    EXPECT_TRUE(inherited.empty());
}

// By a process that may have very many.
TEST_F(FileEvents, ADescriptorOfAVeryHighNumberIsClosedAtTheEnd) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("high");
    constexpr int high = 100'000;
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit limit{high + 1, high + 1};
        if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) ::_exit(2);
        const base::FileDescriptor file(::open(path.c_str(), O_CREAT | O_WRONLY, 0600));
        const bool done = ::dup2(file.get(), high) == high && ::write(high, "1234", 4) == 4;
        ::_exit(done ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    if (WEXITSTATUS(status) == 2) GTEST_SKIP() << "no process may have so many descriptors here";
    ASSERT_EQ(status, 0);
    EXPECT_TRUE(sensor.find([&](const Object& event) {
        return text_of(event, "EventType") == "close_write" &&
               text_of(event, "TargetFilename") == path && number_of(event, "BytesWritten") == 4;
    }));
}

// Most opens for reading and most closes are decided where all calls end, by what each processor
// says that it runs: on none of them may that cover others, by the same descriptor or another.
TEST_F(FileEvents, OpensForReadingCoverNoOtherOnAnyProcessor) {
    constexpr int rounds = 200;
    const TestFolder folder;
    const auto read = folder.at("read");
    const auto listed = folder.at("listed");
    for (const auto& path : {read, listed}) std::ofstream(path) << "x";
    const auto descriptor_of = [](const std::string& path, int flags) {
        const int file = ::open(path.c_str(), flags, 0600);
        if (file < 0) ::_exit(1);
        return file;
    };
    RunningSensor sensor(
        with_family("file", "[files]\nrate = 0\nwatch_reads = [\"" + listed + "\"]\n"));
    cpu_set_t all;
    ASSERT_EQ(::sched_getaffinity(0, sizeof all, &all), 0);
    std::vector<pid_t> children;
    for (int processor = 0; processor < CPU_SETSIZE; ++processor) {
        if (!CPU_ISSET(processor, &all)) continue;
        const pid_t child = ::fork();
        if (child == 0) {
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(processor, &one);
            if (::sched_setaffinity(0, sizeof one, &one) != 0) ::_exit(1);
            const auto written = folder.at("written by " + std::to_string(processor));
            const int kept = descriptor_of(written, O_CREAT | O_WRONLY);
            for (int round = 0; round < rounds; ++round) {
                ::close(descriptor_of(read, O_RDONLY));
                const int file = descriptor_of(written, O_WRONLY);
                if (::pwrite(file, "abc", 3, 0) != 3) ::_exit(1);
                ::close(descriptor_of(read, O_RDONLY));
                ::close(file);
            }
            ::close(descriptor_of(listed, O_RDONLY));
            ::close(kept);
            ::_exit(0);
        }
        children.push_back(child);
        int status = 0;
        ::waitpid(child, &status, 0);
        ASSERT_EQ(status, 0);
        const auto count = [&](std::string_view type) {
            return sensor
                .all([&](const Object& event) {
                    return text_of(event, "EventType") == type &&
                           number_of(event, "ProcessId") == child;
                })
                .size();
        };
        ASSERT_TRUE(sensor.find([&](const Object& event) {
            return text_of(event, "Category") == "process_termination" &&
                   number_of(event, "ProcessId") == child;
        }));
        EXPECT_EQ(count("open_write"), rounds + 1) << "processor " << processor;
        EXPECT_EQ(count("close_write"), rounds + 1) << "processor " << processor;
        EXPECT_EQ(count("open_read"), 1U) << "processor " << processor;
    }
    EXPECT_FALSE(children.empty());
}

// The child's descriptor is another one than that of which its opening was told, and so is its end.
TEST_F(FileEvents, ADescriptorOfAProcessThatWasForked) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("shared");
    base::FileDescriptor file(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
    ASSERT_TRUE(file.valid());
    const pid_t child = ::fork();
    if (child == 0) {
        if (::write(file.get(), "1234", 4) != 4 || ::close(file.get()) != 0) ::_exit(1);
        const auto left = folder.at("left open");
        ::_exit(::write(::open(left.c_str(), O_CREAT | O_WRONLY, 0600), "12", 2) == 2 ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    ASSERT_EQ(::write(file.get(), "1", 1), 1);
    file.reset();
    const auto closed = [&](const std::string& name, pid_t process, int bytes) {
        return sensor.find([&](const Object& event) {
            return text_of(event, "EventType") == "close_write" &&
                   text_of(event, "TargetFilename") == name &&
                   number_of(event, "ProcessId") == process &&
                   number_of(event, "BytesWritten") == bytes;
        });
    };
    EXPECT_TRUE(closed(folder.at("left open"), child, 2));
    // The other backend tells of the file, when the last of both is closed.
    const bool by_descriptor = sensor.backend("file") == "system calls";
    EXPECT_TRUE(closed(path, ::getpid(), by_descriptor ? 1 : 5));
    if (!by_descriptor) return;
    EXPECT_TRUE(closed(path, child, 4));
}

// The shell opens, another program writes, and nobody closes but the end of the process.
TEST_F(FileEvents, WritingThroughAnInheritedDescriptor) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("redirected");
    run({"/bin/sh", "-c", "/bin/echo hello >" + path});
    const auto close = sensor.find([&](const Object& event) {
        return text_of(event, "EventType") == "close_write" &&
               text_of(event, "TargetFilename") == path && number_of(event, "BytesWritten") == 6;
    });
    EXPECT_TRUE(close);
}

// By another call than close: told at the end at the latest.
TEST_F(FileEvents, AFileThatIsClosedByAnotherCall) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const pid_t child = ::fork();
    if (child == 0) {
        for (const auto* name : {"by close_range", "by dup2"}) {
            const int file = ::open(folder.at(name).c_str(), O_CREAT | O_WRONLY, 0600);
            if (::write(file, "12345", 5) != 5) ::_exit(1);
            const bool by_range = std::string_view(name) == "by close_range";
            if ((by_range ? ::close_range(static_cast<unsigned>(file), ~0U, 0)
                          : ::dup2(STDIN_FILENO, file)) < 0) {
                ::_exit(1);
            }
        }
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    for (const auto* name : {"by close_range", "by dup2"}) {
        const auto close = sensor.find("close_write", "TargetFilename", folder.at(name));
        ASSERT_TRUE(close) << name;
        EXPECT_EQ(number_of(*close, "ProcessId"), child);
        EXPECT_EQ(number_of(*close, "BytesWritten"), 5);
    }
}

TEST_F(FileEvents, Rename) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    std::ofstream(folder.at("old")) << "x";
    std::ofstream(folder.at("replaced")) << "y";
    ASSERT_EQ(::rename(folder.at("old").c_str(), folder.at("replaced").c_str()), 0);
    const auto event = sensor.find("rename", "TargetFilename", folder.at("replaced"));
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "SourceFilename"), folder.at("old"));
    EXPECT_EQ(text_of(*event, "Category"), "file_rename");
    expect_actor(*event);
}

TEST_F(FileEvents, RenameOfAFolderIntoAnother) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    ASSERT_EQ(::mkdir(folder.at("one").c_str(), 0755), 0);
    ASSERT_EQ(::mkdir(folder.at("two").c_str(), 0755), 0);
    ASSERT_EQ(::rename(folder.at("one").c_str(), folder.at("two/inside").c_str()), 0);
    const auto event = sensor.find("rename", "TargetFilename", folder.at("two/inside"));
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "SourceFilename"), folder.at("one"));
}

TEST_F(FileEvents, UnlinkAndRemovalOfAFolder) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    std::ofstream(folder.at("gone")) << "x";
    ASSERT_EQ(::unlink(folder.at("gone").c_str()), 0);
    ASSERT_EQ(::mkdir(folder.at("gone folder").c_str(), 0755), 0);
    ASSERT_EQ(::rmdir(folder.at("gone folder").c_str()), 0);
    const auto file = sensor.find("unlink", "TargetFilename", folder.at("gone"));
    ASSERT_TRUE(file);
    EXPECT_EQ(text_of(*file, "Category"), "file_delete");
    expect_actor(*file);
    const auto removed = sensor.find("unlink", "TargetFilename", folder.at("gone folder"));
    ASSERT_TRUE(removed);
    EXPECT_TRUE(removed->contains("Folder"));
}

TEST_F(FileEvents, AFailedUnlinkIsNone) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    ASSERT_EQ(::mkdir(folder.at("stays").c_str(), 0755), 0);
    ASSERT_NE(::unlink(folder.at("stays").c_str()), 0);
    ASSERT_NE(::unlink(folder.at("never").c_str()), 0);
    std::ofstream(folder.at("mark")) << "x";
    ASSERT_TRUE(sensor.find("open_write", "TargetFilename", folder.at("mark")));
    EXPECT_EQ(sensor
                  .all([&](const Object& event) {
                      return text_of(event, "EventType") == "unlink" &&
                             text_of(event, "TargetFilename").starts_with(folder.path());
                  })
                  .size(),
              0U);
}

TEST_F(FileEvents, ModeAndOwner) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("file");
    std::ofstream(path) << "x";
    ASSERT_EQ(::chmod(path.c_str(), 04755), 0);
    ASSERT_EQ(::chown(path.c_str(), 12345, 12345), 0);
    const auto mode = sensor.find("chmod", "TargetFilename", path);
    ASSERT_TRUE(mode);
    EXPECT_EQ(text_of(*mode, "FileMode"), "4755");
    expect_actor(*mode);
    const auto owner = sensor.find("chown", "TargetFilename", path);
    ASSERT_TRUE(owner);
    EXPECT_EQ(number_of(*owner, "FileOwner"), 12345);
}

TEST_F(FileEvents, LinksOfBothSorts) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    std::ofstream(folder.at("file")) << "x";
    ASSERT_EQ(::link(folder.at("file").c_str(), folder.at("second").c_str()), 0);
    ASSERT_EQ(::symlink("/etc/passwd", folder.at("pointer").c_str()), 0);
    const auto hard = sensor.find("link", "TargetFilename", folder.at("second"));
    ASSERT_TRUE(hard);
    EXPECT_EQ(text_of(*hard, "SourceFilename"), folder.at("file"));
    const auto soft = sensor.find("symlink", "TargetFilename", folder.at("pointer"));
    ASSERT_TRUE(soft);
    EXPECT_EQ(text_of(*soft, "SourceFilename"), "/etc/passwd");
}

TEST_F(FileEvents, UnlinkOfOneOfTwoNamesTellsThatOne) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    ASSERT_EQ(::mkdir(folder.at("other").c_str(), 0755), 0);
    std::ofstream(folder.at("first")) << "x";
    ASSERT_EQ(::link(folder.at("first").c_str(), folder.at("other/second").c_str()), 0);
    ASSERT_EQ(::unlink(folder.at("first").c_str()), 0);
    EXPECT_TRUE(sensor.find("unlink", "TargetFilename", folder.at("first")));
}

TEST_F(FileEvents, ExecutableMappings) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto mapped = folder.at("mapped.so");
    const auto later = folder.at("later.so");
    for (const auto& path : {mapped, later}) std::ofstream(path) << std::string(4096, 'x');
    const int file = ::open(mapped.c_str(), O_RDONLY);
    ASSERT_NE(::mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0), MAP_FAILED);
    const int other = ::open(later.c_str(), O_RDONLY);
    void* memory = ::mmap(nullptr, 4096, PROT_READ, MAP_PRIVATE, other, 0);
    ASSERT_EQ(::mprotect(memory, 4096, PROT_READ | PROT_EXEC), 0);
    const auto direct = sensor.find("map", "ImageLoaded", mapped);
    ASSERT_TRUE(direct);
    EXPECT_EQ(text_of(*direct, "Category"), "image_load");
    expect_actor(*direct);
    EXPECT_TRUE(sensor.find("map", "ImageLoaded", later));
    ::close(file);
    ::close(other);
}

TEST_F(FileEvents, OnlyListedFilesAreToldOfWhenRead) {
    const TestFolder folder;
    ASSERT_EQ(::mkdir(folder.at("keys").c_str(), 0755), 0);
    for (const auto* name : {"secret", "usual", "keys/any"}) std::ofstream(folder.at(name)) << "x";
    RunningSensor sensor(with_family("file", "[files]\nrate = 0\nwatch_reads = [\"" +
                                                 folder.at("secret") + "\", \"" +
                                                 folder.at("keys/") + "\"]\n"));
    for (const auto* name : {"usual", "secret", "keys/any"}) {
        ::close(::open(folder.at(name).c_str(), O_RDONLY));
    }
    const auto event = sensor.find("open_read", "TargetFilename", folder.at("keys/any"));
    ASSERT_TRUE(event);
    EXPECT_EQ(text_of(*event, "Category"), "file_access");
    EXPECT_TRUE(sensor.find("open_read", "TargetFilename", folder.at("secret")));
    EXPECT_EQ(sensor
                  .all([&](const Object& one) {
                      return text_of(one, "TargetFilename") == folder.at("usual");
                  })
                  .size(),
              0U);
}

TEST_F(FileEvents, WhatPolicyLeavesOutIsNotTold) {
    const TestFolder folder;
    ASSERT_EQ(::mkdir(folder.at("noise").c_str(), 0755), 0);
    RunningSensor sensor(with_family(
        "file", "[files]\nrate = 0\nignore_paths = [\"" + folder.at("noise/") + "\"]\n"));
    std::ofstream(folder.at("noise/file")) << "x";
    std::ofstream(folder.at("mark")) << "x";
    ASSERT_TRUE(sensor.find("close_write", "TargetFilename", folder.at("mark")));
    EXPECT_EQ(sensor
                  .all([&](const Object& event) {
                      return text_of(event, "TargetFilename") == folder.at("noise/file");
                  })
                  .size(),
              0U);
}

TEST_F(FileEvents, WhatALeftOutControlGroupDoesIsNotToldButItsProcessesAre) {
    const TestFolder folder;
    const TestGroup group;
    ASSERT_FALSE(group.name().empty());
    RunningSensor sensor(
        with_family("file", "[files]\nrate = 0\nignore_cgroups = [\"" + group.path() + "\"]\n"));
    const pid_t child = ::fork();
    if (child == 0) {
        if (!group.enter()) ::_exit(1);
        std::ofstream(folder.at("quiet")) << "x";
        ::execl("/bin/true", "true", nullptr);
        ::_exit(1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ASSERT_EQ(status, 0);
    std::ofstream(folder.at("mark")) << "x";
    ASSERT_TRUE(sensor.find("close_write", "TargetFilename", folder.at("mark")));
    EXPECT_TRUE(sensor.find([&](const Object& event) {
        return text_of(event, "Category") == "process_creation" &&
               number_of(event, "ProcessId") == child && text_of(event, "Cgroup") == group.name();
    }));
    EXPECT_EQ(sensor
                  .all([&](const Object& event) {
                      return text_of(event, "TargetFilename") == folder.at("quiet");
                  })
                  .size(),
              0U);
}

}  // namespace
}  // namespace shoji::sensor
