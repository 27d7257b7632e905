// Traffic of every kind between network namespaces, for tests: each says whether it got through.
#pragma once

#include "core/base/file_descriptor.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <sys/socket.h>

namespace shoji::response {

constexpr std::uint16_t service = 9000;
constexpr std::uint16_t dns = 53;
constexpr std::uint16_t frame_type = 0x88b5;  // IEEE's for experiments
constexpr int answers_within = 4000;          // milliseconds
constexpr int silent_for = 250;

bool run(const std::vector<std::string>& command);
// `ip` with these words, which spaces part.
bool ip(const std::string& words);

struct Address {
    sockaddr_storage bytes{};
    socklen_t size = 0;
};
Address address_of(const std::string& text, std::uint16_t port);
// Invalid where it cannot be had; a stream listens.
base::FileDescriptor bound(const std::string& text, std::uint16_t port, int type);
// Within the time that something expected may take, or that silence is waited for.
bool readable(int socket, bool expected);

// A connection that gets one byte from the other end.
base::FileDescriptor connected(const std::string& to, std::uint16_t port, bool expected,
                               const std::string& from = "");
bool by_datagram(const std::string& to, std::uint16_t port, bool expected);
bool by_echo(const std::string& to, bool expected);
// A protocol of no name: raw sockets carry whatever they like.
bool by_raw_protocol(const std::string& to);

// For frames of `frame_type`; `bypass`: past the queues of the device.
base::FileDescriptor packet_socket(const std::string& device, bool bypass);
void send_frame(int socket, const std::string& device);

// A process with a network namespace of its own, until this goes.
class Container {
  public:
    Container();
    Container(const Container&) = delete;
    Container& operator=(const Container&) = delete;
    ~Container();
    [[nodiscard]] bool run(const std::function<bool()>& body) const;
    // Its packet rules.
    [[nodiscard]] std::string listed() const;

  private:
    pid_t process_ = -1;
    base::FileDescriptor space_;
};

// For what plays in another process, where no failed check reaches the test: counts them.
class Checks {
  protected:
    void expect(bool truth, const std::string& what);
    int wrong_ = 0;
};
// Expects 0 of this, which runs in a process and with a folder of its own.
void expect_none_wrong(const std::function<int(const std::string& folder)>& body);
// The same, with a network of its own, as run_as_first() does.
void expect_none_wrong_alone(const std::function<int(const std::string& folder)>& body);
// Runs this as the first process of process ids of its own, in mounts of its own: what it sees in
// /proc is the test's alone. Its result; 100 and more: it could not be done. The caller's mounts
// and later children are its own from then on.
int run_as_first(const std::function<int()>& body);

}  // namespace shoji::response
