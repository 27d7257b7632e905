// What the opener opens for the analyst, which may open no file itself. Of programs that were
// started, for their hashes: a running process's program, or the one at a path, only regular files
// that somebody may execute, so that an analyst that was taken over reads no secret. Whether it is
// the file of the record, the analyst checks by the file's numbers. And the logs of the policy's
// list, by their place in it.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/sensor/scene.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

namespace shoji::sensor {

// The opener's side: one request (a process's number, then the path's bytes; 0 and one byte: a log)
// answered with one packet, of one byte, with the descriptor or without. An error when the other
// end is gone.
base::Result<void> answer_request(int socket, std::span<const std::string> logs);

// The analyst's side. The log of that place; invalid: it is not there.
base::FileDescriptor ask_for_log(int socket, std::size_t place);

class FileHasher : public ProgramHasher {
  public:
    static constexpr std::size_t most_kept = 4096;  // then all are forgotten

    // Larger files than `most_bytes` have no hash.
    FileHasher(int socket, std::uint64_t most_bytes) : socket_(socket), most_bytes_(most_bytes) {}

    // Before the program confines itself: what the library reads when it is used first.
    static base::Result<void> prepare();

    std::string hash(const sensor_file& file, std::uint32_t process,
                     std::string_view path) override;

  private:
    struct Key {
        std::uint64_t inode = 0;
        std::uint64_t size = 0;
        std::int64_t changed = 0;
        std::uint32_t nanoseconds = 0;
        std::uint32_t device = 0;
        bool operator==(const Key&) const = default;
    };
    struct Hash {
        std::size_t operator()(const Key& key) const {
            return (key.inode ^ (std::uint64_t{key.device} << 40) ^
                    static_cast<std::uint64_t>(key.changed)) *
                   0x9e3779b97f4a7c15ULL;
        }
    };
    int socket_;
    std::uint64_t most_bytes_;
    std::unordered_map<Key, std::string, Hash> known_;
};

// SHA-256 of what a descriptor gives from its beginning, in lower-case hexadecimal; more than
// `most_bytes` is an error.
base::Result<std::string> hash_file(int file, std::uint64_t most_bytes);

}  // namespace shoji::sensor
