// Waits for many descriptors in one thread. Nothing here blocks but run().
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <functional>
#include <map>
#include <memory>

namespace shoji::host {

class EventLoop {
  public:
    static base::Result<EventLoop> create();

    // Calls `ready` whenever the descriptor is readable, or its other end is gone. The descriptor
    // stays the caller's, who forgets it here before closing it. A callback may watch and forget
    // any descriptor, its own too.
    base::Result<void> watch(int descriptor, std::function<void()> ready);
    void forget(int descriptor);

    // Runs until stop(). `idle` is called after each event, and says for how many milliseconds at
    // most to wait for the next; -1: without limit.
    base::Result<void> run(const std::function<int()>& idle);
    void stop() { stopped_ = true; }

  private:
    EventLoop() = default;

    base::FileDescriptor epoll_;
    std::map<int, std::shared_ptr<std::function<void()>>> watched_;
    bool stopped_ = false;
};

}  // namespace shoji::host
