#include "watch/spool/lane.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::spool {
namespace {

using base::Failure;
using base::FileDescriptor;
using base::Result;

constexpr std::string_view suffix = ".segment";
constexpr std::size_t chunk = 1 << 20;  // bytes that are read at once; more than any frame

Failure failed(std::string_view doing, const std::filesystem::path& path) {
    const int problem = errno;
    auto failure = base::fail_errno(problem, fmt::format("{} {}", doing, path.native()));
    if (problem == ENOSPC || problem == EDQUOT) failure.value().kind = base::ErrorKind::full;
    return failure;
}

// A name that was made or removed is so after a power cut, too.
Result<void> sync_folder(const std::filesystem::path& folder) {
    const FileDescriptor descriptor(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!descriptor.valid() || ::fsync(descriptor.get()) != 0) return failed("syncing", folder);
    return {};
}

Result<void> write_all(int file, std::span<const std::uint8_t> bytes, std::uint64_t offset,
                       const std::filesystem::path& path) {
    while (!bytes.empty()) {
        const ssize_t wrote =
            ::pwrite(file, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (wrote < 0 && errno == EINTR) continue;
        if (wrote < 0) return failed("writing", path);
        bytes = bytes.subspan(static_cast<std::size_t>(wrote));
        offset += static_cast<std::uint64_t>(wrote);
    }
    return {};
}

// As many as there are, up to the span's size.
Result<std::size_t> read_at(int file, std::span<std::uint8_t> into, std::uint64_t offset) {
    std::size_t got = 0;
    while (got < into.size()) {
        const ssize_t part =
            ::pread(file, into.data() + got, into.size() - got, static_cast<off_t>(offset + got));
        if (part < 0 && errno == EINTR) continue;
        if (part < 0) return base::fail_errno(errno, "reading a segment");
        if (part == 0) break;
        got += static_cast<std::size_t>(part);
    }
    return got;
}

}  // namespace

std::filesystem::path Lane::path_of(std::uint64_t name) const {
    return folder_ / fmt::format("{}-{:020}{}", name_of(kind_), name, suffix);
}

Result<Lane> Lane::open(const std::filesystem::path& folder, Class kind,
                        std::uint64_t segment_bytes, std::uint64_t acknowledged) {
    Lane lane(folder, kind, segment_bytes);
    lane.buffer_.resize(chunk);
    if (auto found = lane.find_segments(); !found) return Failure(found.error());
    if (auto recovered = lane.recover_last(); !recovered) return Failure(recovered.error());
    if (acknowledged >= lane.next_) {
        // The segments were lost behind the collector's back: no number is given out twice.
        lane.next_ = acknowledged + 1;
        lane.durable_ = acknowledged;
    }
    return lane;
}

Result<void> Lane::find_segments() {
    std::error_code problem;
    std::vector<std::uint64_t> names;
    const std::string prefix = std::string(name_of(kind_)) + "-";
    for (const auto& entry : std::filesystem::directory_iterator(folder_, problem)) {
        const std::string name = entry.path().filename();
        if (!name.starts_with(prefix) || !name.ends_with(suffix)) continue;
        std::uint64_t number = 0;
        const char* end = name.data() + name.size() - suffix.size();
        const auto [stop, error] = std::from_chars(name.data() + prefix.size(), end, number);
        const bool whole = error == std::errc{} && stop == end;
        if (whole && path_of(number).filename() == name) names.push_back(number);
    }
    if (problem) {
        return base::fail(base::ErrorKind::system, "looking into {}: {}", folder_.native(),
                          problem.message());
    }
    std::ranges::sort(names);
    for (const std::uint64_t name : names) {
        if (auto looked = look_at(name); !looked) return looked;
    }
    return {};
}

Result<void> Lane::look_at(std::uint64_t name) {
    const auto path = path_of(name);
    const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    struct stat status {};
    if (!file.valid() || ::fstat(file.get(), &status) != 0) return failed("opening", path);
    std::array<std::uint8_t, header_bytes> bytes{};
    const auto got = read_at(file.get(), bytes, 0);
    if (!got) return Failure(got.error());
    const auto header = decode_header(std::span(bytes).first(*got));
    const std::uint64_t least = segments_.empty() ? name : std::max(name, segments_.back().first);
    if (!header || header->first < least || header->kind != kind_) {
        // A power cut while it was made; or its records cannot be trusted.
        ++recovery_.damaged_segments;
        if (::unlink(path.c_str()) != 0) return failed("removing", path);
        return {};
    }
    segments_.push_back({name, header->first, static_cast<std::uint64_t>(status.st_size)});
    bytes_ += segments_.back().size;
    return {};
}

// Cuts off what follows the last sound frame of the newest segment; what is left is made durable.
Result<void> Lane::recover_last() {
    if (segments_.empty()) return {};
    Segment& last = segments_.back();
    const auto path = path_of(last.name);
    active_.reset(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
    if (!active_.valid()) return failed("opening", path);
    std::uint64_t offset = header_bytes;
    next_ = last.first;
    for (;;) {
        const auto got = read_at(active_.get(), buffer_, offset);
        if (!got) return Failure(got.error());
        FrameReader reader(kind_, next_, std::span(buffer_).first(*got));
        while (const auto frame = reader.next()) next_ = frame->sequence + 1;
        offset += reader.consumed();
        if (reader.consumed() == 0) break;
    }
    if (offset != last.size) {
        recovery_.torn_bytes += last.size - offset;
        bytes_ -= last.size - offset;
        last.size = offset;
        if (::ftruncate(active_.get(), static_cast<off_t>(offset)) != 0) {
            return failed("cutting", path);
        }
    }
    if (::fsync(active_.get()) != 0) return failed("syncing", path);
    durable_ = next_ - 1;
    durable_size_ = last.size;
    return sync_folder(folder_);
}

Result<void> Lane::begin_segment() {
    if (auto synced = sync(); !synced) return synced;
    const auto path = path_of(next_);
    FileDescriptor file(
        ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file.valid()) return failed("making", path);
    const auto header = encode(Header{kind_, next_});
    auto made = write_all(file.get(), header, 0, path);
    if (made && ::fdatasync(file.get()) != 0) made = failed("syncing", path);
    if (made) made = sync_folder(folder_);
    if (!made) {
        ::unlink(path.c_str());
        return made;
    }
    active_ = std::move(file);
    segments_.push_back({next_, next_, header_bytes});
    bytes_ += header_bytes;
    durable_size_ = header_bytes;
    return {};
}

Result<void> Lane::append(std::span<const std::uint8_t> record) {
    if (record.empty() || record.size() > maximum_record) {
        return base::fail(base::ErrorKind::invalid, "a record of {} bytes, it may have 1 to {}",
                          record.size(), maximum_record);
    }
    const std::uint64_t size = frame_overhead + record.size();
    const bool fits = !segments_.empty() && (segments_.back().size == header_bytes ||
                                             segments_.back().size + size <= segment_bytes_);
    if (!fits) {
        if (auto begun = begin_segment(); !begun) return begun;
    }
    Segment& last = segments_.back();
    std::vector<std::uint8_t> frame;
    frame.reserve(size);
    append_frame(frame, kind_, next_, record);
    const auto path = path_of(last.name);
    if (auto wrote = write_all(active_.get(), frame, last.size, path); !wrote) {
        // A part of a frame must not stand before the next one.
        if (::ftruncate(active_.get(), static_cast<off_t>(last.size)) != 0) {
            return failed("taking back a part of a record in", path);
        }
        return wrote;
    }
    last.size += size;
    bytes_ += size;
    ++next_;
    return {};
}

Result<void> Lane::sync() {
    if (!unsynced()) return {};
    if (::fdatasync(active_.get()) == 0) {
        durable_ = next_ - 1;
        durable_size_ = segments_.back().size;
        return {};
    }
    // The kernel may have thrown away what it could not write, and says so once only: what is
    // there cannot be told from what is not.
    auto failure = failed("syncing", path_of(segments_.back().name));
    damaged_ += next_ - 1 - durable_;
    bytes_ -= segments_.back().size - durable_size_;
    segments_.back().size = durable_size_;
    if (::ftruncate(active_.get(), static_cast<off_t>(durable_size_)) != 0) {
        failure = failed("cutting", path_of(segments_.back().name));
    }
    durable_ = next_ - 1;
    return failure;
}

// Records behind `from`, up to `to`.
void Lane::count_damaged(std::uint64_t from, std::uint64_t to) {
    from = std::max(from, damage_counted_);
    if (to <= from) return;
    damaged_ += to - from;
    damage_counted_ = to;
}

Result<void> Lane::move_to(std::size_t segment) {
    const std::uint64_t first = segments_[segment].first;
    const auto path = path_of(segments_[segment].name);
    cursor_ = {first, header_bytes, first - 1,
               FileDescriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW))};
    if (cursor_.file.valid()) return {};
    cursor_.segment = 0;
    return failed("opening", path);
}

// From the cursor to the end of its segment, which is where `end` begins. True: more may be taken
// from the next one.
Result<bool> Lane::read_segment(std::uint64_t after, std::uint64_t end, std::size_t most_bytes,
                                std::size_t& taken, std::vector<Record>& records) {
    for (;;) {
        const auto got = read_at(cursor_.file.get(), buffer_, cursor_.offset);
        if (!got) return Failure(got.error());
        FrameReader reader(kind_, cursor_.after + 1, std::span(buffer_).first(*got));
        std::size_t passed = 0;
        while (const auto frame = reader.next()) {
            if (frame->sequence > durable_) return false;
            const bool wanted = frame->sequence > after;
            if (wanted && !records.empty() && taken + frame->record.size() > most_bytes) {
                return false;
            }
            if (wanted) {
                records.push_back({frame->sequence, {frame->record.begin(), frame->record.end()}});
                taken += frame->record.size();
            }
            cursor_.after = frame->sequence;
            cursor_.offset += reader.consumed() - passed;
            passed = reader.consumed();
        }
        if (passed > 0) continue;
        // At the end of what can be read. Of the last segment everything durable can be, or it is
        // damaged; of an earlier one everything up to the next.
        const std::uint64_t last = std::min(end - 1, durable_);
        const bool damaged = *got > 0 && cursor_.after < last;
        if (damaged) {
            count_damaged(std::max(cursor_.after, after), last);
            cursor_.after = last;
            struct stat status {};
            if (::fstat(cursor_.file.get(), &status) == 0) {
                cursor_.offset = static_cast<std::uint64_t>(status.st_size);
            }
        }
        return true;
    }
}

Result<std::vector<Record>> Lane::read(std::uint64_t after, std::size_t most_bytes) {
    std::vector<Record> records;
    std::size_t taken = 0;
    if (after >= durable_) return records;
    // The last segment that begins at or before the record that is wanted.
    const auto behind = std::ranges::upper_bound(segments_, after + 1, {}, &Segment::first);
    std::size_t at =
        behind == segments_.begin() ? 0 : static_cast<std::size_t>(behind - segments_.begin()) - 1;
    for (; at < segments_.size(); ++at) {
        const bool goes_on = cursor_.segment == segments_[at].first && cursor_.after <= after;
        if (!goes_on) {
            if (auto moved = move_to(at); !moved) return Failure(moved.error());
        }
        const std::uint64_t end = at + 1 < segments_.size() ? segments_[at + 1].first : next_;
        const auto more = read_segment(after, end, most_bytes, taken, records);
        if (!more) return Failure(more.error());
        if (!*more || taken >= most_bytes) break;
    }
    return records;
}

Result<void> Lane::remove_first() {
    const auto path = path_of(segments_.front().name);
    if (cursor_.segment == segments_.front().first) cursor_ = {};
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) return failed("removing", path);
    bytes_ -= segments_.front().size;
    segments_.pop_front();
    return {};
}

Result<void> Lane::acknowledge(std::uint64_t sequence) {
    while (segments_.size() > 1 && segments_[1].first <= sequence + 1) {
        if (auto removed = remove_first(); !removed) return removed;
    }
    return {};
}

bool Lane::can_drop() const {
    return segments_.size() > 1 || (segments_.size() == 1 && segments_[0].size > header_bytes);
}

Result<std::uint64_t> Lane::drop_oldest(std::uint64_t acknowledged) {
    const std::uint64_t end = segments_.size() > 1 ? segments_[1].first : next_;
    const std::uint64_t from = std::max(segments_.front().first, acknowledged + 1);
    if (segments_.size() > 1) {
        if (auto removed = remove_first(); !removed) return Failure(removed.error());
        return end > from ? end - from : 0;
    }
    if (auto emptied = empty_last(); !emptied) return Failure(emptied.error());
    return end > from ? end - from : 0;
}

// In place, so that it needs no space; its header says which sequence comes next.
Result<void> Lane::empty_last() {
    Segment& last = segments_.back();
    const auto path = path_of(last.name);
    if (::ftruncate(active_.get(), static_cast<off_t>(header_bytes)) != 0) {
        return failed("emptying", path);
    }
    bytes_ -= last.size - header_bytes;
    last.size = header_bytes;
    last.first = next_;
    durable_size_ = header_bytes;
    durable_ = next_ - 1;
    cursor_ = {};
    const auto header = encode(Header{kind_, next_});
    if (auto wrote = write_all(active_.get(), header, 0, path); !wrote) return wrote;
    if (::fdatasync(active_.get()) != 0) return failed("syncing", path);
    return {};
}

}  // namespace shoji::spool
