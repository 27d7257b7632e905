#include "screen/session/session.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>

namespace shoji::session {
namespace {

Time now() {
    return std::chrono::steady_clock::now();
}

// That this program has had a processor, since it began.
Duration processor_time() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

base::Result<base::FileDescriptor> open_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (::sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) {
        return base::fail_errno(errno, "blocking signals");
    }
    base::FileDescriptor descriptor(::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!descriptor.valid()) return base::fail_errno(errno, "waiting for signals");
    return descriptor;
}

base::Result<void> stop_blocking(int descriptor) {
    const int flags = ::fcntl(descriptor, F_GETFL);
    if (flags < 0 || ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0) {
        return base::fail_errno(errno, "preparing the listening socket");
    }
    return {};
}

}  // namespace

base::Result<std::unique_ptr<Session>> Session::create(
    Descriptors descriptors, const compositor::Compositor::Options& options) {
    std::unique_ptr<Session> session(new Session(std::move(descriptors.listener)));
    auto compositor =
        compositor::Compositor::create(std::move(descriptors.client), options, session->state_);
    if (!compositor) return base::Failure(compositor.error());
    session->compositor_ = std::move(*compositor);
    session->gate_.emplace(*session->compositor_);
    if (auto prepared = session->prepare(); !prepared) return base::Failure(prepared.error());
    return session;
}

Session::~Session() {
    drop_viewer();
}

base::Result<void> Session::prepare() {
    auto signals = open_signals();
    if (!signals) return base::Failure(signals.error());
    signals_ = std::move(*signals);
    if (auto ready = stop_blocking(listener_.get()); !ready) return ready;
    epoll_ = base::FileDescriptor(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll_.valid()) return base::fail_errno(errno, "making an epoll descriptor");
    for (const int descriptor : {signals_.get(), listener_.get(), compositor_->descriptor()}) {
        if (auto added = watch(descriptor, EPOLLIN, EPOLL_CTL_ADD); !added) return added;
    }
    return {};
}

base::Result<void> Session::watch(int descriptor, std::uint32_t events, int operation) {
    epoll_event event{};
    event.events = events;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_.get(), operation, descriptor, &event) != 0) {
        return base::fail_errno(errno, "waiting for a descriptor");
    }
    return {};
}

base::Result<Ending> Session::run() {
    while (true) {
        std::array<epoll_event, 8> events{};
        const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                       compositor_->timeout());
        if (count < 0 && errno != EINTR) return base::fail_errno(errno, "waiting for events");
        const Time woken = now();
        const Duration used = processor_time();
        // Input before the client's answers to it, and a new viewer before the old one's messages.
        bool viewer_stays = true;
        for (const auto& event :
             std::span(events).first(static_cast<std::size_t>(std::max(count, 0)))) {
            if (event.data.fd == signals_.get()) return Ending::asked;
            if (event.data.fd == listener_.get()) {
                if (auto accepted = accept_viewer(); !accepted) {
                    return base::Failure(accepted.error());
                }
                viewer_stays = true;
            } else if (viewer_ != nullptr && event.data.fd == viewer_->link.descriptor()) {
                viewer_stays = serve_viewer(event.events);
            }
        }
        compositor_->dispatch();
        if (state_.client_gone()) return Ending::client_gone;
        if (viewer_ != nullptr && !(viewer_stays && update_viewer())) drop_viewer();
        if (viewer_ == nullptr) {
            gate_->allow(state_.page_may_draw_unseen());
        } else {
            const Time done = now();
            viewer_->stream->worked(done - woken, processor_time() - used, done);
        }
    }
}

base::Result<void> Session::accept_viewer() {
    base::FileDescriptor socket(
        ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket.valid()) {
        // It may have gone again; but without descriptors or memory no viewer can ever come.
        const bool lasts = errno == EMFILE || errno == ENFILE || errno == ENOMEM;
        if (lasts) return base::fail_errno(errno, "accepting a viewer");
        return {};
    }
    drop_viewer();
    viewer_ = std::make_unique<Viewer>(std::move(socket));
    viewer_->stream.emplace(Stream::Surroundings{*compositor_, state_, *gate_, viewer_->link});
    watched_ = EPOLLIN;
    spdlog::info("a viewer has connected");
    return watch(viewer_->link.descriptor(), watched_, EPOLL_CTL_ADD);
}

void Session::drop_viewer() {
    if (viewer_ == nullptr) return;
    viewer_.reset();  // closing the socket also takes it from epoll_
    spdlog::info("the viewer is gone");
}

bool Session::serve_viewer(std::uint32_t events) {
    // A socket in error is readable; so the error comes out of receive().
    if ((events & (EPOLLIN | EPOLLHUP | EPOLLERR)) == 0 || viewer_->link.congested()) {
        return (events & (EPOLLHUP | EPOLLERR)) == 0;
    }
    const auto open = viewer_->link.receive([&](std::span<const std::uint8_t> message) {
        return viewer_->stream->receive(message, now());
    });
    if (!open) spdlog::warn("the viewer's connection is closed: {}", open.error().message);
    return open && *open;
}

bool Session::update_viewer() {
    Link& link = viewer_->link;
    // First what waits, so that the stream sees how far the viewer has come.
    auto done = link.flush();
    if (done) done = viewer_->stream->update(now());
    if (done) done = link.flush();
    const std::uint32_t wanted =
        (link.congested() ? 0U : EPOLLIN) | (link.waiting() ? EPOLLOUT : 0U);
    if (done && wanted != watched_) {
        watched_ = wanted;
        done = watch(link.descriptor(), wanted, EPOLL_CTL_MOD);
    }
    if (!done) spdlog::warn("the viewer's connection is closed: {}", done.error().message);
    return done.has_value();
}

}  // namespace shoji::session
