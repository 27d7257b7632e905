// The detector as bytes: "SBEA", the version, the limits, the clock, the tables.
#include "watch/detect/beacon/detector.h"

namespace shoji::beacon {
namespace {

constexpr std::uint32_t magic = 0x41454253;
constexpr std::uint32_t version = 1;

}  // namespace

std::vector<std::uint8_t> Detector::save() {
    base::ByteWriter writer;
    writer.write(magic);
    writer.write(version);
    const auto& limits = tables_.limits();
    for (const auto limit :
         {limits.hosts, limits.targets, limits.pairs, limits.rhythms, limits.pairs_of_host}) {
        writer.write(limit);
    }
    // Names are found again by their hashes only under the same key.
    writer.write(settings_.key);
    clock_.fields([&](auto value) { writer.write(value); });
    writer.write(known_held_);
    tables_.save(writer);
    return writer.take();
}

base::Result<Detector> Detector::load(std::span<const std::uint8_t> bytes,
                                      const Settings& settings) {
    base::ByteReader reader(bytes);
    if (reader.read<std::uint32_t>() != magic) {
        return base::because(base::ErrorKind::corrupt, "this is no state of a beacon detector");
    }
    if (const auto found = reader.read<std::uint32_t>(); found != version) {
        return base::because(base::ErrorKind::invalid,
                             "a state of version {}, and this program knows {}: start anew", found,
                             version);
    }
    Detector detector(settings);
    Limits limits;
    for (auto* limit :
         {&limits.hosts, &limits.targets, &limits.pairs, &limits.rhythms, &limits.pairs_of_host}) {
        *limit = reader.read<std::uint32_t>();
    }
    if (limits != detector.tables_.limits() || reader.read<std::uint64_t>() != settings.key) {
        return base::because(base::ErrorKind::invalid,
                             "the state was written under another memory_bytes or key");
    }
    detector.clock_.fields([&](std::uint32_t& value) { value = reader.read<std::uint32_t>(); });
    detector.known_held_ = reader.read<std::uint64_t>();
    if (!detector.tables_.load(reader) || !reader.finished()) {
        return base::because(base::ErrorKind::corrupt,
                             "the state of the beacon detector is damaged");
    }
    return detector;
}

}  // namespace shoji::beacon
