#include "core/journal/digest.h"

#include <sodium.h>

namespace shoji::journal {

Digest digest_of(std::string_view bytes) {
    Digest digest{};
    crypto_hash_sha256(digest.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                       bytes.size());
    return digest;
}

}  // namespace shoji::journal
