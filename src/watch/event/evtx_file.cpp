#include "watch/event/evtx_file.h"

#include "core/base/bytes.h"
#include "watch/event/evtx_event.h"
#include "watch/event/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include <zlib.h>

namespace shoji::event {
namespace {

constexpr std::string_view file_signature("ElfFile\0", 8);
constexpr std::string_view chunk_signature("ElfChnk\0", 8);
constexpr std::array<std::uint8_t, 4> record_signature{'*', '*', 0, 0};
constexpr std::size_t file_head = 4096;
constexpr std::size_t chunk_count_offset = 42;
constexpr std::size_t chunk_size = 65536;
constexpr std::size_t chunk_head = 512;
constexpr std::size_t record_head = 24;  // signature, size, number, time
constexpr std::size_t record_tail = 4;   // the size again

// Of a chunk's header.
constexpr std::size_t free_space_offset = 48;
constexpr std::size_t data_sum_offset = 52;
constexpr std::size_t head_sum_offset = 124;
constexpr std::size_t head_summed_first = 120;
constexpr std::size_t head_summed_second = 128;

bool starts_with(std::span<const std::uint8_t> bytes, std::string_view signature) {
    return bytes.size() >= signature.size() &&
           std::memcmp(bytes.data(), signature.data(), signature.size()) == 0;
}

std::uint32_t sum_of(std::span<const std::uint8_t> bytes, std::uint32_t before = 0) {
    return static_cast<std::uint32_t>(
        ::crc32(before, bytes.data(), static_cast<unsigned int>(bytes.size())));
}

}  // namespace

EvtxFile::EvtxFile(std::span<const std::uint8_t> bytes, const Names& names,
                   const WindowsSources& windows)
    : file_(bytes), names_(names), windows_(windows), next_chunk_(file_head) {
    if (!starts_with(bytes, file_signature)) {
        damages_.add(0, 0, "the file's header is not that of an event log");
        // A file cut at its front may begin with a chunk.
        if (starts_with(bytes, chunk_signature)) next_chunk_ = 0;
        return;
    }
    if (bytes.size() < file_head) {
        damages_.add(bytes.size(), 0, "the file ends inside its own header");
        return;
    }
    // A log that was not closed may have more chunks than its header says, but none has fewer.
    const auto said = base::ByteReader(bytes.subspan(chunk_count_offset)).read<std::uint16_t>();
    chunks_said_ = said;
    const auto there = (bytes.size() - file_head + chunk_size - 1) / chunk_size;
    if (there < said) {
        damages_.add(bytes.size(), 0, "the file ends behind {} of its {} chunks", there, said);
    }
}

bool EvtxFile::is_one(std::span<const std::uint8_t> bytes) {
    if (starts_with(bytes, file_signature) || starts_with(bytes, chunk_signature)) return true;
    // Its own header may be damaged, or wiped.
    return bytes.size() > file_head && starts_with(bytes.subspan(file_head), chunk_signature);
}

std::uint32_t EvtxFile::number(std::size_t offset) const {
    return base::ByteReader(chunk_.subspan(offset)).read<std::uint32_t>();
}

void EvtxFile::check_sums(std::size_t end) {
    const auto head = sum_of(chunk_.subspan(head_summed_second, chunk_head - head_summed_second),
                             sum_of(chunk_.first(head_summed_first)));
    if (head != number(head_sum_offset)) {
        damages_.add(chunk_at_, 0, "a chunk's header is not as it was written");
    }
    if (sum_of(chunk_.subspan(chunk_head, end - chunk_head)) != number(data_sum_offset)) {
        damages_.add(chunk_at_ + chunk_head, 0, "a chunk's records are not as they were written");
    }
}

// The next chunk that is one; chunks that were never used are all zero, and no damage when the
// file's header does not count them.
bool EvtxFile::open_chunk() {
    while (next_chunk_ < file_.size()) {
        chunk_at_ = next_chunk_;
        chunk_ = file_.subspan(chunk_at_, std::min(chunk_size, file_.size() - chunk_at_));
        next_chunk_ += chunk_size;
        if (std::ranges::all_of(chunk_, [](std::uint8_t byte) { return byte == 0; })) {
            if ((chunk_at_ - file_head) / chunk_size < chunks_said_) {
                damages_.add(chunk_at_, chunk_.size(), "a chunk that the header counts is empty");
            }
            continue;
        }
        if (chunk_.size() < chunk_head) {
            damages_.add(chunk_at_, chunk_.size(), "the file ends inside a chunk's header");
            continue;
        }
        const bool signed_ = starts_with(chunk_, chunk_signature);
        if (!signed_) damages_.add(chunk_at_, 0, "a chunk does not begin as chunks do");
        if (chunk_.size() < chunk_size) {
            damages_.add(chunk_at_ + chunk_.size(), 0, "the file ends inside a chunk");
        }
        at_ = chunk_head;
        end_ = chunk_.size();
        const std::size_t used = number(free_space_offset);
        if (signed_ && used >= chunk_head && used <= chunk_.size()) {
            end_ = used;
            check_sums(end_);
        } else if (signed_ && chunk_.size() == chunk_size) {
            damages_.add(chunk_at_ + free_space_offset, 0, "a chunk's header says a wrong length");
        }
        xml_.emplace(chunk_);
        return true;
    }
    return false;
}

// Goes to the next record after damage that began at `from`, or to the chunk's end.
void EvtxFile::skip_damage(std::size_t from) {
    const auto rest = chunk_.subspan(from + 1, end_ - from - 1);
    const auto found = std::ranges::search(rest, record_signature);
    at_ = from + 1 + static_cast<std::size_t>(found.begin() - rest.begin());
}

bool EvtxFile::next(Event& event) {
    while (true) {
        if (chunk_.empty() || at_ >= end_) {
            if (!open_chunk()) return false;
            continue;
        }
        if (read_record(event)) return true;
    }
}

bool EvtxFile::read_record(Event& event) {
    const std::size_t from = at_;
    const auto rest = chunk_.subspan(from, end_ - from);
    if (rest.size() < record_head || !std::ranges::equal(rest.first(4), record_signature)) {
        // Behind the last record of a chunk that did not say its length there is nothing.
        const bool empty = std::ranges::all_of(rest, [](std::uint8_t byte) { return byte == 0; });
        skip_damage(from);
        if (!empty) damages_.add(chunk_at_ + from, at_ - from, "no record where one should begin");
        return false;
    }
    base::ByteReader reader(rest.subspan(4));
    const std::size_t size = reader.read<std::uint32_t>();
    event.clear();
    event.record = reader.read<std::uint64_t>();
    const auto written = reader.read<std::uint64_t>();
    if (size < record_head + record_tail || size > rest.size() ||
        number(from + size - record_tail) != size) {
        skip_damage(from);
        damages_.add(chunk_at_ + from, at_ - from, "a record's two lengths differ");
        return false;
    }
    at_ = from + size;
    EvtxEvent visitor(names_, event);
    const auto walked = xml_->walk(from + record_head, size - record_head - record_tail, visitor);
    if (!walked) {
        damages_.add(
            chunk_at_ + from, size,
            base::inside(base::Words::of("record {}", event.record), walked.error()).value());
        return false;
    }
    ++records_;
    // What Windows' viewer shows, and keeps when it exports a log, which numbers its records anew.
    const auto id = event.value(field::record_id);
    std::uint64_t number = 0;
    if (std::from_chars(id.data(), id.data() + id.size(), number).ec == std::errc{}) {
        event.record = number;
    }
    constexpr std::uint64_t unix_epoch = 116'444'736'000'000'000;  // in units of 100 ns since 1601
    constexpr std::uint64_t most = 0x7fffffffffffffffU / 100;
    if (written >= unix_epoch && written - unix_epoch <= most) {
        event.time = static_cast<Time>((written - unix_epoch) * 100);
    } else {
        // The event says it as well: a record whose own time is gone is not lost to the analytics.
        event.time = parse_time(event.value(field::first_time)).value_or(0);
    }
    windows_.describe(event, last_source_);
    return true;
}

}  // namespace shoji::event
