// The analysis as bytes: "SHAN", the version, the secrets, what was told of losses and when they
// are looked at next, and the four states behind their lengths.
#include "watch/detect/analysis/analysis.h"

#include <algorithm>

namespace shoji::analysis {
namespace {

constexpr std::uint32_t magic = 0x4E414853;
constexpr std::uint16_t version = 1;

void put(base::ByteWriter& writer, std::span<const std::uint8_t> state) {
    writer.write(std::uint64_t{state.size()});
    writer.write_bytes(state);
}

std::span<const std::uint8_t> part_of(base::ByteReader& reader) {
    const auto size = reader.read<std::uint64_t>();
    if (size > reader.remaining()) {
        reader.fail();
        return {};
    }
    return reader.read_bytes(static_cast<std::size_t>(size));
}

// Reads and writes what LossTeller keeps.
struct TellerWriter {
    base::ByteWriter& writer;
    template <class... Members>
    void operator()(const Members&... members) {
        (writer.write(members), ...);
    }
};
struct TellerReader {
    base::ByteReader& reader;
    template <class... Members>
    void operator()(Members&... members) {
        ((members = reader.read<Members>()), ...);
    }
};

}  // namespace

std::vector<std::uint8_t> Analysis::save() {
    base::ByteWriter writer;
    writer.write(magic);
    writer.write(version);
    writer.write_bytes(settings_.exfiltration.secret);
    writer.write(settings_.beacon.key);
    TellerWriter teller{writer};
    loss_teller_.transfer(teller);
    writer.write(since_losses_);
    put(writer, exfiltration_->save());
    put(writer, beacon_->save());
    put(writer, intrusion_.save());
    put(writer, gatherer_.save());
    return writer.take();
}

base::Result<void> Analysis::load(std::span<const std::uint8_t> bytes) {
    base::ByteReader reader(bytes);
    if (reader.read<std::uint32_t>() != magic) {
        return base::because(base::ErrorKind::corrupt, "this is no state of an analysis");
    }
    if (const auto found = reader.read<std::uint16_t>(); found != version) {
        return base::because(base::ErrorKind::invalid,
                             "the state has version {}; this program reads version {}", found,
                             version);
    }
    const auto secret = reader.read_bytes(settings_.exfiltration.secret.size());
    std::ranges::copy(secret, settings_.exfiltration.secret.begin());
    settings_.beacon.key = reader.read<std::uint64_t>();
    TellerReader teller{reader};
    loss_teller_.transfer(teller);
    since_losses_ = reader.read<std::uint64_t>();
    const auto exfiltration = part_of(reader);
    const auto beacon = part_of(reader);
    const auto intrusion = part_of(reader);
    const auto gatherer = part_of(reader);
    if (!reader.finished()) {
        return base::because(base::ErrorKind::corrupt, "the state of the analysis is damaged");
    }
    make_detectors();
    if (auto read = exfiltration_->load(exfiltration); !read) return read;
    auto detector = beacon::Detector::load(beacon, settings_.beacon);
    if (!detector) return base::Failure(detector.error());
    *beacon_ = std::move(*detector);
    beacon_->set_lists(lists_.young, lists_.known);
    if (auto read = intrusion_.load(intrusion); !read) return read;
    if (auto read = gatherer_.load(gatherer); !read) return read;
    loaded_until_ = gatherer_.now();
    return {};
}

}  // namespace shoji::analysis
