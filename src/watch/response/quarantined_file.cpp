// The text beside an item of the vault: lines "word value", values of unknown bytes in hexadecimal.
#include "core/base/random.h"
#include "core/journal/hex.h"
#include "watch/response/quarantine.h"

#include <charconv>

namespace shoji::response {
namespace {

constexpr std::string_view first_line = "shoji-quarantine 2";
constexpr std::string_view first_line_before = "shoji-quarantine 1";  // without steps and flags

std::string hex(std::string_view bytes) {
    return base::to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::optional<std::string> unhex(std::string_view digits) {
    const auto bytes = journal::bytes_from_hex(digits);
    return bytes ? std::optional(std::string(bytes->begin(), bytes->end())) : std::nullopt;
}

class Lines {
  public:
    explicit Lines(std::string_view text) : rest_(text) {}

    // The value of the next line, which must have that word.
    std::string_view take(std::string_view word) {
        const auto end = rest_.find('\n');
        if (end == std::string_view::npos || !rest_.starts_with(word) ||
            rest_.size() <= word.size() || rest_[word.size()] != ' ' || end < word.size() + 1) {
            failed_ = true;
            rest_ = {};
            return {};
        }
        const auto value = rest_.substr(word.size() + 1, end - word.size() - 1);
        rest_.remove_prefix(end + 1);
        return value;
    }
    template <class Number>
    void number(std::string_view word, Number& into) {
        const auto value = take(word);
        const auto [stop, problem] =
            std::from_chars(value.data(), value.data() + value.size(), into);
        if (problem != std::errc{} || stop != value.data() + value.size()) failed_ = true;
    }
    std::string bytes(std::string_view word) {
        auto value = unhex(take(word));
        if (!value) failed_ = true;
        return value.value_or("");
    }
    [[nodiscard]] bool more() const { return !failed_ && !rest_.empty(); }
    [[nodiscard]] bool failed() const { return failed_; }

  private:
    std::string_view rest_;
    bool failed_ = false;
};

}  // namespace

std::string to_text(const QuarantinedFile& file) {
    std::string text = fmt::format(
        "{}\nid {}\npath {}\nsha256 {}\nsize {}\nlinks {}\ndevice {}\ninode {}\nowner {}\ngroup "
        "{}\nmode {}\n"
        "read {}\nread_nanoseconds {}\nwritten {}\nwritten_nanoseconds {}\nhandle_kind {}\nhandle "
        "{}\nstep {}\nflags {}\nattributes_whole {}\n",
        first_line, file.id, hex(file.path), base::to_hex(file.digest), file.size, file.links,
        file.file.device, file.file.inode, file.owner, file.group, file.mode, file.times[0],
        file.times[1], file.times[2], file.times[3], file.handle_kind, hex(file.handle),
        static_cast<unsigned>(file.step), file.flags, file.attributes_whole ? 1 : 0);
    for (const auto& [name, value] : file.attributes) {
        text += fmt::format("attribute {}\nvalue {}\n", hex(name), hex(value));
    }
    return text;
}

base::Result<QuarantinedFile> parse_quarantined(std::string_view text) {
    const auto wrong = [] {
        return base::fail(base::ErrorKind::corrupt, "what stands beside a quarantined file");
    };
    const auto end = text.find('\n');
    const auto first = text.substr(0, end);
    if (text.size() > most_about || end == std::string_view::npos ||
        (first != first_line && first != first_line_before)) {
        return wrong();
    }
    Lines lines(text.substr(end + 1));
    QuarantinedFile file;
    file.id = lines.take("id");
    file.path = lines.bytes("path");
    const auto digest = journal::from_hex<32>(lines.take("sha256"));
    lines.number("size", file.size);
    lines.number("links", file.links);
    lines.number("device", file.file.device);
    lines.number("inode", file.file.inode);
    lines.number("owner", file.owner);
    lines.number("group", file.group);
    lines.number("mode", file.mode);
    lines.number("read", file.times[0]);
    lines.number("read_nanoseconds", file.times[1]);
    lines.number("written", file.times[2]);
    lines.number("written_nanoseconds", file.times[3]);
    lines.number("handle_kind", file.handle_kind);
    file.handle = lines.bytes("handle");
    unsigned step = static_cast<unsigned>(QuarantineStep::kept);
    unsigned whole = 1;
    if (first == first_line) {
        lines.number("step", step);
        lines.number("flags", file.flags);
        lines.number("attributes_whole", whole);
    }
    if (step < 1 || step > static_cast<unsigned>(QuarantineStep::restoring)) return wrong();
    file.step = static_cast<QuarantineStep>(step);
    file.attributes_whole = whole != 0;
    while (lines.more()) {
        const auto name = lines.bytes("attribute");
        file.attributes[name] = lines.bytes("value");
    }
    if (lines.failed() || !digest || !journal::from_hex<16>(file.id) || !file.path.starts_with('/'))
        return wrong();
    file.digest = *digest;
    return file;
}

}  // namespace shoji::response
