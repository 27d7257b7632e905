#include "watch/hunt/record_sort.h"

#include "core/base/bytes.h"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <string>

#include <fcntl.h>
#include <sys/stat.h>

namespace shoji::hunt {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::ErrorKind;

constexpr std::size_t head_bytes = 8 + 4 + 8 + 4 + 4;

}  // namespace

// A sorted part, in memory or in the file, read from its beginning to its end.
class RecordSort::Source {
  public:
    explicit Source(const Part& part) : part_(&part) {}
    Source(int file, Run run, std::size_t buffer)
        : file_(file), at_(run.from), end_(run.to), buffer_(buffer) {}

    [[nodiscard]] const Key& key() const { return key_; }
    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return bytes_; }

    base::Result<bool> next() { return part_ != nullptr ? next_kept() : next_written(); }

  private:
    base::Result<bool> next_kept() {
        if (at_ == part_->entries_.size()) return false;
        const auto& entry = part_->entries_[at_++];
        key_ = entry.key;
        bytes_ = std::span(part_->bytes_).subspan(entry.at, entry.size);
        return true;
    }

    base::Result<bool> next_written() {
        if (used_ == filled_ && at_ == end_) return false;
        if (auto there = need(head_bytes); !there) return base::Failure(there.error());
        const std::span<const std::uint8_t> all(buffer_);
        ByteReader head{all.subspan(used_, head_bytes)};
        key_.time = head.read<event::Time>();
        key_.file = head.read<std::uint32_t>();
        key_.place = head.read<std::uint64_t>();
        key_.step = head.read<std::uint32_t>();
        const auto size = head.read<std::uint32_t>();
        if (size > most_record) return damaged();
        used_ += head_bytes;
        if (auto there = need(size); !there) return base::Failure(there.error());
        bytes_ = std::span<const std::uint8_t>(buffer_).subspan(used_, size);
        used_ += size;
        return true;
    }

    static base::Failure damaged() {
        return base::because(ErrorKind::corrupt, "the temporary file is not as it was written");
    }

    // Has `size` bytes from used_ on in the buffer.
    base::Result<void> need(std::size_t size) {
        if (filled_ - used_ >= size) return {};
        std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(used_),
                  buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), buffer_.begin());
        filled_ -= used_;
        used_ = 0;
        if (buffer_.size() < size) buffer_.resize(size);
        while (filled_ < size) {
            const auto wanted = std::min<std::uint64_t>(buffer_.size() - filled_, end_ - at_);
            if (wanted == 0) return damaged();
            const ssize_t got = ::pread(file_, buffer_.data() + filled_,
                                        static_cast<std::size_t>(wanted), static_cast<off_t>(at_));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return base::fail_errno(errno, "reading the temporary file");
            if (got == 0) return damaged();
            filled_ += static_cast<std::size_t>(got);
            at_ += static_cast<std::uint64_t>(got);
        }
        return {};
    }

    const Part* part_ = nullptr;
    int file_ = -1;
    std::uint64_t at_ = 0;  // of the part's entries, or in the file
    std::uint64_t end_ = 0;
    std::vector<std::uint8_t> buffer_;
    std::size_t used_ = 0;
    std::size_t filled_ = 0;
    Key key_;
    std::span<const std::uint8_t> bytes_;
};

RecordSort::RecordSort(std::size_t parts, std::size_t memory, std::filesystem::path folder)
    : part_bytes_(memory / std::max<std::size_t>(1, parts)),
      memory_(memory),
      folder_(std::move(folder)) {}

RecordSort::~RecordSort() = default;

RecordSort::Part& RecordSort::part() {
    const std::scoped_lock lock(mutex_);
    return parts_.emplace_back(*this, part_bytes_);
}

void RecordSort::Part::add(const Key& key, std::span<const std::uint8_t> bytes) {
    // Half of it for growing.
    const auto kept = bytes_.size() + entries_.size() * sizeof(Entry);
    if (!entries_.empty() && 2 * (kept + bytes.size() + sizeof(Entry)) > most_bytes_) {
        sort_.write(*this);
    }
    entries_.push_back({key, bytes_.size(), bytes.size()});
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
}

void RecordSort::sort(Part& part) {
    std::ranges::sort(part.entries_, {}, &Part::Entry::key);
    records_ += part.entries_.size();
}

void RecordSort::write(Part& part) {
    const std::scoped_lock lock(mutex_);
    sort(part);
    constexpr std::size_t block = 1 << 20;
    ByteWriter writer;
    const auto flush = [&](std::size_t above) {
        if (error_ || writer.size() <= above) return;
        if (auto written = append(writer.bytes()); !written) error_ = written.error();
        writer = {};
    };
    const auto from = file_end_;
    for (const auto& entry : part.entries_) {
        writer.write(entry.key.time);
        writer.write(entry.key.file);
        writer.write(entry.key.place);
        writer.write(entry.key.step);
        writer.write(static_cast<std::uint32_t>(entry.size));
        writer.write_bytes(std::span(part.bytes_).subspan(entry.at, entry.size));
        flush(block);
    }
    flush(0);
    runs_.push_back({from, file_end_});
    part.entries_.clear();
    part.bytes_.clear();
}

base::Result<void> RecordSort::make_file() {
    constexpr mode_t mode = 0600;  // what logs say is nobody else's to read
    file_.reset(::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode));
    if (file_.valid()) return {};
    // Not every file system has files without a name.
    std::string name = (folder_ / "shoji-hunt-XXXXXX").native();
    file_.reset(::mkostemp(name.data(), O_CLOEXEC));
    if (!file_.valid())
        return base::fail_errno(errno, "making a temporary file in " + folder_.native());
    ::unlink(name.c_str());
    return {};
}

base::Result<void> RecordSort::append(std::span<const std::uint8_t> bytes) {
    if (!file_.valid()) {
        if (auto made = make_file(); !made) return made;
    }
    while (!bytes.empty()) {
        const ssize_t written =
            ::pwrite(file_.get(), bytes.data(), bytes.size(), static_cast<off_t>(file_end_));
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) {
            return base::fail_errno(errno, "writing a temporary file in " + folder_.native());
        }
        file_end_ += static_cast<std::uint64_t>(written);
        bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return {};
}

base::Result<void> RecordSort::finish() {
    if (error_) return base::Failure(*error_);
    for (auto& part : parts_) {
        sort(part);
        sources_.emplace_back(part);
    }
    constexpr std::size_t least = 4096;
    constexpr std::size_t most = 256 << 10;
    const auto buffer = std::clamp(memory_ / std::max<std::size_t>(1, runs_.size()), least, most);
    for (const auto& run : runs_) sources_.emplace_back(file_.get(), run, buffer);
    for (std::size_t i = 0; i < sources_.size(); ++i) {
        const auto there = sources_[i].next();
        if (!there) return base::Failure(there.error());
        if (*there) heap_.push_back(i);
    }
    const auto key = [this](std::size_t source) { return sources_[source].key(); };
    std::ranges::make_heap(heap_, std::ranges::greater(), key);
    return {};
}

base::Result<bool> RecordSort::next(Key& key, std::span<const std::uint8_t>& bytes) {
    const auto key_of = [this](std::size_t source) { return sources_[source].key(); };
    if (began_ && !heap_.empty()) {
        // The source that was read last stands at the heap's front still.
        std::ranges::pop_heap(heap_, std::ranges::greater(), key_of);
        const auto there = sources_[heap_.back()].next();
        if (!there) return base::Failure(there.error());
        if (*there) {
            std::ranges::push_heap(heap_, std::ranges::greater(), key_of);
        } else {
            heap_.pop_back();
        }
    }
    began_ = true;
    if (heap_.empty()) return false;
    key = sources_[heap_.front()].key();
    bytes = sources_[heap_.front()].bytes();
    return true;
}

}  // namespace shoji::hunt
