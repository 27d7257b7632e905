#include "screen/host/event_loop.h"

#include <cerrno>

#include <sys/epoll.h>

namespace shoji::host {

base::Result<EventLoop> EventLoop::create() {
    EventLoop loop;
    loop.epoll_.reset(::epoll_create1(EPOLL_CLOEXEC));
    if (!loop.epoll_.valid()) return base::fail_errno(errno, "making an event loop");
    return loop;
}

base::Result<void> EventLoop::watch(int descriptor, std::function<void()> ready) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = descriptor;
    if (::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, descriptor, &event) != 0) {
        return base::fail_errno(errno, "watching a descriptor");
    }
    watched_[descriptor] = std::make_shared<std::function<void()>>(std::move(ready));
    return {};
}

void EventLoop::forget(int descriptor) {
    if (watched_.erase(descriptor) != 0) {
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, descriptor, nullptr);
    }
}

base::Result<void> EventLoop::run(const std::function<int()>& idle) {
    while (!stopped_) {
        // One event at a time: what its callback forgets can then have no event under way.
        epoll_event event{};
        const int count = ::epoll_wait(epoll_.get(), &event, 1, idle());
        if (count < 0 && errno != EINTR) return base::fail_errno(errno, "waiting for events");
        if (count <= 0) continue;
        const auto found = watched_.find(event.data.fd);
        if (found == watched_.end()) continue;
        const auto ready = found->second;  // kept, for it may forget itself
        (*ready)();
    }
    return {};
}

}  // namespace shoji::host
