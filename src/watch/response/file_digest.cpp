#include "watch/response/file_digest.h"

#include <cerrno>
#include <vector>

#include <sodium.h>
#include <unistd.h>

namespace shoji::response {

base::Result<journal::Digest> digest_of_file(int file) {
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    std::vector<std::uint8_t> part(1U << 18U);
    for (off_t at = 0;;) {
        const ssize_t count = ::pread(file, part.data(), part.size(), at);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::fail_errno(errno, "reading a file");
        if (count == 0) break;
        crypto_hash_sha256_update(&state, part.data(), static_cast<unsigned long long>(count));
        at += count;
    }
    journal::Digest digest{};
    crypto_hash_sha256_final(&state, digest.data());
    return digest;
}

}  // namespace shoji::response
