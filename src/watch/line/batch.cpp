#include "watch/line/batch.h"

#include "core/base/bytes.h"

#include <zstd.h>

namespace shoji::line {
namespace {

constexpr int zstd_level = 1;
constexpr std::size_t worth_packing = 512;  // bytes; below, a frame's own head eats the gain

std::vector<std::uint8_t> packed(std::span<const std::uint8_t> body) {
    std::vector<std::uint8_t> into(ZSTD_compressBound(body.size()));
    const std::size_t size =
        ZSTD_compress(into.data(), into.size(), body.data(), body.size(), zstd_level);
    if (ZSTD_isError(size) != 0) return {};
    into.resize(size);
    return into;
}

}  // namespace

Batch make_batch(Class kind, std::uint64_t previous, std::span<const spool::Record> records) {
    Batch batch;
    batch.kind = kind;
    batch.previous = previous;
    batch.first = records.front().sequence;
    base::ByteWriter writer;
    for (const auto& record : records) {
        const bool fits = record.sequence == batch.first + batch.count &&
                          batch.count < maximum_batch_records &&
                          writer.size() + 4 + record.bytes.size() <= maximum_batch_bytes;
        if (!fits) break;
        writer.write(static_cast<std::uint32_t>(record.bytes.size()));
        writer.write_bytes(record.bytes);
        ++batch.count;
    }
    batch.size = static_cast<std::uint32_t>(writer.size());
    batch.body = writer.take();
    if (batch.size < worth_packing) return batch;
    auto smaller = packed(batch.body);
    if (!smaller.empty() && smaller.size() < batch.body.size()) {
        batch.body = std::move(smaller);
        batch.packed = true;
    }
    return batch;
}

base::Result<std::vector<std::uint8_t>> unpack(const Batch& batch) {
    if (!batch.packed) return batch.body;
    // Room for what was promised and no byte more: a bomb has nowhere to go.
    std::vector<std::uint8_t> body(batch.size);
    const std::size_t size =
        ZSTD_decompress(body.data(), body.size(), batch.body.data(), batch.body.size());
    if (ZSTD_isError(size) != 0 || size != batch.size) {
        return base::fail(base::ErrorKind::invalid, "a packed batch is not what it says it is");
    }
    return body;
}

base::Result<void> for_each_record(std::uint64_t first, std::uint32_t count,
                                   std::span<const std::uint8_t> body, const EachRecord& each) {
    std::vector<std::span<const std::uint8_t>> records;
    base::ByteReader reader(body);
    while (reader.ok() && reader.remaining() > 0) {
        const auto length = reader.read<std::uint32_t>();
        if (length == 0 || length > spool::maximum_record || records.size() == count) reader.fail();
        records.push_back(reader.read_bytes(length));
    }
    if (!reader.ok() || records.size() != count) {
        return base::fail(base::ErrorKind::invalid, "the records of a batch are not {} whole ones",
                          count);
    }
    for (std::uint32_t i = 0; i < count; ++i) each(first + i, records[i]);
    return {};
}

}  // namespace shoji::line
