// io_uring as a way around: what a ring is asked to do, and the files that are opened by it.
#include "watch/sensor/io_uring_test.h"
#include "watch/sensor/sensor_fixture_test.h"

#include <fstream>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

class UringEvents : public testing::Test {
  protected:
    void SetUp() override { SHOJI_NEEDS_ROOT(); }

    static std::optional<Object> request(RunningSensor& sensor, std::string_view operation,
                                         std::string_view name) {
        return sensor.find([=](const Object& event) {
            return text_of(event, "EventType") == "io_uring_request" &&
                   text_of(event, "Request") == operation &&
                   number_of(event, "ProcessId") == ::getpid() &&
                   text_of(event, "TargetFilename") == name;
        });
    }
};

TEST_F(UringEvents, NamesThatARingChangesAreTold) {
    RunningSensor sensor(with_family("access"));
    const TestFolder folder;
    TestUring uring;
    ASSERT_TRUE(uring.valid());
    const auto first = folder.at("first");
    const auto second = folder.at("second");
    const auto file = uring.open(first.c_str(), O_CREAT | O_WRONLY, 0600);
    ASSERT_TRUE(file.valid());
    ASSERT_TRUE(uring.write(file.get(), "0123456789", 10));
    ASSERT_TRUE(uring.rename(first.c_str(), second.c_str()));
    ASSERT_TRUE(uring.unlink(second.c_str()));
    const auto open = request(sensor, "openat", first);
    ASSERT_TRUE(open);
    EXPECT_EQ(text_of(*open, "Category"), "process_act");
    EXPECT_EQ(number_of(*open, "Flags") & (O_CREAT | O_WRONLY), O_CREAT | O_WRONLY);
    EXPECT_EQ(text_of(*open, "Image"), std::filesystem::read_symlink("/proc/self/exe").native());
    EXPECT_TRUE(request(sensor, "write", ""));
    const auto renamed = request(sensor, "renameat", second);
    ASSERT_TRUE(renamed);
    EXPECT_EQ(text_of(*renamed, "SourceFilename"), first);
    EXPECT_TRUE(request(sensor, "unlinkat", second));
}

// They are many, and say no more than the first.
TEST_F(UringEvents, WritesAreToldOnce) {
    RunningSensor sensor(with_family("access"));
    const TestFolder folder;
    TestUring uring;
    ASSERT_TRUE(uring.valid());
    const auto file = uring.open(folder.at("file").c_str(), O_CREAT | O_WRONLY, 0600);
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(uring.write(file.get(), "x", 1));
    ASSERT_TRUE(uring.unlink(folder.at("file").c_str()));
    ASSERT_TRUE(request(sensor, "unlinkat", folder.at("file")));
    EXPECT_EQ(sensor
                  .all([](const Object& event) {
                      return text_of(event, "Request") == "write" &&
                             number_of(event, "ProcessId") == ::getpid();
                  })
                  .size(),
              1U);
}

// What is done about files is told as by any other way; bytes are the file's size.
TEST_F(UringEvents, AFileThatARingOpensIsToldAsOpened) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    TestUring uring;
    ASSERT_TRUE(uring.valid());
    const auto path = folder.at("made");
    auto file = uring.open(path.c_str(), O_CREAT | O_WRONLY, 0600);
    ASSERT_TRUE(file.valid());
    ASSERT_TRUE(uring.write(file.get(), "0123456789", 10));
    file.reset();
    const auto open = sensor.find("open_write", "TargetFilename", path);
    ASSERT_TRUE(open);
    EXPECT_EQ(text_of(*open, "Category"), "file_event");
    EXPECT_TRUE(open->contains("Created"));
    EXPECT_EQ(number_of(*open, "ProcessId"), ::getpid());
    const auto close = sensor.find("close_write", "TargetFilename", path);
    ASSERT_TRUE(close);
    EXPECT_EQ(number_of(*close, "FileSize"), 10);
}

// The kernel wants the descriptor of such a request to be 0, and does nothing to that.
TEST_F(UringEvents, ARingsOwnFileThatItClosesIsNoDescriptor) {
    RunningSensor sensor(with_family("file"));
    const TestFolder folder;
    const auto path = folder.at("written");
    const pid_t child = ::fork();
    if (child == 0) {
        TestUring uring;
        const base::FileDescriptor file(::open(path.c_str(), O_CREAT | O_WRONLY, 0600));
        const bool done = uring.valid() && ::dup2(file.get(), 0) == 0 && ::write(0, "1", 1) == 1 &&
                          uring.close_own(file.get()) && ::write(0, "23", 2) == 2;
        ::_exit(done ? 0 : 1);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    ASSERT_TRUE(act_of(sensor, "process_termination", child));
    for (const auto& close : sensor.all([&](const Object& event) {
             return text_of(event, "EventType") == "close_write" &&
                    text_of(event, "TargetFilename") == path;
         })) {
        const auto bytes = number_of(close, "BytesWritten");
        EXPECT_TRUE(bytes == 0 || bytes == 3) << bytes << " bytes by a close that there was not";
    }
}

}  // namespace
}  // namespace shoji::sensor
