#include "watch/sensor/program_files.h"

#include "core/base/bytes.h"
#include "core/base/unix_socket.h"

#include <array>
#include <fstream>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

// What the opener gives for this path and a process that does not exist.
bool is_given(const std::string& path) {
    auto sockets = base::unix_socket_pair(base::SocketKind::packet).value();
    base::ByteWriter request;
    request.write(std::uint32_t{0x7fffffff});
    request.write_bytes({reinterpret_cast<const std::uint8_t*>(path.data()), path.size()});
    EXPECT_TRUE(base::send_packet(sockets.first.get(), request.bytes()));
    EXPECT_TRUE(answer_request(sockets.second.get(), {}));
    const auto answer = base::receive_packet(sockets.first.get(), 1);
    return answer && answer->descriptors.size() == 1;
}

TEST(ProgramFiles, OnlyProgramsAreGiven) {
    EXPECT_TRUE(is_given("/usr/bin/env"));
    EXPECT_FALSE(is_given("/etc/shadow"));
    EXPECT_FALSE(is_given("/etc"));
    EXPECT_FALSE(is_given("/dev/null"));
    EXPECT_FALSE(is_given("/no/such/file"));
    EXPECT_FALSE(is_given(""));
}

TEST(ProgramFiles, ARequestThatIsCutGetsNothing) {
    auto sockets = base::unix_socket_pair(base::SocketKind::packet).value();
    const std::array<std::uint8_t, 2> request{1, 2};
    ASSERT_TRUE(base::send_packet(sockets.first.get(), request));
    ASSERT_TRUE(answer_request(sockets.second.get(), {}));
    EXPECT_TRUE(base::receive_packet(sockets.first.get(), 1)->descriptors.empty());
    sockets.first.reset();
    EXPECT_FALSE(answer_request(sockets.second.get(), {}));
}

// By their place in the policy's list alone, and no other files than those.
TEST(LogFilesOfPolicy, AreGivenByTheirPlace) {
    const std::vector<std::string> logs{"/etc/passwd", "/no/such/file", "/dev/null",
                                        "/proc/self/exe"};
    const auto asked = [&](std::size_t place) {
        auto sockets = base::unix_socket_pair(base::SocketKind::packet).value();
        std::thread opener([&] { EXPECT_TRUE(answer_request(sockets.second.get(), logs)); });
        const auto file = ask_for_log(sockets.first.get(), place);
        opener.join();
        return file.valid();
    };
    EXPECT_TRUE(asked(0));
    EXPECT_FALSE(asked(1));
    EXPECT_FALSE(asked(2)) << "no regular file";
    EXPECT_FALSE(asked(3)) << "a link";
    EXPECT_FALSE(asked(4));
}

TEST(ProgramFiles, HashesWholeFilesUpToALimit) {
    const int file = ::memfd_create("bytes", MFD_CLOEXEC);
    ASSERT_EQ(::write(file, "abc", 3), 3);
    // FIPS 180-2, appendix B.1.
    EXPECT_EQ(hash_file(file, 3).value(),
              "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_FALSE(hash_file(file, 2));
    ::close(file);
}

}  // namespace
}  // namespace shoji::sensor
