#include "watch/spool/positions.h"

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "watch/spool/crc32c.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>

namespace shoji::spool {
namespace {

constexpr std::size_t place_bytes = 64;  // what is written is shorter; a place is in one sector
constexpr std::size_t written_bytes = 8 + 16 + 8 * classes + 4;

}  // namespace

base::Result<Positions> Positions::open(const std::filesystem::path& file) {
    base::FileDescriptor descriptor(
        ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!descriptor.valid()) return base::fail_errno(errno, "opening " + file.native());
    Positions positions(std::move(descriptor));
    std::array<std::uint8_t, 2 * place_bytes> bytes{};
    const ssize_t got = ::pread(positions.file_.get(), bytes.data(), bytes.size(), 0);
    if (got < 0) return base::fail_errno(errno, "reading " + file.native());
    for (std::size_t place = 0; place < 2; ++place) {
        const auto written = std::span(bytes).subspan(place * place_bytes, written_bytes);
        base::ByteReader reader(written);
        const auto number = reader.read<std::uint64_t>();
        const auto id = reader.read_bytes(positions.id_.size());
        std::array<std::uint64_t, classes> acknowledged{};
        for (auto& one : acknowledged) one = reader.read<std::uint64_t>();
        const auto checksum = reader.read<std::uint32_t>();
        const bool sound = checksum == crc32c(written.first(written_bytes - 4));
        if (!sound || number <= positions.number_) continue;
        positions.number_ = number;
        std::ranges::copy(id, positions.id_.begin());
        positions.acknowledged_ = acknowledged;
    }
    if (positions.number_ == 0) {
        positions.made_anew_ = true;
        positions.renew();
        if (auto saved = positions.save(); !saved) return base::Failure(saved.error());
    }
    return positions;
}

void Positions::acknowledge(Class kind, std::uint64_t sequence) {
    auto& known = acknowledged_.at(static_cast<std::size_t>(kind));
    if (sequence <= known) return;
    known = sequence;
    changed_ = true;
}

void Positions::renew() {
    base::fill_random(id_);
    acknowledged_ = {};
    changed_ = true;
}

base::Result<void> Positions::save() {
    base::ByteWriter writer;
    writer.write(number_ + 1);
    writer.write_bytes(id_);
    for (const auto one : acknowledged_) writer.write(one);
    writer.write(crc32c(writer.bytes()));
    const auto place = static_cast<off_t>((number_ + 1) % 2 * place_bytes);
    const auto size = static_cast<ssize_t>(writer.size());
    if (::pwrite(file_.get(), writer.bytes().data(), writer.size(), place) != size) {
        return base::fail_errno(errno, "saving the spool's positions");
    }
    if (::fdatasync(file_.get()) != 0)
        return base::fail_errno(errno, "saving the spool's positions");
    ++number_;
    changed_ = false;
    return {};
}

}  // namespace shoji::spool
