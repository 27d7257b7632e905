#include "benchmarks/evtx_events.h"

#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"
#include "watch/event/testing/evtx_writer.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <stdexcept>
#include <vector>

#include <zlib.h>

namespace shoji::bench {
namespace {

constexpr std::size_t file_head = 4096;
// What an event may take in a chunk of 65,536 bytes, so that the next one fits in any case.
constexpr std::size_t most_of_chunk = 52'000;

void put(std::string& bytes, std::size_t at, std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes[at + i] = static_cast<char>(value >> (8 * i));
}

// The head of a file; its fields as libevtx describes them.
std::string head(std::size_t chunks, std::uint64_t records) {
    constexpr std::size_t used = 128;
    std::string bytes(file_head, '\0');
    bytes.replace(0, 8, "ElfFile\0", 8);
    put(bytes, 16, chunks - 1, 8);
    put(bytes, 24, records + 1, 8);
    put(bytes, 32, used, 4);
    put(bytes, 36, 1, 2);
    put(bytes, 38, 3, 2);
    put(bytes, 40, file_head, 2);
    put(bytes, 42, chunks, 2);
    constexpr std::size_t summed = 120;
    put(bytes, 124, ::crc32(0, reinterpret_cast<const unsigned char*>(bytes.data()), summed), 4);
    return bytes;
}

std::vector<event::testing::EvtxData> data_of(const event::Event& event) {
    std::vector<event::testing::EvtxData> data;
    for (const auto& field : event.fields()) {
        const bool of_data = field.name.find('.') == std::string_view::npos &&
                             field.name.find('@') == std::string_view::npos &&
                             event.find(event::field::event_id)->name != field.name &&
                             field.name != "Channel" && field.name != "Computer" &&
                             field.name != "Provider_Name" && field.name != "EventRecordID";
        if (of_data) data.push_back({std::string(field.name), std::string(field.value)});
    }
    return data;
}

}  // namespace

void write_evtx(const std::filesystem::path& path, std::string json) {
    const auto size = json.size();
    json.resize(size + event::json_padding);
    event::Names names;
    const event::WindowsSources windows(names);
    event::JsonReader reader(names, windows);
    event::Event event;
    event::JsonDocuments documents(std::string_view(json).substr(0, size));
    event::testing::EvtxWriter writer;
    std::string chunks;
    std::size_t in_chunk = 0;
    std::size_t count = 0;
    std::uint64_t records = 0;
    const auto close = [&] {
        const auto file = writer.file();
        chunks.append(file.begin() + file_head, file.end());
        writer = event::testing::EvtxWriter(records + 1);
        in_chunk = 0;
        ++count;
    };
    while (const auto document = documents.next()) {
        if (!reader.read(*document, event)) throw std::runtime_error("an event could not be read");
        const auto data = data_of(event);
        std::size_t bytes = 256;
        for (const auto& one : data) bytes += 4 * (one.name.size() + one.value.size()) + 64;
        if (in_chunk + bytes > most_of_chunk) close();
        std::uint16_t number = 0;
        const auto text = event.value(event::field::event_id);
        std::from_chars(text.data(), text.data() + text.size(), number);
        constexpr std::uint64_t first = 133'771'608'000'000'000;  // 2024-11-27 06:00 UTC
        writer.add(number, event.value(event::field::channel), first + ++records, data);
        in_chunk += bytes;
    }
    if (in_chunk > 0) close();
    std::ofstream(path, std::ios::binary) << head(count, records) << chunks;
}

}  // namespace shoji::bench
