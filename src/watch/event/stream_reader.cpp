#include "watch/event/stream_reader.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

namespace shoji::event {
namespace {

std::uint64_t unzigzag(std::uint64_t number) {
    return number >> 1U ^ ((number & 1U) != 0 ? ~std::uint64_t{0} : 0);
}

}  // namespace

bool StreamReader::is_one(std::span<const std::uint8_t> bytes) {
    constexpr auto magic = StreamBlock::magic;
    return bytes.size() >= magic.size() &&
           std::memcmp(bytes.data(), magic.data(), magic.size()) == 0;
}

bool StreamReader::take(std::uint64_t& number) {
    constexpr unsigned int last_shift = 63;
    number = 0;
    for (unsigned int shift = 0; shift <= last_shift; shift += 7) {
        if (rest_.empty()) return false;
        const std::uint64_t byte = rest_.front();
        rest_ = rest_.subspan(1);
        if (shift == last_shift && byte > 1) return false;
        number |= (byte & 0x7fU) << shift;
        if ((byte & 0x80U) == 0) return true;
    }
    return false;
}

bool StreamReader::take(std::string_view& text) {
    std::uint64_t size = 0;
    if (!take(size) || size > rest_.size()) return false;
    text = {reinterpret_cast<const char*>(rest_.data()), static_cast<std::size_t>(size)};
    rest_ = rest_.subspan(static_cast<std::size_t>(size));
    return true;
}

bool StreamReader::is_whole(std::size_t at) const {
    const auto bytes = bytes_.subspan(at);
    const auto block = parse_stream_block(bytes);
    if (!block || (stream_ && block->stream != *stream_)) return false;
    const auto contents = bytes.subspan(StreamBlock::head_size);
    return block->size <= contents.size() &&
           sum_of_stream_block(bytes, contents.first(block->size)) == block->sum;
}

// Where the next whole block begins; the end of the bytes when there is none.
std::size_t StreamReader::find_block(std::size_t from) const {
    const std::string_view text(reinterpret_cast<const char*>(bytes_.data()), bytes_.size());
    // Each try sums up to a whole block's bytes: hostile bytes must not make that many.
    constexpr std::size_t most_tries = 1000;
    for (std::size_t tries = 0; tries < most_tries; ++tries) {
        const auto at = text.find(StreamBlock::magic, from);
        if (at == std::string_view::npos) break;
        if (is_whole(at)) return at;
        from = at + 1;
    }
    return bytes_.size();
}

void StreamReader::begin(const StreamBlock& block) {
    if (!stream_) {
        stream_ = block.stream;
        // A file may begin in the middle of a stream: the blocks before it were taken away.
        if (damages_.count() == 0) expected_ = block.first;
    }
    if (block.first > expected_) {
        const auto lost = block.first - expected_;
        lost_events_ += lost;
        damages_.add(block_at_, 0, "{} events before this block are missing", lost);
    } else if (block.first < expected_) {
        damages_.add(block_at_, 0, "a block's events were there already");
    }
    expected_ = block.first + block.events;
    rest_ = bytes_.subspan(block_at_ + StreamBlock::head_size, block.size);
    left_ = block.events;
    last_ = 0;
    fields_.clear();
    sources_.clear();
}

bool StreamReader::open_block() {
    if (next_block_ >= bytes_.size()) return false;
    if (!is_whole(next_block_)) {
        const auto found = find_block(next_block_ + 1);
        damages_.add(next_block_, found - next_block_, "no whole block where one should begin");
        next_block_ = found;
        if (found == bytes_.size()) return false;
    }
    block_at_ = next_block_;
    const auto block = parse_stream_block(bytes_.subspan(block_at_));
    next_block_ = block_at_ + StreamBlock::head_size + block->size;
    begin(*block);
    return true;
}

bool StreamReader::next(Event& event) {
    while (true) {
        if (left_ > 0) {
            if (read_event(event)) {
                --left_;
                return true;
            }
            lost_events_ += left_;
            damages_.add(block_at_, rest_.size(), "{} events of a block are not as events are",
                         left_);
            left_ = 0;
        } else if (!rest_.empty()) {
            damages_.add(block_at_, rest_.size(), "something stands behind a block's events");
        }
        rest_ = {};
        if (!open_block()) return false;
    }
}

bool StreamReader::read_source(SourceId& id) {
    std::uint64_t number = 0;
    if (!take(number) || number > sources_.size() + 1) return false;
    if (number == sources_.size() + 1) {
        std::string_view name;
        if (!take(name)) return false;
        sources_.push_back(names_.source(name));
    }
    id = number == 0 ? no_source : sources_[static_cast<std::size_t>(number - 1)];
    return true;
}

bool StreamReader::read_sources(LogSource& source) {
    if (!read_source(source.product) || !read_source(source.service)) return false;
    return std::ranges::all_of(source.categories,
                               [this](SourceId& category) { return read_source(category); });
}

bool StreamReader::read_field(Event& event) {
    constexpr unsigned int type_bits = 2;
    constexpr std::uint64_t type_mask = 3;
    std::uint64_t number = 0;
    if (!take(number)) return false;
    const auto type = static_cast<Type>(number & type_mask);
    number >>= type_bits;
    if (number > fields_.size()) return false;
    if (number == fields_.size()) {
        std::string_view name;
        if (!take(name)) return false;
        fields_.push_back({names_.field(name), name});
    }
    std::string_view value;
    if (type != Type::null && !take(value)) return false;
    const auto& [id, name] = fields_[static_cast<std::size_t>(number)];
    event.add({id, type, name, value});
    return true;
}

bool StreamReader::read_event(Event& event) {
    event.clear();
    std::uint64_t difference = 0;
    std::uint64_t lost = 0;
    std::uint64_t fields = 0;
    if (!take(difference) || !take(event.record) || !read_sources(event.source) || !take(lost) ||
        lost > 0xffffffffU || !take(fields) || fields > rest_.size()) {
        return false;
    }
    last_ = static_cast<Time>(static_cast<std::uint64_t>(last_) + unzigzag(difference));
    event.time = last_;
    event.add_lost_fields(static_cast<std::uint32_t>(lost));
    for (std::uint64_t i = 0; i < fields; ++i) {
        if (!read_field(event)) return false;
    }
    return true;
}

}  // namespace shoji::event
