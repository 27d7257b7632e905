// A gateway for tests: speaks to the host, and reads a session's display stream.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "screen/control/control.h"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace shoji::host::tests {

struct Started {
    control::SessionId session{};
    base::FileDescriptor display;
    base::FileDescriptor reports;
};

class Gateway {
  public:
    // Connects as this user, as soon as the host listens.
    Gateway(const std::filesystem::path& socket, uid_t user);

    // Either the session, or why there is none.
    tl::expected<Started, control::Reason> start(const control::Start& request);
    tl::expected<Started, control::Reason> attach(const control::SessionId& session);
    void end(const control::SessionId& session);
    std::vector<control::SessionEntry> list();
    // The reason of the next end that is told; nothing when the host has closed.
    std::optional<control::Reason> await_exit(const control::SessionId& session);
    void send_raw(std::span<const std::uint8_t> packet, std::span<const int> descriptors = {});
    // The next message, nothing when the host has closed.
    std::optional<control::FromHost> receive();
    void close() { socket_.reset(); }

  private:
    tl::expected<Started, control::Reason> await_start();

    base::FileDescriptor socket_;
    std::vector<base::FileDescriptor> received_;
};

// Says hello as a viewer does and acknowledges frames until one of at least `bytes` has come; false
// when the stream ends before, or takes too long.
bool shows_picture(int display, std::size_t bytes);

// The hosts that an egress reports as refused, up to `last`; all so far when that does not come.
std::vector<std::string> refused_hosts(int reports, std::string_view last);

}  // namespace shoji::host::tests
