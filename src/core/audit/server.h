// Takes records at the audit socket, several senders at once with one sync for all, until it is
// told to end.
#pragma once

#include "core/audit/writer.h"
#include "core/base/file_descriptor.h"

#include <vector>

#include <sys/types.h>

namespace shoji::audit {

inline constexpr std::size_t maximum_connections = 64;
inline constexpr std::size_t maximum_connections_of_user = 16;

class Server {
  public:
    // `senders`: the user ids that may send. `listener` and `end` must not block; `end` becomes
    // readable when the program is to end.
    Server(Writer& writer, base::FileDescriptor listener, std::vector<uid_t> senders, int end);

    // Until the end.
    base::Result<void> run();

  private:
    struct Connection {
        base::FileDescriptor socket;
        uid_t user = 0;
        bool broken = false;
    };

    void accept();
    void collect(Connection& connection);
    void answer();
    void sign_if_due();
    [[nodiscard]] int patience() const;

    Writer& writer_;
    base::FileDescriptor listener_;
    std::vector<uid_t> senders_;
    int end_;
    std::vector<Connection> connections_;
    // Of this turn: a record and where it came from, in step.
    std::vector<journal::Submitted> records_;
    std::vector<Connection*> origins_;
};

}  // namespace shoji::audit
