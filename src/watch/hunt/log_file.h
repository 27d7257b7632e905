// One file of events, whatever its format (log_format.h).
#pragma once

#include "core/base/result.h"
#include "watch/event/event.h"
#include "watch/event/reading.h"
#include "watch/event/windows_sources.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace shoji::hunt {

// Where in a file something was lost.
inline base::Words at_byte(std::uint64_t offset) {
    return base::Words::of("at byte {}", offset);
}

struct LogLoss {
    std::uint64_t offset;  // in the file
    base::Error what;      // with words for people
};

class LogFile {
  public:
    // Names and sources must outlive it.
    static base::Result<LogFile> open(const std::filesystem::path& path, const event::Names& names,
                                      const event::WindowsSources& windows,
                                      const event::Reading& reading = {});

    // The next event that can be read; false at the end. Its values are good until the next call.
    bool next(event::Event& event);

    [[nodiscard]] std::uint64_t size() const;    // bytes
    [[nodiscard]] std::uint64_t offset() const;  // up to which it was read, about
    [[nodiscard]] std::uint64_t loss_count() const;
    // What could not be read so far, the first ones (Damages::most_told).
    [[nodiscard]] std::vector<LogLoss> losses() const;

    LogFile(LogFile&&) noexcept;
    LogFile& operator=(LogFile&&) noexcept;
    ~LogFile();

  private:
    struct Content;
    explicit LogFile(std::unique_ptr<Content> content);
    std::unique_ptr<Content> content_;
};

// What log_files() found in folders and left out: files of other names, hidden ones, links to
// folders, pipes, sockets and devices. Its first ones are told.
struct SkippedFiles {
    static constexpr std::size_t most_told = 20;

    void add(const std::filesystem::path& path);

    std::uint64_t count = 0;
    std::vector<std::filesystem::path> told;
};

// The files among `paths` and below the folders among them that may hold events: *.evtx, *.json,
// *.jsonl, *.ndjson, *.log, *.events, syslog, messages, secure, cron, maillog, older ones of them
// (audit.log.1, messages-20261120), all of these with .gz behind; and whatever is named itself. In
// the order of their names.
base::Result<std::vector<std::filesystem::path>> log_files(
    const std::vector<std::filesystem::path>& paths, SkippedFiles* skipped = nullptr);

}  // namespace shoji::hunt
