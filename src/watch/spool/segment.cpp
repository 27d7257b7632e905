#include "watch/spool/segment.h"

#include "core/base/bytes.h"
#include "watch/spool/crc32c.h"

#include <algorithm>
#include <array>

namespace shoji::spool {
namespace {

constexpr std::array<std::uint8_t, 8> magic{'S', 'H', 'J', 'S', 'P', 'O', 'O', 'L'};

std::uint32_t checksum_of(std::span<const std::uint8_t> length,
                          std::span<const std::uint8_t> rest) {
    return crc32c(rest, crc32c(length));
}

}  // namespace

std::string_view name_of(Class kind) {
    switch (kind) {
        case Class::alert:
            return "alert";
        case Class::notice:
            return "notice";
        case Class::event:
            return "event";
    }
    return "";
}

std::vector<std::uint8_t> encode(const Header& header) {
    base::ByteWriter writer;
    writer.write_bytes(magic);
    writer.write(static_cast<std::uint32_t>(header.kind));
    writer.write(std::uint32_t{0});
    writer.write(header.first);
    const auto bytes = std::span(writer.bytes());
    writer.patch(12, checksum_of(bytes.first(12), bytes.subspan(16)));
    return writer.take();
}

base::Result<Header> decode_header(std::span<const std::uint8_t> bytes) {
    base::ByteReader reader(bytes);
    const auto name = reader.read_bytes(magic.size());
    const auto kind = reader.read<std::uint32_t>();
    const auto checksum = reader.read<std::uint32_t>();
    const auto first = reader.read<std::uint64_t>();
    if (!reader.ok() || !std::ranges::equal(name, magic) || kind >= classes || first == 0 ||
        checksum != checksum_of(bytes.first(12), bytes.subspan(16, 8))) {
        return base::fail(base::ErrorKind::corrupt, "the header of a segment is damaged");
    }
    return Header{static_cast<Class>(kind), first};
}

void append_frame(std::vector<std::uint8_t>& bytes, Class kind, std::uint64_t sequence,
                  std::span<const std::uint8_t> record) {
    base::ByteWriter head;
    head.write(static_cast<std::uint32_t>(record.size()));
    head.write(std::uint32_t{0});
    head.write(sequence);
    head.write(static_cast<std::uint8_t>(kind));
    const auto fields = std::span(head.bytes());
    head.patch(4, crc32c(record, checksum_of(fields.first(4), fields.subspan(8))));
    bytes.insert(bytes.end(), head.bytes().begin(), head.bytes().end());
    bytes.insert(bytes.end(), record.begin(), record.end());
}

std::optional<Frame> FrameReader::next() {
    const auto rest = bytes_.subspan(consumed_);
    base::ByteReader reader(rest);
    const auto length = reader.read<std::uint32_t>();
    const auto checksum = reader.read<std::uint32_t>();
    const auto sequence = reader.read<std::uint64_t>();
    const auto kind = reader.read<std::uint8_t>();
    if (broken_ || !reader.ok()) return std::nullopt;
    broken_ = length == 0 || length > maximum_record || sequence < least_ ||
              kind != static_cast<std::uint8_t>(kind_);
    if (broken_) return std::nullopt;
    const auto record = reader.read_bytes(length);
    if (!reader.ok()) return std::nullopt;
    broken_ = checksum != checksum_of(rest.first(4), rest.subspan(8, frame_overhead - 8 + length));
    if (broken_) return std::nullopt;
    consumed_ += frame_overhead + length;
    least_ = sequence + 1;
    return Frame{sequence, record};
}

}  // namespace shoji::spool
