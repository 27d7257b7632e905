#include "watch/event/testing/evtx_writer.h"

#include <algorithm>

#include <zlib.h>

namespace shoji::event::testing {
namespace {

constexpr std::size_t chunk_size = 65536;
constexpr std::size_t chunk_head = 512;
constexpr std::size_t file_head = 4096;

void put(std::vector<std::uint8_t>& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) {
        bytes[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
}

void put(std::vector<std::uint8_t>& bytes, std::string_view signature) {
    std::ranges::copy(signature, bytes.begin());
}

std::uint32_t sum_of(const std::uint8_t* bytes, std::size_t size, std::uint32_t before = 0) {
    return static_cast<std::uint32_t>(::crc32(before, bytes, static_cast<unsigned int>(size)));
}

}  // namespace

EvtxWriter::EvtxWriter(std::uint64_t first) : first_(first), last_(first - 1) {
    const std::vector<std::uint8_t> head(chunk_head);
    chunk_.write_bytes(head);
}

void EvtxWriter::text(std::string_view text) {
    chunk_.write(static_cast<std::uint16_t>(text.size()));
    for (const char c : text) chunk_.write(static_cast<std::uint16_t>(c));
}

// A name that stands where it is used: its own offset, then the name.
void EvtxWriter::name(std::string_view text) {
    chunk_.write(static_cast<std::uint32_t>(chunk_.size() + 4));
    chunk_.write(std::uint32_t{0});
    chunk_.write(std::uint16_t{0});
    this->text(text);
    chunk_.write(std::uint16_t{0});
}

void EvtxWriter::begin(std::uint8_t token) {
    chunk_.write(token);
    chunk_.write(std::uint16_t{0xffff});
    sizes_.push_back(chunk_.size());
    chunk_.write(std::uint32_t{0});
}

void EvtxWriter::open(std::string_view element) {
    begin(0x01);
    name(element);
    chunk_.write(std::uint8_t{0x02});
}

void EvtxWriter::close() {
    chunk_.write(std::uint8_t{0x04});
    chunk_.patch(sizes_.back(), static_cast<std::uint32_t>(chunk_.size() - sizes_.back() - 4));
    sizes_.pop_back();
}

void EvtxWriter::substitute(std::uint16_t index, std::uint8_t type) {
    chunk_.write(std::uint8_t{0x0e});
    chunk_.write(index);
    chunk_.write(type);
}

void EvtxWriter::definition(const std::vector<EvtxData>& data) {
    const std::vector<std::uint8_t> no_guid(16);
    chunk_.write(std::uint32_t{0});
    chunk_.write_bytes(no_guid);
    const std::size_t size_at = chunk_.size();
    chunk_.write(std::uint32_t{0});
    chunk_.write(std::uint32_t{0x0001010f});
    open("Event");
    open("System");
    open("EventID");
    substitute(0, 0x06);
    close();
    open("Channel");
    substitute(1, 0x01);
    close();
    close();
    open("EventData");
    std::uint16_t index = 2;
    for (const auto& one : data) {
        begin(0x41);
        name("Data");
        const std::size_t attributes = chunk_.size();
        chunk_.write(std::uint32_t{0});
        chunk_.write(std::uint8_t{0x06});
        name("Name");
        chunk_.write(std::uint16_t{0x0105});
        text(one.name);
        chunk_.patch(attributes, static_cast<std::uint32_t>(chunk_.size() - attributes - 4));
        chunk_.write(std::uint8_t{0x02});
        substitute(index++, 0x01);
        close();
    }
    close();
    close();
    chunk_.write(std::uint8_t{0});
    chunk_.patch(size_at, static_cast<std::uint32_t>(chunk_.size() - size_at - 4));
}

void EvtxWriter::instance(const std::vector<EvtxData>& data) {
    std::string names;
    for (const auto& one : data) names += one.name + '\n';
    chunk_.write(std::uint32_t{0x0001010f});
    chunk_.write(std::uint16_t{0x010c});
    chunk_.write(std::uint32_t{1});
    if (definition_ == 0 || names != last_names_) {
        definition_ = static_cast<std::uint32_t>(chunk_.size() + 4);
        chunk_.write(definition_);
        definition(data);
    } else {
        chunk_.write(definition_);
    }
    last_names_ = names;
}

void EvtxWriter::add(std::uint16_t event_id, std::string_view channel, std::uint64_t written,
                     const std::vector<EvtxData>& data) {
    const std::size_t start = chunk_.size();
    last_at_ = start;
    chunk_.write(std::uint32_t{0x2a2a});
    chunk_.write(std::uint32_t{0});
    chunk_.write(++last_);
    chunk_.write(written);
    instance(data);
    chunk_.write(static_cast<std::uint32_t>(data.size() + 2));
    const auto describe = [this](std::size_t size, std::uint8_t type) {
        chunk_.write(static_cast<std::uint16_t>(size));
        chunk_.write(std::uint16_t{type});
    };
    const auto units = [this](std::string_view text) {
        for (const char c : text) chunk_.write(static_cast<std::uint16_t>(c));
    };
    describe(2, 0x06);
    describe(channel.size() * 2, 0x01);
    for (const auto& one : data) describe(one.value.size() * 2, one.value.empty() ? 0x00 : 0x01);
    chunk_.write(event_id);
    units(channel);
    for (const auto& one : data) units(one.value);
    chunk_.write(std::uint8_t{0});
    const auto size = static_cast<std::uint32_t>(chunk_.size() + 4 - start);
    chunk_.write(size);
    chunk_.patch(start + 4, size);
}

std::vector<std::uint8_t> EvtxWriter::file() const {
    std::vector<std::uint8_t> chunk = chunk_.bytes();
    const std::size_t used = chunk.size();
    chunk.resize(chunk_size);
    put(chunk, std::string_view("ElfChnk\0", 8));
    for (const std::size_t at : {8U, 24U}) put(chunk, at, first_, 8);
    for (const std::size_t at : {16U, 32U}) put(chunk, at, last_, 8);
    put(chunk, 40, 128, 4);
    put(chunk, 44, last_at_, 4);
    put(chunk, 48, used, 4);
    put(chunk, 52, sum_of(chunk.data() + chunk_head, used - chunk_head), 4);
    put(chunk, 124, sum_of(chunk.data() + 128, chunk_head - 128, sum_of(chunk.data(), 120)), 4);
    std::vector<std::uint8_t> file(file_head + chunk_size);
    put(file, std::string_view("ElfFile\0", 8));
    std::ranges::copy(chunk, file.begin() + file_head);
    return file;
}

}  // namespace shoji::event::testing
