#include "watch/hunt/log_file.h"

#include "watch/event/audit_log.h"
#include "watch/event/evtx_file.h"
#include "watch/event/json_log.h"
#include "watch/event/log_format.h"
#include "watch/event/stream_reader.h"
#include "watch/event/text_log.h"
#include "watch/hunt/gzip.h"
#include "watch/hunt/mapped_file.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <set>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

#include <sys/stat.h>

namespace shoji::hunt {

namespace fs = std::filesystem;

namespace {

// xz, Zstandard, bzip2, zip; gzip is unpacked before.
bool is_packed(std::span<const std::uint8_t> bytes) {
    constexpr std::array<std::string_view, 4> signatures{
        "\xfd"
        "7zXZ",
        "\x28\xb5\x2f\xfd", "BZh", "PK\x03\x04"};
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return std::ranges::any_of(signatures, [&](auto one) { return text.starts_with(one); });
}

// A file of no known format: all of it is one loss.
class NoLog {
  public:
    explicit NoLog(std::span<const std::uint8_t> bytes) {
        if (bytes.empty()) return;
        if (is_packed(bytes)) {
            damages_.add(0, bytes.size(), "compressed in a way that is not read: unpack it first");
        } else {
            damages_.add(0, bytes.size(), "no log of a format that is known");
        }
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

// Syslog's short times have no year and no zone: the file's last change tells the one, the zone
// that the user says, else this machine's, as it was then, the other.
event::SyslogDefaults defaults_of(const fs::path& path, const event::Reading& reading) {
    std::error_code error;
    const auto written = fs::last_write_time(path, error);
    if (error) return {};
    const auto since = std::chrono::file_clock::to_sys(written).time_since_epoch();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(since).count();
    const auto time = static_cast<std::time_t>(seconds);
    constexpr event::Time billion = 1'000'000'000;
    if (reading.zone) {
        return {seconds * billion, reading.zone->offset_at(seconds * billion)};
    }
    std::tm local{};
    if (::localtime_r(&time, &local) == nullptr) return {};
    return {seconds * billion, local.tm_gmtoff * billion};
}

// Constructed where it stays: readers hold references to parts of themselves.
void open_log(Log& log, const MappedFile& file, const fs::path& path, const event::Names& names,
              const event::WindowsSources& windows, const event::Reading& reading) {
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
            log.emplace<event::JsonLog>(text, names, windows, reading);
            break;
        case event::LogFormat::audit:
            log.emplace<event::AuditLog>(text, names);
            break;
        case event::LogFormat::text:
            log.emplace<event::TextLog>(text, names, windows, defaults_of(path, reading), reading);
            break;
        case event::LogFormat::unknown:
            log.emplace<NoLog>(bytes);
            break;
        case event::LogFormat::nothing:
            break;
    }
}

}  // namespace

struct LogFile::Content {
    Content(Unpacked unpacked, const fs::path& path, const event::Names& names,
            const event::WindowsSources& windows, const event::Reading& how)
        : file(std::move(unpacked.file)),
          loss(std::move(unpacked.loss)),
          reading(how),
          log(std::in_place_type<NoLog>, std::span<const std::uint8_t>()) {
        open_log(log, file, path, names, windows, reading);
    }

    MappedFile file;
    std::optional<base::Error> loss;  // of what was compressed
    event::Reading reading;
    Log log;
};

LogFile::LogFile(std::unique_ptr<Content> content) : content_(std::move(content)) {}
LogFile::LogFile(LogFile&&) noexcept = default;
LogFile& LogFile::operator=(LogFile&&) noexcept = default;
LogFile::~LogFile() = default;

base::Result<LogFile> LogFile::open(const fs::path& path, const event::Names& names,
                                    const event::WindowsSources& windows,
                                    const event::Reading& reading) {
    auto file = MappedFile::open(path);
    if (!file) return base::Failure(file.error());
    Unpacked whole{std::move(*file), {}};
    if (is_gzip(whole.file.bytes())) {
        auto unpacked = gunzip(whole.file.bytes());
        if (!unpacked) return base::Failure(unpacked.error());
        whole = std::move(*unpacked);
    }
    return LogFile(std::make_unique<Content>(std::move(whole), path, names, windows, reading));
}

bool LogFile::next(event::Event& event) {
    if (!std::visit([&](auto& log) { return log.next(event); }, content_->log)) return false;
    content_->reading.complete(event);
    return true;
}

std::uint64_t LogFile::size() const {
    return content_->file.bytes().size();
}

std::uint64_t LogFile::offset() const {
    return std::visit([](const auto& log) -> std::uint64_t { return log.offset(); }, content_->log);
}

std::uint64_t LogFile::loss_count() const {
    const std::uint64_t own = content_->loss ? 1 : 0;
    return own + std::visit([](const auto& log) { return log.damages().count(); }, content_->log);
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
    if (content_->loss) losses.push_back({size(), *content_->loss});
    return losses;
}

namespace {

// Without what logrotate adds to the names of older files: ".1", "-20261120".
std::string_view current_name(std::string_view name) {
    const auto last = name.find_last_not_of("0123456789");
    if (last == std::string_view::npos || last + 1 == name.size() || last == 0) return name;
    return name[last] == '.' || name[last] == '-' ? name.substr(0, last) : name;
}

bool may_hold_events(std::string given) {
    for (char& c : given) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    std::string_view name = given;
    constexpr std::array<std::string_view, 6> endings{".evtx",   ".json", ".jsonl",
                                                      ".ndjson", ".log",  ".events"};
    constexpr std::array<std::string_view, 5> names{"syslog", "messages", "secure", "cron",
                                                    "maillog"};
    if (name.ends_with(".gz")) name.remove_suffix(3);
    if (name.starts_with('.')) return false;
    name = current_name(name);
    return std::ranges::find(names, name) != names.end() ||
           std::ranges::any_of(endings, [&](auto ending) { return name.ends_with(ending); });
}

// The same file under a second name would give every hit twice.
void forget_repeated(std::vector<fs::path>& files) {
    std::set<std::pair<dev_t, ino_t>> known;
    std::erase_if(files, [&](const fs::path& path) {
        struct stat is {};
        return ::stat(path.c_str(), &is) == 0 && !known.emplace(is.st_dev, is.st_ino).second;
    });
}

// One that is gone through, which those behind links are not.
bool is_folder(const fs::directory_entry& entry) {
    std::error_code ignored;
    return entry.is_directory(ignored) && !entry.is_symlink(ignored);
}

}  // namespace

void SkippedFiles::add(const fs::path& path) {
    ++count;
    if (told.size() < most_told) told.push_back(path);
}

base::Result<std::vector<fs::path>> log_files(const std::vector<fs::path>& paths,
                                              SkippedFiles* skipped) {
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
            } else if (skipped != nullptr && !is_folder(*entry)) {
                skipped->add(entry->path());
            }
        }
        if (error) return unreadable(path, error.value());
    }
    std::ranges::sort(files);
    if (skipped != nullptr) std::ranges::sort(skipped->told);
    forget_repeated(files);
    return files;
}

}  // namespace shoji::hunt
