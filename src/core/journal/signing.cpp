#include "core/journal/signing.h"

#include "core/base/file_descriptor.h"
#include "core/base/random.h"
#include "core/journal/hex.h"

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <utility>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

namespace shoji::journal {
namespace {

using base::ErrorKind;

constexpr std::string_view algorithm = "ed25519 ";

// libsodium chooses its implementations once; nothing that signs may go on where that fails.
void need_sodium() {
    if (sodium_init() < 0) std::abort();
}

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

SigningKey SigningKey::generate() {
    need_sodium();
    SigningKey key;
    PublicKey unused{};
    crypto_sign_ed25519_keypair(unused.data(), key.secret_.data());
    return key;
}

base::Result<SigningKey> SigningKey::load(const std::filesystem::path& path) {
    need_sodium();
    const base::FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!file.valid()) return base::fail_errno(errno, "opening " + path.native());
    struct stat state {};
    if (::fstat(file.get(), &state) != 0) return base::fail_errno(errno, path.native());
    if (!S_ISREG(state.st_mode) || (state.st_mode & 0077U) != 0) {
        return base::fail(ErrorKind::denied,
                          "{} must be a file that its owner alone may read: chmod 600 {}",
                          path.native(), path.native());
    }
    SigningKey key;
    const ssize_t got = ::read(file.get(), key.secret_.data(), key.secret_.size());
    if (got < 0) return base::fail_errno(errno, "reading " + path.native());
    if (got != static_cast<ssize_t>(key.secret_.size()) ||
        state.st_size != static_cast<off_t>(key.secret_.size())) {
        return base::fail(ErrorKind::corrupt, "{} is no signing key: it must have {} bytes",
                          path.native(), key.secret_.size());
    }
    return key;
}

SigningKey::SigningKey(SigningKey&& other) noexcept : secret_(other.secret_) {
    sodium_memzero(other.secret_.data(), other.secret_.size());
}

SigningKey& SigningKey::operator=(SigningKey&& other) noexcept {
    if (this != &other) {
        secret_ = other.secret_;
        sodium_memzero(other.secret_.data(), other.secret_.size());
    }
    return *this;
}

SigningKey::~SigningKey() {
    sodium_memzero(secret_.data(), secret_.size());
}

base::Result<void> SigningKey::save(const std::filesystem::path& path) const {
    const base::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!file.valid()) return base::fail_errno(errno, "making " + path.native());
    const bool written = ::write(file.get(), secret_.data(), secret_.size()) ==
                             static_cast<ssize_t>(secret_.size()) &&
                         ::fsync(file.get()) == 0;
    if (!written) {
        const int problem = errno;
        ::unlink(path.c_str());
        return base::fail_errno(problem, "writing " + path.native());
    }
    return {};
}

PublicKey SigningKey::public_key() const {
    PublicKey key{};
    crypto_sign_ed25519_sk_to_pk(key.data(), secret_.data());
    return key;
}

Signature SigningKey::sign(std::string_view message) const {
    Signature signature{};
    crypto_sign_ed25519_detached(signature.data(), nullptr, bytes_of(message), message.size(),
                                 secret_.data());
    return signature;
}

bool verify_signature(const PublicKey& key, std::string_view message, const Signature& signature) {
    need_sodium();
    return crypto_sign_ed25519_verify_detached(signature.data(), bytes_of(message), message.size(),
                                               key.data()) == 0;
}

std::string to_text(const PublicKey& key) {
    return std::string(algorithm) + base::to_hex(key) + "\n";
}

base::Result<PublicKey> public_key_from(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    const auto key = text.starts_with(algorithm)
                         ? from_hex<std::tuple_size_v<PublicKey>>(text.substr(algorithm.size()))
                         : std::nullopt;
    if (!key) {
        return base::fail(ErrorKind::corrupt,
                          "a public key is a line of 'ed25519' and 64 hexadecimal digits");
    }
    return *key;
}

base::Result<PublicKey> load_public_key(const std::filesystem::path& path) {
    std::ifstream file(path);
    std::string line;
    if (!file || !std::getline(file, line)) {
        return base::fail(ErrorKind::not_found, "the public key {} cannot be read", path.native());
    }
    auto key = public_key_from(line);
    if (!key) return base::Failure(std::move(key.error()).context(path.native()));
    return key;
}

}  // namespace shoji::journal
