#include "core/audit/segment_store.h"

#include "core/base/random.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

namespace shoji::audit {
namespace {

using base::ErrorKind;
using base::Failure;
using base::Result;

Failure fail_writing(int problem, const std::string& doing) {
    auto failure = base::fail_errno(problem, doing);
    if (problem == ENOSPC || problem == EDQUOT || problem == EFBIG) {
        failure.value().kind = ErrorKind::full;
    }
    return failure;
}

Result<void> write_at(int file, std::string_view bytes, std::uint64_t offset) {
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_writing(errno, "writing the journal");
        offset += static_cast<std::uint64_t>(written);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

// A name made or removed in `folder` is on disk.
Result<void> sync_folder(const std::filesystem::path& folder) {
    const base::FileDescriptor descriptor(
        ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.valid() || ::fsync(descriptor.get()) != 0) {
        return base::fail_errno(errno, "syncing " + folder.native());
    }
    return {};
}

Result<std::string> read_whole(const std::filesystem::path& path) {
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat state {};
    if (!file.valid() || ::fstat(file.get(), &state) != 0) {
        return base::fail_errno(errno, "opening " + path.native());
    }
    std::string bytes(static_cast<std::size_t>(state.st_size), '\0');
    std::size_t got = 0;
    while (got < bytes.size()) {
        const ssize_t count =
            ::pread(file.get(), bytes.data() + got, bytes.size() - got, static_cast<off_t>(got));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::fail_errno(errno, "reading " + path.native());
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    bytes.resize(got);
    return bytes;
}

}  // namespace

Result<SegmentStore> SegmentStore::open(JournalLock lock, const std::filesystem::path& audit,
                                        std::uint64_t reserve) {
    const auto folder = audit / journal::journal_folder;
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return base::fail_errno(errno, "making " + folder.native());
    }
    SegmentStore store(std::move(lock), audit, reserve / 2);
    if (auto found = store.find_tail(); !found) return Failure(found.error());
    store.reserve_ahead();
    return store;
}

// Looks back until a segment has a line that can be continued from. Only the last one with content
// is ever unfinished: those before it are left as they are, for the verifier to judge.
Result<void> SegmentStore::find_tail() {
    const auto segments = journal::list_segments(audit_);
    if (!segments) return Failure(segments.error());
    for (auto segment = segments->rbegin(); segment != segments->rend(); ++segment) {
        const auto bytes = read_whole(segment->path);
        if (!bytes) return Failure(bytes.error());
        if (bytes->empty()) continue;
        const std::size_t good_end = scan(*bytes);
        if (!current_.descriptor.valid()) {
            if (auto kept = continue_in(segment->ordinal, *bytes, good_end); !kept) return kept;
        }
        if (tail_.last) return {};
    }
    if (current_.descriptor.valid()) return {};
    auto file = open_segment(segments->empty() ? 1 : segments->front().ordinal);
    if (!file) return Failure(file.error());
    current_ = std::move(*file);
    return {};
}

// The end of the last line in the journal's form.
std::size_t SegmentStore::scan(std::string_view bytes) {
    std::size_t good_end = 0;
    std::size_t at = 0;
    for (auto end = bytes.find('\n'); end != std::string_view::npos; end = bytes.find('\n', at)) {
        auto line = journal::parse_line(bytes.substr(at, end - at));
        at = end + 1;
        if (!line) continue;
        good_end = at;
        const bool checkpoint = std::holds_alternative<journal::Checkpoint>(line->entry.body);
        tail_.lines_not_signed = checkpoint ? 0 : tail_.lines_not_signed + 1;
        tail_.last = std::move(*line);
    }
    return good_end;
}

Result<void> SegmentStore::continue_in(std::uint32_t ordinal, std::string_view bytes,
                                       std::size_t good_end) {
    auto file = open_segment(ordinal);
    if (!file) return Failure(file.error());
    current_ = std::move(*file);
    if (good_end == bytes.size()) return {};
    put_aside(bytes.substr(good_end));
    if (::ftruncate(current_.descriptor.get(), static_cast<off_t>(good_end)) != 0 ||
        ::fsync(current_.descriptor.get()) != 0) {
        return base::fail_errno(errno, "cutting " + journal::segment_name(ordinal));
    }
    current_.size = good_end;
    return {};
}

void SegmentStore::put_aside(std::string_view bytes) {
    tail_.cut_bytes = bytes.size();
    tail_.cut_digest = journal::digest_of(bytes);
    const std::string name = "cut-" + base::random_hex(8);
    const auto path = audit_ / journal::journal_folder / name;
    const base::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (file.valid() && write_at(file.get(), bytes, 0) && ::fsync(file.get()) == 0) {
        tail_.cut_file = name;
        return;
    }
    spdlog::error("the {} bytes cut from the journal's end could not be kept: {}", bytes.size(),
                  base::fail_errno(errno, name).value().message);
    ::unlink(path.c_str());
}

Result<SegmentStore::File> SegmentStore::open_segment(std::uint32_t ordinal) const {
    const auto folder = audit_ / journal::journal_folder;
    const auto path = folder / journal::segment_name(ordinal);
    File file{
        base::FileDescriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)),
        ordinal, 0};
    struct stat state {};
    if (!file.descriptor.valid() || ::fstat(file.descriptor.get(), &state) != 0) {
        return fail_writing(errno, "opening " + path.native());
    }
    file.size = static_cast<std::uint64_t>(state.st_size);
    if (auto synced = sync_folder(folder); !synced) return Failure(synced.error());
    return file;
}

// Blocks without size: the file's content stays whole lines.
Result<void> SegmentStore::reserve(const File& file) const {
    if (::fallocate(file.descriptor.get(), FALLOC_FL_KEEP_SIZE, 0, static_cast<off_t>(capacity_)) ==
        0) {
        return {};
    }
    if (errno == EOPNOTSUPP) {
        static bool told = false;
        if (!std::exchange(told, true)) {
            spdlog::warn("this file system cannot reserve space: a full disk stops the journal");
        }
        return {};
    }
    return fail_writing(errno, "reserving space for the journal");
}

void SegmentStore::reserve_ahead() {
    if (next_) return;
    if (auto reserved = reserve(current_); !reserved) return;
    auto file = open_segment(current_.ordinal + 1);
    if (!file) return;
    if (auto reserved = reserve(*file); !reserved) return;
    next_ = std::move(*file);
}

std::uint64_t SegmentStore::reserved_left() const {
    const std::uint64_t here = capacity_ - std::min(capacity_, current_.size);
    return here + (next_ ? capacity_ : 0);
}

Result<void> SegmentStore::next_segment() {
    reserve_ahead();
    if (!next_) return base::fail(ErrorKind::full, "the journal's reserved space is used up");
    // What is reserved behind the end of the full segment goes back.
    if (::ftruncate(current_.descriptor.get(), static_cast<off_t>(current_.size)) != 0) {
        return base::fail_errno(errno, "finishing a segment of the journal");
    }
    current_ = std::move(*next_);
    next_.reset();
    reserve_ahead();
    return {};
}

Result<void> SegmentStore::write(std::string_view lines) {
    if (auto written = write_at(current_.descriptor.get(), lines, current_.size); !written) {
        return written;
    }
    if (::fdatasync(current_.descriptor.get()) != 0) {
        return fail_writing(errno, "syncing the journal");
    }
    return {};
}

Result<void> SegmentStore::append(std::string_view lines) {
    if (lines.size() > capacity_) {
        return base::fail(ErrorKind::invalid, "{} bytes are more than a segment holds",
                          lines.size());
    }
    if (current_.size + lines.size() > capacity_) {
        if (auto next = next_segment(); !next) return next;
    }
    if (auto written = write(lines); !written) {
        // What may be there of it goes: a line that nobody was told of must not come back. That
        // also gives the reserved blocks behind it up.
        if (::ftruncate(current_.descriptor.get(), static_cast<off_t>(current_.size)) != 0 ||
            ::fdatasync(current_.descriptor.get()) != 0) {
            spdlog::error(
                "{}", base::fail_errno(errno, "taking back what was not written").value().message);
        }
        if (auto reserved = reserve(current_); !reserved) {
            spdlog::error("{}", reserved.error().message);
        }
        return written;
    }
    current_.size += lines.size();
    return {};
}

Result<void> SegmentStore::publish_checkpoint(std::string_view line) {
    const auto path = audit_ / journal::checkpoint_file;
    const std::filesystem::path fresh = path.native() + ".new";
    {
        const base::FileDescriptor file(
            ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
        if (!file.valid()) return fail_writing(errno, "making " + fresh.native());
        if (auto written = write_at(file.get(), line, 0); !written) return written;
        if (::fdatasync(file.get()) != 0) return fail_writing(errno, "syncing " + fresh.native());
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        return base::fail_errno(errno, "replacing " + path.native());
    }
    return sync_folder(audit_);
}

}  // namespace shoji::audit
