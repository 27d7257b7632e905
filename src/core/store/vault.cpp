#include "core/store/vault.h"

#include "core/base/file_descriptor.h"
#include "core/base/random.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

namespace shoji::store {
namespace {

constexpr char derivation[crypto_kdf_CONTEXTBYTES] = {'s', 'h', 'o', 'j', 'i', 'k', 'e', 'y'};

void start_library() {
    // Fails only where the system gives no randomness.
    if (sodium_init() < 0) std::abort();
}

}  // namespace

Vault::Vault(std::span<const std::uint8_t, key_bytes> key) {
    static_assert(key_bytes == crypto_kdf_KEYBYTES);
    static_assert(key_bytes == crypto_secretbox_KEYBYTES);
    start_library();
    crypto_kdf_derive_from_key(sealing_.data(), sealing_.size(), 1, derivation, key.data());
    crypto_kdf_derive_from_key(marking_.data(), marking_.size(), 2, derivation, key.data());
}

Vault::Vault(Vault&& other) noexcept : sealing_(other.sealing_), marking_(other.marking_) {}
Vault& Vault::operator=(Vault&& other) noexcept {
    sealing_ = other.sealing_;
    marking_ = other.marking_;
    return *this;
}
Vault::~Vault() {
    sodium_memzero(sealing_.data(), sealing_.size());
    sodium_memzero(marking_.data(), marking_.size());
}

base::Result<Vault> Vault::load(const std::filesystem::path& path) {
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.valid()) return base::fail_errno(errno, "opening the key " + path.native());
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) {
        return base::fail_errno(errno, "reading the key " + path.native());
    }
    if (!S_ISREG(status.st_mode) || (status.st_mode & 077U) != 0) {
        return base::fail(base::ErrorKind::invalid,
                          "the key {} must be a file that its owner alone may read: chmod 600",
                          path.native());
    }
    std::array<std::uint8_t, key_bytes> key{};
    const bool whole = status.st_size == off_t{key_bytes} &&
                       ::read(file.get(), key.data(), key.size()) == ssize_t{key_bytes};
    if (!whole) {
        return base::fail(base::ErrorKind::corrupt,
                          "the key {} does not have {} bytes: restore it from a backup",
                          path.native(), key_bytes);
    }
    Vault vault(key);
    sodium_memzero(key.data(), key.size());
    return vault;
}

Bytes Vault::seal(std::span<const std::uint8_t> secret) const {
    Bytes sealed(crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES + secret.size());
    base::fill_random(std::span(sealed).first(crypto_secretbox_NONCEBYTES));
    crypto_secretbox_easy(sealed.data() + crypto_secretbox_NONCEBYTES, secret.data(), secret.size(),
                          sealed.data(), sealing_.data());
    return sealed;
}

base::Result<Bytes> Vault::open(std::span<const std::uint8_t> sealed) const {
    constexpr std::size_t overhead = crypto_secretbox_NONCEBYTES + crypto_secretbox_MACBYTES;
    if (sealed.size() >= overhead) {
        Bytes secret(sealed.size() - overhead);
        const auto box = sealed.subspan(crypto_secretbox_NONCEBYTES);
        if (crypto_secretbox_open_easy(secret.data(), box.data(), box.size(), sealed.data(),
                                       sealing_.data()) == 0) {
            return secret;
        }
    }
    return base::fail(base::ErrorKind::corrupt,
                      "a sealed secret was altered, or secrets.key is not the key it was sealed "
                      "with");
}

Digest Vault::mark(std::string_view purpose, std::string_view text) const {
    Digest mark{};
    crypto_generichash_state state;
    crypto_generichash_init(&state, marking_.data(), marking_.size(), mark.size());
    const auto add = [&](std::string_view part) {
        crypto_generichash_update(&state, reinterpret_cast<const unsigned char*>(part.data()),
                                  part.size());
    };
    add(purpose);
    add(std::string_view("\0", 1));  // no purpose holds one: "ab"+"c" is not "a"+"bc"
    add(text);
    crypto_generichash_final(&state, mark.data(), mark.size());
    return mark;
}

Digest digest_of(std::span<const std::uint8_t> token) {
    start_library();
    Digest digest{};
    crypto_generichash(digest.data(), digest.size(), token.data(), token.size(), nullptr, 0);
    return digest;
}

}  // namespace shoji::store
