#include "watch/hunt/log_file.h"

#include "watch/event/audit_log.h"
#include "watch/event/evtx_file.h"
#include "watch/event/json_log.h"
#include "watch/event/log_format.h"
#include "watch/event/stream_reader.h"
#include "watch/event/text_log.h"
#include "watch/hunt/mapped_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <system_error>
#include <utility>
#include <variant>

namespace shoji::hunt {

namespace fs = std::filesystem;

namespace {

// A file of no known format: all of it is one loss.
class NoLog {
  public:
    explicit NoLog(std::size_t size) {
        if (size > 0) damages_.add(0, size, "no log of a format that is known");
    }
    static bool next(event::Event& /*event*/) { return false; }
    [[nodiscard]] const event::Damages& damages() const { return damages_; }
    [[nodiscard]] static std::uint64_t offset() { return 0; }

  private:
    event::Damages damages_;
};

using Log = std::variant<NoLog, event::EvtxFile, event::StreamReader, event::JsonLog,
                         event::AuditLog, event::TextLog>;

static_assert(MappedFile::zeros_behind >= event::json_padding);

// Syslog's short times have no year and no zone: the file's last change tells the one, this
// machine's zone, as it was then, the other.
event::SyslogDefaults defaults_of(const fs::path& path) {
    std::error_code error;
    const auto written = fs::last_write_time(path, error);
    if (error) return {};
    const auto since = std::chrono::file_clock::to_sys(written).time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since).count();
    const auto time = static_cast<std::time_t>(seconds);
    std::tm local{};
    if (::localtime_r(&time, &local) == nullptr) return {};
    constexpr event::Time billion = 1'000'000'000;
    return {seconds * billion, local.tm_gmtoff * billion};
}

// Constructed where it stays: readers hold references to parts of themselves.
void open_log(Log& log, const MappedFile& file, const fs::path& path, const event::Names& names,
              const event::WindowsSources& windows) {
    const auto bytes = file.bytes();
    const auto text = file.text();
    switch (event::format_of(bytes)) {
        case event::LogFormat::evtx:
            log.emplace<event::EvtxFile>(bytes, names, windows);
            break;
        case event::LogFormat::stream:
            log.emplace<event::StreamReader>(bytes, names);
            break;
        case event::LogFormat::json:
            log.emplace<event::JsonLog>(text, names, windows);
            break;
        case event::LogFormat::audit:
            log.emplace<event::AuditLog>(text, names);
            break;
        case event::LogFormat::text:
            log.emplace<event::TextLog>(text, names, windows, defaults_of(path));
            break;
        case event::LogFormat::unknown:
            log.emplace<NoLog>(bytes.size());
            break;
        case event::LogFormat::nothing:
            break;
    }
}

}  // namespace

struct LogFile::Content {
    Content(MappedFile mapped, const fs::path& path, const event::Names& names,
            const event::WindowsSources& windows)
        : file(std::move(mapped)), log(std::in_place_type<NoLog>, 0) {
        open_log(log, file, path, names, windows);
    }

    MappedFile file;
    Log log;
};

LogFile::LogFile(std::unique_ptr<Content> content) : content_(std::move(content)) {}
LogFile::LogFile(LogFile&&) noexcept = default;
LogFile& LogFile::operator=(LogFile&&) noexcept = default;
LogFile::~LogFile() = default;

base::Result<LogFile> LogFile::open(const fs::path& path, const event::Names& names,
                                    const event::WindowsSources& windows) {
    auto file = MappedFile::open(path);
    if (!file) return base::Failure(file.error());
    return LogFile(std::make_unique<Content>(std::move(*file), path, names, windows));
}

bool LogFile::next(event::Event& event) {
    return std::visit([&](auto& log) { return log.next(event); }, content_->log);
}

std::uint64_t LogFile::size() const {
    return content_->file.bytes().size();
}

std::uint64_t LogFile::offset() const {
    return std::visit([](const auto& log) -> std::uint64_t { return log.offset(); }, content_->log);
}

std::uint64_t LogFile::loss_count() const {
    return std::visit([](const auto& log) { return log.damages().count(); }, content_->log);
}

std::vector<LogLoss> LogFile::losses() const {
    std::vector<LogLoss> losses;
    std::visit(
        [&](const auto& log) {
            for (const auto& damage : log.damages().told()) {
                losses.push_back({damage.offset, damage.what});
            }
        },
        content_->log);
    return losses;
}

namespace {

// Without what logrotate adds to the names of older files: ".1", "-20261120".
std::string_view current_name(std::string_view name) {
    const auto last = name.find_last_not_of("0123456789");
    if (last == std::string_view::npos || last + 1 == name.size() || last == 0) return name;
    return name[last] == '.' || name[last] == '-' ? name.substr(0, last) : name;
}

bool may_hold_events(std::string_view name) {
    constexpr std::array<std::string_view, 6> endings{".evtx",   ".json", ".jsonl",
                                                      ".ndjson", ".log",  ".events"};
    constexpr std::array<std::string_view, 5> names{"syslog", "messages", "secure", "cron",
                                                    "maillog"};
    name = current_name(name);
    return std::ranges::find(names, name) != names.end() ||
           std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); });
}

}  // namespace

base::Result<std::vector<fs::path>> log_files(const std::vector<fs::path>& paths) {
    std::vector<fs::path> files;
    for (const auto& path : paths) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            if (error) return unreadable(path, error.value());
            files.push_back(path);
            continue;
        }
        fs::recursive_directory_iterator entry(path, error);
        for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
            std::error_code ignored;
            if (may_hold_events(entry->path().filename().native()) &&
                entry->is_regular_file(ignored)) {
                files.push_back(entry->path());
            }
        }
        if (error) return unreadable(path, error.value());
    }
    std::ranges::sort(files);
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

}  // namespace shoji::hunt
