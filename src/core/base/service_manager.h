// The service manager that started this program, where one wants to hear of it (sd_notify(3)).
#pragma once

#include "core/base/file_descriptor.h"

#include <string_view>

namespace shoji::base {

class ServiceManager {
  public:
    // Reads NOTIFY_SOCKET and takes it out of the environment: nothing that this program starts
    // speaks for it. Before other threads are.
    static ServiceManager take();

    // "READY=1", "WATCHDOG=1", "STOPPING=1". Does nothing where nobody listens; never waits.
    void tell(std::string_view state) const;
    [[nodiscard]] bool listens() const { return socket_.valid(); }

  private:
    FileDescriptor socket_;  // a connected datagram socket
};

}  // namespace shoji::base
