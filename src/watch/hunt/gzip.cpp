#include "watch/hunt/gzip.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <zlib.h>

namespace shoji::hunt {
namespace {

constexpr std::size_t step = 4 << 20;  // bytes that the room grows by at first

// zlib's state, which must be given back.
class Inflating {
  public:
    // 16: with gzip's header and sum.
    Inflating() : ready_(::inflateInit2(&stream_, 16 + MAX_WBITS) == Z_OK) {}
    ~Inflating() {
        if (ready_) ::inflateEnd(&stream_);
    }
    Inflating(const Inflating&) = delete;
    Inflating& operator=(const Inflating&) = delete;

    [[nodiscard]] bool ready() const { return ready_; }
    ::z_stream& stream() { return stream_; }
    bool again() { return ::inflateReset(&stream_) == Z_OK; }

  private:
    ::z_stream stream_{};
    bool ready_;
};

unsigned int of_stream(std::size_t size) {
    return static_cast<unsigned int>(
        std::min<std::size_t>(size, std::numeric_limits<unsigned int>::max()));
}

// Of what stands behind the last part; zeros there are a tape's.
// The sentence is one of the catalogue (core/base/words.h).
template <class... Arguments>
base::Error lost(fmt::format_string<Arguments...> sentence, Arguments&&... arguments) {
    return base::because(base::ErrorKind::corrupt, sentence, std::forward<Arguments>(arguments)...)
        .value();
}

std::optional<base::Error> loss_of_rest(std::span<const std::uint8_t> bytes) {
    if (std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte == 0; })) return {};
    return lost("{} bytes behind its end are not compressed", bytes.size());
}

}  // namespace

bool is_gzip(std::span<const std::uint8_t> bytes) {
    constexpr std::size_t smallest = 18;
    return bytes.size() >= smallest && bytes[0] == 0x1f && bytes[1] == 0x8b && bytes[2] == 8;
}

base::Result<Unpacked> gunzip(std::span<const std::uint8_t> bytes, std::size_t most) {
    auto room = MappedFile::room(std::min(step, most));
    if (!room) return base::Failure(room.error());
    Inflating inflating;
    if (!inflating.ready()) return base::fail(base::ErrorKind::system, "zlib has no memory");
    auto& stream = inflating.stream();
    std::size_t size = 0;
    std::optional<base::Error> loss;
    while (!bytes.empty()) {
        if (size == room->bytes().size() && size < most) {
            if (auto grown = room->resize(std::min(most, size * 2)); !grown) {
                return base::Failure(grown.error());
            }
        }
        const auto in = of_stream(bytes.size());
        const auto out = of_stream(room->bytes().size() - size);
        stream.next_in = const_cast<std::uint8_t*>(bytes.data());
        stream.avail_in = in;
        stream.next_out = room->writable() + size;
        stream.avail_out = out;
        const int done = ::inflate(&stream, Z_NO_FLUSH);
        bytes = bytes.subspan(in - stream.avail_in);
        size += out - stream.avail_out;
        if (done == Z_STREAM_END) {
            if (!is_gzip(bytes) || !inflating.again()) {
                loss = loss_of_rest(bytes);
                break;
            }
        } else if (done == Z_BUF_ERROR && size == most) {
            // Without room the end would have been reached, had there been nothing more.
            loss = lost("at most {} bytes of it are unpacked; the rest was left out", most);
            break;
        } else if (done != Z_OK && done != Z_BUF_ERROR) {
            loss = lost("its compression is damaged; what follows was left out");
            break;
        } else if (bytes.empty()) {
            loss = lost("the compressed file ends too early");
        }
    }
    if (auto cut = room->resize(size); !cut) return base::Failure(cut.error());
    return Unpacked{std::move(*room), std::move(loss)};
}

}  // namespace shoji::hunt
