#include "core/journal/line_splitter.h"
#include "core/journal/verifier.h"

#include <cstdlib>

// A journal's file, in pieces: whatever is taken for a line is in the one exact spelling.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::journal;
    LineSplitter splitter;
    Verifier verifier(PublicKey{}, std::nullopt);
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    const auto take = [&](std::string_view line) {
        verifier.take(line);
        const auto parsed = parse_line(line);
        if (!parsed) return;
        if (const auto* notice = std::get_if<Notice>(&parsed->entry.body)) {
            const Line again = make_line(parsed->entry.stamp, *notice);
            if (again.text != std::string(line) + "\n") std::abort();
        }
    };
    splitter.feed(bytes.substr(0, size / 2), take);
    splitter.feed(bytes.substr(size / 2), take);
    verifier.finish(splitter.rest());
    return 0;
}
