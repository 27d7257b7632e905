#include "watch/response/record.h"

#include "core/base/printable.h"
#include "core/base/random.h"
#include "watch/response/small_file.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <boost/json/serialize.hpp>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace json = boost::json;

constexpr std::size_t most_log = 256U << 20U;
constexpr std::array<std::string_view, 5> phases{"begun", "done", "failed", "asked", "refused"};

std::string digest_text(std::string_view line) {
    return base::to_hex(journal::digest_of(line));
}

// Names of processes and files may be any bytes: a log is text.
std::string shown(std::string_view text) {
    return base::printable(text, SIZE_MAX);
}

json::object describe(const Action& action) {
    json::object what;
    if (action.process.number != 0) {
        what["process"] = action.process.number;
        what["start"] = action.process.start;
    }
    if (!action.path.empty()) what["path"] = shown(action.path);
    if (action.digest) what["sha256"] = base::to_hex(*action.digest);
    if (!action.item.empty()) what["item"] = action.item;
    if (!action.files.empty()) {
        json::array files;
        for (const auto& file : action.files) files.emplace_back(shown(file));
        what["files"] = std::move(files);
    }
    return what;
}

}  // namespace

std::string to_line(const Record& record, std::string_view previous) {
    return json::serialize(
        json::object{{"time", record.time},
                     {"id", record.id},
                     {"phase", phases.at(static_cast<std::size_t>(record.phase))},
                     {"response", name_of(record.request.action.kind)},
                     {"by", record.request.by},
                     {"reason", record.request.reason},
                     {"what", describe(record.request.action)},
                     {"result", shown(record.result)},
                     {"undo", shown(record.undo)},
                     {"previous", previous}});
}

base::Result<std::string> check_lines(std::string_view text) {
    std::string previous;
    std::size_t number = 1;
    while (!text.empty()) {
        const auto end = text.find('\n');
        const auto line = text.substr(0, end);
        // As bytes: inside of a text such an end would have its quotes escaped.
        if (end == std::string_view::npos || !line.starts_with('{') ||
            !line.ends_with(fmt::format(R"(,"previous":"{}"}})", previous))) {
            return base::fail(base::ErrorKind::corrupt,
                              "line {} of the responses' log does not follow its predecessor",
                              number);
        }
        previous = digest_text(line);
        text.remove_prefix(end + 1);
        ++number;
    }
    return previous;
}

base::Result<ResponseLog> ResponseLog::open(const std::filesystem::path& path) {
    base::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.valid()) return base::fail_errno(errno, "opening " + path.native());
    auto text = read_small_file(path, most_log);
    if (!text) return base::Failure(text.error());
    // A power cut or a full disk may have cut the last line, before its step was answered.
    if (const auto size = text->find_last_of('\n') + 1; size != text->size()) {
        spdlog::warn("{}: a line without its end is cut off", path.native());
        text->resize(size);
        if (::ftruncate(file.get(), static_cast<off_t>(size)) != 0) {
            return base::fail_errno(errno, "cutting " + path.native());
        }
    }
    auto previous = check_lines(*text);
    if (!previous) return base::Failure(std::move(previous.error()).context(path.native()));
    ResponseLog log(std::move(file), std::move(*previous), text->size());
    log.keep_room();
    return log;
}

// Who fills the disk does not disarm responses: blocks behind the end are the file's already. Where
// a file system knows no such thing there is none.
void ResponseLog::keep_room() const {
    constexpr off_t room = 256 << 10;
    static_cast<void>(
        ::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, static_cast<off_t>(size_), room));
}

base::Result<void> ResponseLog::append(const Record& record) {
    const std::string line = to_line(record, previous_);
    const std::string whole = line + "\n";
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(whole.data()), whole.size());
    auto written = write_all(file_.get(), bytes, "writing the responses' log");
    if (written && ::fdatasync(file_.get()) != 0) {
        written = base::fail_errno(errno, "writing the responses' log");
    }
    if (!written) {
        // The next line must not stand behind a part of this one.
        static_cast<void>(!::ftruncate(file_.get(), static_cast<off_t>(size_)));
        return written;
    }
    size_ += whole.size();
    keep_room();
    previous_ = digest_text(line);
    return {};
}

}  // namespace shoji::response
