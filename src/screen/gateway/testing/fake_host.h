// A shoji-host that starts nothing: it hands out sockets whose other ends the test holds.
#pragma once

#include "core/base/unix_socket.h"
#include "screen/control/control.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

namespace shoji::gateway::testing {

// The session's and the egress's ends of what the gateway was given.
struct FakeSession {
    control::SessionId id{};
    bool attached = false;  // by Attach; else by Start
    control::Start start;
    base::FileDescriptor display;
    base::FileDescriptor reports;
};

class FakeHost {
  public:
    explicit FakeHost(std::filesystem::path path);
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;
    ~FakeHost() { stop(); }

    void start();
    // As if it were killed; the sessions stay known for the next start().
    void stop();

    // The next session that the gateway asked for; none within some seconds is an exception.
    FakeSession next();
    [[nodiscard]] bool nothing_asked(std::chrono::milliseconds time);
    void wait_for_end(const control::SessionId& id);
    void exit(const control::SessionId& id, control::Reason reason);
    void forget(const control::SessionId& id);
    // From now on: Failed with that reason; none: sessions again.
    void refuse_with(std::optional<control::Reason> reason);
    // From now on no answer comes to Start.
    void stay_silent(bool silent);
    void send_raw(const std::vector<std::uint8_t>& packet);

  private:
    void serve(int listener);
    void answer(int socket, const control::ToHost& request);
    void hand_out(int socket, std::uint32_t request, const control::SessionId& id,
                  FakeSession session);

    std::filesystem::path path_;
    base::FileDescriptor listener_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<FakeSession> asked_;
    std::set<control::SessionId> known_;
    std::set<control::SessionId> ended_;
    std::optional<control::Reason> refusal_;
    bool silent_ = false;
    int connection_ = -1;
    bool stopping_ = false;
};

// Messages of a display stream.
void write_message(int display, const std::vector<std::uint8_t>& message);
// None: the gateway closed it.
std::optional<std::vector<std::uint8_t>> read_message(int display);

}  // namespace shoji::gateway::testing
