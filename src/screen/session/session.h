// One session's life: waits for the Wayland client, for viewers and for the signal to end, and
// joins them.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "screen/compositor/compositor.h"
#include "screen/session/link.h"
#include "screen/session/screen_state.h"
#include "screen/session/stream.h"

#include <memory>
#include <optional>

namespace shoji::session {

enum class Ending {
    asked,        // SIGTERM or SIGINT
    client_gone,  // the Wayland client closed its connection, or was disconnected for a fault
};

class Session {
  public:
    struct Descriptors {
        base::FileDescriptor listener;  // where viewers arrive: a listening stream socket
        base::FileDescriptor client;    // the server's end of the Wayland client's socket
    };
    // Blocks SIGTERM and SIGINT, so that run() can wait for them. Nothing that a client or a viewer
    // sends is read here.
    static base::Result<std::unique_ptr<Session>> create(
        Descriptors descriptors, const compositor::Compositor::Options& options);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    // Until the session ends. Errors are this program's or the system's; what a viewer does wrong
    // closes its connection only.
    base::Result<Ending> run();

  private:
    // The one viewer. The link outlives the stream that sends through it.
    struct Viewer {
        explicit Viewer(base::FileDescriptor socket) : link(std::move(socket)) {}
        Link link;
        std::optional<Stream> stream;
    };

    explicit Session(base::FileDescriptor listener) : listener_(std::move(listener)) {}
    base::Result<void> prepare();
    base::Result<void> watch(int descriptor, std::uint32_t events, int operation);
    base::Result<void> accept_viewer();
    void drop_viewer();
    // False when the viewer has to go; the reason is in the log.
    bool serve_viewer(std::uint32_t events);
    bool update_viewer();

    base::FileDescriptor listener_;
    base::FileDescriptor epoll_;
    base::FileDescriptor signals_;
    ScreenState state_;
    std::unique_ptr<compositor::Compositor> compositor_;
    std::optional<FrameGate> gate_;
    std::unique_ptr<Viewer> viewer_;
    std::uint32_t watched_ = 0;  // the events that epoll_ waits for at the viewer's socket
};

}  // namespace shoji::session
