// An archive of evidence from a host that may have been taken over. The first byte says whether
// what follows is compressed; the rest comes in pieces.
#include "watch/response/evidence.h"
#include "watch/response/tar.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    if (size == 0) return 0;
    const std::span bytes(data + 1, size - 1);
    constexpr std::size_t piece = 97;
    if (data[0] % 2 == 0) {
        response::EvidenceVerifier verifier(journal::PublicKey{});
        for (std::size_t at = 0; at < bytes.size(); at += piece) {
            if (!verifier.read(bytes.subspan(at, std::min(piece, bytes.size() - at)))) return 0;
        }
        if (verifier.finish()) std::abort();  // nobody has that key
        return 0;
    }
    std::uint64_t promised = 0;
    std::uint64_t given = 0;
    response::TarReader reader({[&](const std::string&, std::uint64_t count) -> base::Result<void> {
                                    promised += count;
                                    return {};
                                },
                                [&](std::span<const std::uint8_t> part) -> base::Result<void> {
                                    given += part.size();
                                    return {};
                                },
                                []() -> base::Result<void> { return {}; }});
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
        if (!reader.read(bytes.subspan(at, std::min(piece, bytes.size() - at)))) return 0;
    }
    if (reader.finished() && promised != given) std::abort();
    return 0;
}
