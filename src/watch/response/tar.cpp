#include "watch/response/tar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace shoji::response {
namespace {

constexpr std::size_t block_bytes = 512;
constexpr std::size_t short_name = 100;
constexpr std::size_t most_name = 4096;
constexpr std::size_t most_extension = 8192;

// Where the fields stand.
constexpr std::size_t size_at = 124;
constexpr std::size_t checksum_at = 148;
constexpr std::size_t kind_at = 156;
constexpr std::size_t magic_at = 257;
constexpr std::string_view magic(
    "ustar\0"
    "00",
    8);

std::uint64_t padding_of(std::uint64_t size) {
    return (block_bytes - size % block_bytes) % block_bytes;
}

void put(std::vector<std::uint8_t>& block, std::size_t at, std::string_view text) {
    std::copy(text.begin(), text.end(), block.begin() + static_cast<std::ptrdiff_t>(at));
}

unsigned checksum(std::span<const std::uint8_t> block) {
    unsigned sum = 0;
    for (std::size_t i = 0; i < block.size(); ++i) {
        sum += i >= checksum_at && i < checksum_at + 8 ? unsigned{' '} : block[i];
    }
    return sum;
}

std::vector<std::uint8_t> header(std::string_view name, std::uint64_t size, std::int64_t time,
                                 char kind) {
    std::vector<std::uint8_t> block(block_bytes, 0);
    put(block, 0, name.substr(0, short_name));
    put(block, short_name, "0000600");
    put(block, short_name + 8, "0000000");
    put(block, short_name + 16, "0000000");
    put(block, size_at, fmt::format("{:011o}", size));
    put(block, size_at + 12, fmt::format("{:011o}", std::max<std::int64_t>(time, 0)));
    block[kind_at] = static_cast<std::uint8_t>(kind);
    put(block, magic_at, magic);
    put(block, checksum_at, fmt::format("{:06o}", checksum(block)));
    block[checksum_at + 7] = ' ';
    return block;
}

// A pax record has its own length before it, digits included.
std::string record(std::string_view key, std::string_view value) {
    const std::size_t rest = key.size() + value.size() + 3;
    std::size_t length = rest + 1;
    while (length != rest + std::to_string(length).size())
        length = rest + std::to_string(length).size();
    return fmt::format("{} {}={}\n", length, key, value);
}

base::Failure wrong(std::string_view what) {
    return base::fail(base::ErrorKind::corrupt, "not an archive of evidence: {}", what);
}

std::optional<std::uint64_t> octal(std::span<const std::uint8_t> digits) {
    std::uint64_t value = 0;
    for (const auto digit : digits) {
        if (digit < '0' || digit > '7') return std::nullopt;
        value = value * 8 + (digit - '0');
    }
    return value;
}

}  // namespace

std::vector<std::uint8_t> tar_padding(std::uint64_t size) {
    return std::vector<std::uint8_t>(padding_of(size), 0);
}

std::vector<std::uint8_t> tar_end() {
    return std::vector<std::uint8_t>(2 * block_bytes, 0);
}

std::vector<std::uint8_t> tar_header(std::string_view name, std::uint64_t size, std::int64_t time) {
    std::vector<std::uint8_t> bytes;
    // Eleven octal digits hold 8 GiB; nothing that is collected is as long.
    if (name.size() > short_name) {
        const std::string path = record("path", name);
        bytes = header("pax", path.size(), time, 'x');
        bytes.insert(bytes.end(), path.begin(), path.end());
        const auto padding = tar_padding(path.size());
        bytes.insert(bytes.end(), padding.begin(), padding.end());
    }
    const auto own = header(name, size, time, '0');
    bytes.insert(bytes.end(), own.begin(), own.end());
    return bytes;
}

base::Result<void> TarReader::read(std::span<const std::uint8_t> bytes) {
    while (!bytes.empty()) {
        if (left_ > 0) {
            const auto part =
                bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size())));
            if (in_extension_) {
                extension_.append(part.begin(), part.end());
            } else if (auto taken = taker_.bytes(part); !taken) {
                return taken;
            }
            left_ -= part.size();
            bytes = bytes.subspan(part.size());
            if (left_ > 0) continue;
            if (auto done = in_extension_ ? take_long_name() : taker_.end(); !done) return done;
        } else if (padding_ > 0) {
            const auto part = bytes.first(
                static_cast<std::size_t>(std::min<std::uint64_t>(padding_, bytes.size())));
            if (std::ranges::any_of(part, [](auto byte) { return byte != 0; }))
                return wrong("padding");
            padding_ -= part.size();
            bytes = bytes.subspan(part.size());
        } else {
            const auto part = bytes.first(std::min(block_bytes - block_.size(), bytes.size()));
            block_.insert(block_.end(), part.begin(), part.end());
            bytes = bytes.subspan(part.size());
            if (block_.size() < block_bytes) continue;
            auto taken = take_block();
            block_.clear();
            if (!taken) return taken;
        }
    }
    return {};
}

base::Result<void> TarReader::take_block() {
    if (std::ranges::all_of(block_, [](auto byte) { return byte == 0; })) {
        if (++ends_ > 2) return wrong("more behind its end");
        return {};
    }
    if (ends_ > 0) return wrong("more behind its end");
    return take_header();
}

base::Result<void> TarReader::take_header() {
    const std::span<const std::uint8_t> block(block_);
    const auto sum = octal(block.subspan(checksum_at, 6));
    const auto size = octal(block.subspan(size_at, 11));
    const std::string_view text(reinterpret_cast<const char*>(block.data()), block.size());
    if (!sum || *sum != checksum(block) || !size || text.substr(magic_at, magic.size()) != magic) {
        return wrong("a header");
    }
    const std::string name(text.substr(0, std::min(text.find('\0'), short_name)));
    padding_ = padding_of(*size);
    if (text[kind_at] == 'x') {
        if (*size == 0 || *size > most_extension || !long_name_.empty())
            return wrong("a long name");
        in_extension_ = true;
        extension_.clear();
        left_ = *size;
        return {};
    }
    if (text[kind_at] != '0') return wrong("a member that is no file");
    const std::string whole = long_name_.empty() ? name : std::exchange(long_name_, {});
    return begin_member(whole, *size);
}

base::Result<void> TarReader::begin_member(const std::string& name, std::uint64_t size) {
    if (name.empty() || name.size() > most_name) return wrong("a name");
    if (auto begun = taker_.begin(name, size); !begun) return begun;
    left_ = size;
    return size == 0 ? taker_.end() : base::Result<void>();
}

base::Result<void> TarReader::take_long_name() {
    in_extension_ = false;
    const auto equals = extension_.find('=');
    const std::string_view text(extension_);
    if (equals == std::string::npos || text.back() != '\n') return wrong("a long name");
    const auto name = text.substr(equals + 1, text.size() - equals - 2);
    // One spelling only: what the writer makes of that name.
    if (name.empty() || name.size() > most_name || record("path", name) != text)
        return wrong("a long name");
    long_name_ = name;
    return {};
}

}  // namespace shoji::response
