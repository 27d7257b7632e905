#include "watch/event/stream_writer.h"

#include "core/base/bytes.h"

#include <algorithm>

namespace shoji::event {
namespace {

constexpr std::size_t most_varint = 10;  // bytes

std::uint64_t zigzag(std::uint64_t difference) {
    return difference << 1U ^ ((difference >> 63U) != 0 ? ~std::uint64_t{0} : 0);
}

}  // namespace

void StreamWriter::put(std::uint64_t number) {
    while (number >= 0x80U) {
        contents_.push_back(static_cast<std::uint8_t>(number | 0x80U));
        number >>= 7U;
    }
    contents_.push_back(static_cast<std::uint8_t>(number));
}

void StreamWriter::put(std::string_view text) {
    put(text.size());
    contents_.insert(contents_.end(), text.begin(), text.end());
}

void StreamWriter::put_source(SourceId id) {
    if (id == no_source) return put(0);
    const auto index = static_cast<std::size_t>(id);
    if (index >= sources_.size()) sources_.resize(names_.sources());
    auto& number = sources_[index];
    const bool fresh = number == 0;
    if (fresh) number = ++source_count_;
    put(number);
    if (fresh) put(names_.name(id));
}

// The number of the field's name in this block.
std::uint64_t StreamWriter::number_of(const Field& field, bool& fresh) {
    if (field.id != other_field) {
        const auto index = static_cast<std::size_t>(field.id);
        if (index >= fields_.size()) fields_.resize(names_.fields());
        fresh = fields_[index] == 0;
        if (fresh) fields_[index] = ++field_count_;
        return fields_[index] - 1;
    }
    const auto known = other_fields_.find(field.name);
    fresh = known == other_fields_.end();
    if (!fresh) return known->second;
    other_fields_.emplace(field.name, field_count_);
    return field_count_++;
}

void StreamWriter::put_field(const Field& field) {
    bool fresh = false;
    const auto number = number_of(field, fresh);
    put(number << 2U | static_cast<std::uint64_t>(field.type));
    if (fresh) put(field.name);
    if (field.type != Type::null) put(field.value);
}

std::size_t StreamWriter::most_bytes_of(const Event& event) const {
    const auto& [product, service, categories] = event.source;
    std::size_t bytes = 4 * most_varint;
    for (const auto id : {product, service, categories[0], categories[1], categories[2]}) {
        bytes += 2 * most_varint + names_.name(id).size();
    }
    for (const auto& field : event.fields()) {
        bytes += field.name.size() + field.value.size() + 3 * most_varint;
    }
    return bytes;
}

bool StreamWriter::add(const Event& event) {
    if (most_bytes_of(event) > StreamBlock::most_contents - contents_.size()) {
        if (events_ == 0) ++lost_events_;
        return false;
    }
    put(zigzag(static_cast<std::uint64_t>(event.time) - static_cast<std::uint64_t>(last_)));
    last_ = event.time;
    put(event.record);
    put_source(event.source.product);
    put_source(event.source.service);
    for (const auto category : event.source.categories) put_source(category);
    put(event.lost_fields());
    put(event.fields().size());
    for (const auto& field : event.fields()) put_field(field);
    ++events_;
    return true;
}

std::span<const std::uint8_t> StreamWriter::take() {
    taken_.clear();
    if (events_ == 0) return taken_;
    base::ByteWriter head;
    head.write_bytes({reinterpret_cast<const std::uint8_t*>(StreamBlock::magic.data()),
                      StreamBlock::magic.size()});
    head.write(stream_);
    head.write(static_cast<std::uint32_t>(contents_.size()));
    head.write(events_);
    head.write(first_);
    head.write(sum_of_stream_block(head.bytes(), contents_));
    taken_.insert(taken_.end(), head.bytes().begin(), head.bytes().end());
    taken_.insert(taken_.end(), contents_.begin(), contents_.end());
    first_ += events_;
    events_ = 0;
    last_ = 0;
    contents_.clear();
    std::ranges::fill(fields_, 0);
    std::ranges::fill(sources_, 0);
    other_fields_.clear();
    field_count_ = 0;
    source_count_ = 0;
    return taken_;
}

}  // namespace shoji::event
