#include "core/guard/my_number.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>

// The first byte says how the rest is cut; whole and in pieces, with the state saved and loaded
// between them, the same numbers are found.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    if (size == 0) return 0;
    const std::size_t step = std::size_t{data[0]} % 16 + 1;
    const std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
    std::vector<guard::MyNumberPlace> whole;
    guard::MyNumberFinder finder;
    finder.feed(text, whole);
    finder.finish(whole);

    std::vector<guard::MyNumberPlace> pieces;
    for (std::size_t at = 0; at < text.size(); at += step) {
        finder.feed(text.substr(at, step), pieces);
        base::ByteWriter writer;
        finder.save(writer);
        base::ByteReader reader(writer.bytes());
        guard::MyNumberFinder next;
        if (!next.load(reader) || !reader.finished()) std::abort();
        finder = next;
    }
    finder.finish(pieces);
    if (whole != pieces) std::abort();

    base::ByteReader hostile({data, size});
    finder.load(hostile);
    finder.feed(text, pieces);
    finder.finish(pieces);
    return 0;
}
