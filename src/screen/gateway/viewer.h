// One connected viewer: the relay between its WebSocket and a session's display stream, with every
// message checked in both directions, and what the gateway itself has to say in between.
//
// Memory is bounded: while the viewer's line is slow nothing is read from the session, and while
// the session is slow nothing is read from the viewer.
#pragma once

#include "core/base/file_descriptor.h"
#include "screen/gateway/http.h"
#include "screen/gateway/viewer_socket.h"
#include "screen/wire/conversation.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/posix/stream_descriptor.hpp>

namespace shoji::gateway {

enum class RelayEnd {
    viewer_gone,       // its connection broke, or it was told to finish
    session_gone,      // the session's end of the display stream was closed
    ended_by_viewer,   // the user ends the session
    viewer_malformed,  // the viewer broke the protocol
    session_malformed  // the session broke the protocol
};

class Viewer : public std::enable_shared_from_this<Viewer> {
  public:
    Viewer(const asio::any_io_executor& executor, std::shared_ptr<ViewerSocket> socket,
           Terminal terminal);

    // Begins to write what is sent. Call it once.
    void start();
    // Never waits. Reports of refusals beyond what the line takes are dropped; the panel that shows
    // them is no log.
    void send(const wire::FromGateway& message);
    // Calls it once, with the first acknowledgement of a frame: only then is it certain that what
    // was sent before the frame has arrived, for a viewer greets before it has read anything.
    void on_acknowledged(std::function<void()> call) { acknowledged_ = std::move(call); }
    // Shows it each message that goes to the session.
    void on_input(std::function<void(const wire::FromViewer&)> call) { input_ = std::move(call); }
    // Passes messages on until one side ends it. Call it once.
    Task<RelayEnd> relay(base::FileDescriptor display);
    // Ends the relay and closes with that code once everything that was sent is written; what the
    // session still had to say is dropped.
    void finish(CloseCode code);
    // Closes now.
    void abort();

    [[nodiscard]] bool gone() const { return stopped_; }
    // It has a display stream; until then it waits for one.
    [[nodiscard]] bool relaying() const { return display_.is_open(); }
    [[nodiscard]] const Terminal& terminal() const { return terminal_; }
    // What the protocol error was, for the log.
    [[nodiscard]] const std::string& complaint() const { return complaint_; }

  private:
    using Message = std::vector<std::uint8_t>;
    struct Outgoing {
        Message bytes;
        bool of_session = false;
    };

    void stop(RelayEnd end);
    void complain(RelayEnd end, const base::Error& error);
    Task<> write_all();
    Task<> read_viewer();
    Task<> read_session();
    Task<bool> pass_to_session(std::span<const std::uint8_t> message);
    Task<std::optional<Message>> message_of_session();

    asio::any_io_executor executor_;
    std::shared_ptr<ViewerSocket> socket_;
    Terminal terminal_;
    asio::posix::stream_descriptor display_;
    wire::Conversation conversation_;
    std::deque<Outgoing> outbox_;
    std::size_t session_bytes_ = 0;  // of the session's messages that are not written yet
    Signal written_;
    Signal pushed_;
    std::optional<CloseCode> finish_;
    bool stopped_ = false;  // the relay is over
    bool broken_ = false;   // nothing can be written any more
    RelayEnd end_ = RelayEnd::viewer_gone;
    std::string complaint_;
    std::function<void()> acknowledged_;
    std::function<void(const wire::FromViewer&)> input_;
};

}  // namespace shoji::gateway
