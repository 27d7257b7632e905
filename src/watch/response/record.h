// The room's own journal: one line of JSON for each step of each response, appended, on disk before
// the step is answered. Each line holds the SHA-256 of the line before it, so that a line that was
// changed or taken out shows.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/response/request.h"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::response {

enum class Phase { begun, done, failed, asked, refused };

struct Record {
    std::int64_t time = 0;  // Unix seconds
    std::string id;         // of the response: its steps share it
    Phase phase = Phase::begun;
    Request request;
    std::string result;  // English, for the log
    std::string undo;    // the command that undoes it; empty: it cannot be undone
};

class ResponseLog {
  public:
    // Makes the file (mode 0600) where it is not there. A last line without its end is cut off;
    // `corrupt` where lines do not hang together.
    static base::Result<ResponseLog> open(const std::filesystem::path& path);
    base::Result<void> append(const Record& record);

  private:
    ResponseLog(base::FileDescriptor file, std::string previous, std::size_t size)
        : file_(std::move(file)), previous_(std::move(previous)), size_(size) {}
    void keep_room() const;

    base::FileDescriptor file_;
    std::string previous_;
    std::size_t size_;  // bytes of whole lines
};

// One line without its end.
std::string to_line(const Record& record, std::string_view previous);
// The digest that the next line holds; `corrupt` where lines do not hang together.
base::Result<std::string> check_lines(std::string_view text);

}  // namespace shoji::response
