// Sends records to shoji-audit and waits until they are on disk. Plain and blocking, for a command
// or a thread of its own; not for several threads at once.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/journal/record.h"

#include <chrono>
#include <filesystem>
#include <vector>

#include <sys/types.h>

namespace shoji::journal {

class Client {
  public:
    // `users`: who may be at the other end, so that nobody else is told what happened.
    // `limit`: of each wait: for room to send, and for the answer.
    Client(std::filesystem::path socket, std::vector<uid_t> users,
           std::chrono::milliseconds limit = std::chrono::seconds(5))
        : path_(std::move(socket)), users_(std::move(users)), limit_(limit) {}

    // Connects where needed, and once more when a connection made earlier turns out to be broken: a
    // record may then be in the journal twice, never not at all. `unavailable` when shoji-audit is
    // away or too slow, `denied` when somebody else answers.
    base::Result<Acknowledgement> send(const Record& record);

  private:
    base::Result<void> connect();
    base::Result<Acknowledgement> exchange(std::span<const std::uint8_t> packet);

    std::filesystem::path path_;
    std::vector<uid_t> users_;
    std::chrono::milliseconds limit_;
    base::FileDescriptor socket_;
};

}  // namespace shoji::journal
