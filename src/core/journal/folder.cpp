#include "core/journal/folder.h"

#include "core/base/file_descriptor.h"
#include "core/journal/line_splitter.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <fstream>
#include <thread>

#include <fcntl.h>

namespace shoji::journal {
namespace {

using base::ErrorKind;

constexpr std::chrono::milliseconds writing_time{300};  // that the writer may need for a line

// 0 when `name` is no segment's.
std::uint32_t ordinal_of(std::string_view name) {
    constexpr std::string_view ending = ".jsonl";
    std::uint32_t ordinal = 0;
    if (!name.ends_with(ending)) return 0;
    name.remove_suffix(ending.size());
    const auto [end, problem] = std::from_chars(name.data(), name.data() + name.size(), ordinal);
    if (problem != std::errc{} || end != name.data() + name.size()) return 0;
    return segment_name(ordinal) == std::string(name) + std::string(ending) ? ordinal : 0;
}

// Feeds a file to `use`; false when `use` wants no more.
base::Result<bool> read_file(const std::filesystem::path& path, LineSplitter& splitter,
                             const std::function<bool(std::string_view)>& use) {
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.valid()) return base::fail_errno(errno, "opening " + path.native());
    std::array<char, 1 << 16> buffer{};
    bool wanted = true;
    while (wanted) {
        const ssize_t got = ::read(file.get(), buffer.data(), buffer.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return base::fail_errno(errno, "reading " + path.native());
        if (got == 0) break;
        splitter.feed({buffer.data(), static_cast<std::size_t>(got)},
                      [&](std::string_view line) { wanted = wanted && use(line); });
    }
    return wanted;
}

base::Result<Report> verify_once(const std::filesystem::path& audit, const PublicKey& key,
                                 const std::optional<ParsedLine>& known) {
    Verifier verifier(key, known);
    const auto rest = read_lines(audit, [&](std::string_view line) {
        verifier.take(line);
        return true;
    });
    if (!rest) return base::Failure(rest.error());
    verifier.finish(*rest);
    return Report{verifier.tally(), verifier.finding()};
}

}  // namespace

std::string segment_name(std::uint32_t ordinal) {
    return fmt::format("{:06}.jsonl", ordinal);
}

base::Result<std::vector<Segment>> list_segments(const std::filesystem::path& audit) {
    const auto folder = audit / journal_folder;
    std::error_code problem;
    std::filesystem::directory_iterator files(folder, problem);
    if (problem) {
        return base::fail(ErrorKind::not_found, "the journal's folder {} cannot be read: {}",
                          folder.native(), problem.message());
    }
    std::vector<Segment> segments;
    for (; files != std::filesystem::directory_iterator(); files.increment(problem)) {
        const auto ordinal = ordinal_of(files->path().filename().native());
        if (ordinal != 0) segments.push_back({ordinal, files->path()});
        if (problem) break;
    }
    if (problem) {
        return base::fail(ErrorKind::system, "reading {}: {}", folder.native(), problem.message());
    }
    std::ranges::sort(segments, {}, &Segment::ordinal);
    return segments;
}

base::Result<std::string> read_lines(const std::filesystem::path& audit,
                                     const std::function<bool(std::string_view)>& use) {
    const auto segments = list_segments(audit);
    if (!segments) return base::Failure(segments.error());
    LineSplitter splitter;
    for (const Segment& segment : *segments) {
        const auto wanted = read_file(segment.path, splitter, use);
        if (!wanted) return base::Failure(wanted.error());
        if (!*wanted) return std::string();
    }
    return std::string(splitter.rest());
}

base::Result<Report> verify_folder(const std::filesystem::path& audit, const PublicKey& key,
                                   const std::optional<ParsedLine>& known) {
    auto report = verify_once(audit, key, known);
    if (report && report->finding && report->finding->trouble == Trouble::incomplete) {
        std::this_thread::sleep_for(writing_time);
        report = verify_once(audit, key, known);
    }
    return report;
}

base::Result<ParsedLine> load_checkpoint(const std::filesystem::path& path, const PublicKey& key) {
    std::ifstream file(path);
    if (!file) {
        return base::fail(ErrorKind::not_found, "the checkpoint {} cannot be read", path.native());
    }
    std::string text(maximum_line, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.ends_with('\n')) text.pop_back();
    auto line = parse_line(text);
    if (!line || !signature_holds(*line, key)) {
        return base::fail(
            ErrorKind::corrupt,
            "{} is no checkpoint signed by this journal's key: use the file as it was "
            "exported, and the public key of the same installation",
            path.native());
    }
    return line;
}

}  // namespace shoji::journal
