#include "core/base/service_manager.h"

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

#include <sys/socket.h>
#include <sys/un.h>

namespace shoji::base {

ServiceManager ServiceManager::take() {
    ServiceManager manager;
    const char* value = std::getenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) return manager;
    std::string name = value;
    ::unsetenv("NOTIFY_SOCKET");  // NOLINT(concurrency-mt-unsafe)
    sockaddr_un address{};
    const bool is_abstract = name.starts_with('@');
    if (name.size() < 2 || name.size() >= sizeof address.sun_path ||
        !(is_abstract || name.starts_with('/'))) {
        return manager;
    }
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (is_abstract) address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    FileDescriptor socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid() ||
        ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0) {
        return manager;
    }
    manager.socket_ = std::move(socket);
    return manager;
}

void ServiceManager::tell(std::string_view state) const {
    if (!socket_.valid()) return;
    static_cast<void>(::send(socket_.get(), state.data(), state.size(), MSG_NOSIGNAL));
}

}  // namespace shoji::base
