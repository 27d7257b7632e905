#include "screen/host/connect.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

namespace shoji::host {

base::Result<base::FileDescriptor> connect_now(const std::filesystem::path& path,
                                               base::SocketKind kind) {
    const int type = kind == base::SocketKind::stream ? SOCK_STREAM : SOCK_SEQPACKET;
    base::FileDescriptor socket(::socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket.valid()) return base::fail_errno(errno, "making a Unix socket");
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.native().size() >= sizeof address.sun_path) {
        return base::fail(base::ErrorKind::invalid, "the path {} is too long", path.native());
    }
    std::memcpy(address.sun_path, path.c_str(), path.native().size() + 1);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        return base::fail_errno(errno, "connecting to " + path.native());
    }
    if (::fcntl(socket.get(), F_SETFL, 0) != 0) {
        return base::fail_errno(errno, "making a connection wait again");
    }
    return socket;
}

}  // namespace shoji::host
