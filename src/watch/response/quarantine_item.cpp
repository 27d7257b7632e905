// The vault's own files: the key, and of each item its encrypted content and what stands beside it.
#include "core/base/random.h"
#include "watch/response/quarantine.h"
#include "watch/response/small_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

using base::ErrorKind;
using base::FileDescriptor;

constexpr std::string_view magic = "SHOJIQ1\n";
constexpr std::size_t block_bytes = 65536;
constexpr std::size_t sealed_bytes = block_bytes + crypto_secretstream_xchacha20poly1305_ABYTES;

const unsigned char* bytes_of(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

// Until `size` bytes or the end.
base::Result<std::size_t> read_block(int file, std::span<std::uint8_t> into) {
    std::size_t got = 0;
    while (got < into.size()) {
        const ssize_t count = ::read(file, into.data() + got, into.size() - got);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return base::fail_errno(errno, "reading a file");
        if (count == 0) break;
        got += static_cast<std::size_t>(count);
    }
    return got;
}

}  // namespace

std::filesystem::path Vault::item(const std::string& id, const char* kind) const {
    return folder_ / (id + kind);
}

base::Result<Vault> Vault::open(const std::filesystem::path& folder, VaultLimits limits) {
    if (sodium_init() < 0) return base::fail(ErrorKind::system, "libsodium cannot be used");
    if (auto made = need_private_folder(folder); !made) return base::Failure(made.error());
    const auto file = folder / "vault.key";
    Key key{};
    if (!std::filesystem::exists(file)) {
        base::fill_random(key);
        const std::string_view text(reinterpret_cast<const char*>(key.data()), key.size());
        if (auto written = replace_file(file, text, 0600); !written)
            return base::Failure(written.error());
    }
    struct stat state {};
    if (::lstat(file.c_str(), &state) != 0) return base::fail_errno(errno, file.native());
    if (!S_ISREG(state.st_mode) || (state.st_mode & 077U) != 0) {
        return base::fail(ErrorKind::denied, "{} must be a file that its owner alone may read",
                          file.native());
    }
    const auto text = read_small_file(file, key.size());
    if (!text) return base::Failure(text.error());
    if (text->size() != key.size())
        return base::fail(ErrorKind::corrupt, "{} is no key", file.native());
    std::memcpy(key.data(), text->data(), key.size());
    Vault vault(folder, key, limits);
    vault.repair();
    return vault;
}

base::Result<journal::Digest> Vault::encrypt(int from, const QuarantinedFile& about) const {
    const auto& id = about.id;
    const auto path = item(id, ".item");
    const FileDescriptor into(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!into.valid()) return base::fail_errno(errno, "making " + path.native());
    std::array<std::uint8_t, crypto_secretstream_xchacha20poly1305_HEADERBYTES> header{};
    crypto_secretstream_xchacha20poly1305_state stream;
    crypto_secretstream_xchacha20poly1305_init_push(&stream, header.data(), key_.data());
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    const std::string doing = "writing " + path.native();
    auto written = write_all(into.get(), {bytes_of(magic), magic.size()}, doing);
    if (written) written = write_all(into.get(), header, doing);
    std::vector<std::uint8_t> plain(block_bytes);
    std::vector<std::uint8_t> sealed(sealed_bytes);
    std::uint64_t read = 0;
    // One that grows meanwhile is not followed: it has another content by now.
    for (bool first = true, last = false; written && !last; first = false) {
        const auto got = read_block(from, plain);
        if (!got) return base::Failure(got.error());
        read += *got;
        last = *got < plain.size() || read > about.size;
        crypto_hash_sha256_update(&hash, plain.data(), *got);
        unsigned long long length = 0;
        crypto_secretstream_xchacha20poly1305_push(
            &stream, sealed.data(), &length, plain.data(), *got, first ? bytes_of(id) : nullptr,
            first ? id.size() : 0, last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : 0);
        written = write_all(into.get(), std::span(sealed).first(length), doing);
    }
    if (!written) return base::Failure(written.error());
    if (::fsync(into.get()) != 0) return base::fail_errno(errno, doing);
    journal::Digest digest{};
    crypto_hash_sha256_final(&hash, digest.data());
    return digest;
}

base::Result<journal::Digest> Vault::decrypt(const std::string& id, int into) const {
    const auto path = item(id, ".item");
    const FileDescriptor from(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!from.valid()) return base::fail_errno(errno, "opening " + path.native());
    const auto damaged = [&] {
        return base::fail(ErrorKind::corrupt, "{} is damaged", path.native());
    };
    std::array<std::uint8_t, magic.size() + crypto_secretstream_xchacha20poly1305_HEADERBYTES>
        head{};
    const auto read = read_block(from.get(), head);
    if (!read) return base::Failure(read.error());
    crypto_secretstream_xchacha20poly1305_state stream;
    if (*read != head.size() || std::memcmp(head.data(), magic.data(), magic.size()) != 0 ||
        crypto_secretstream_xchacha20poly1305_init_pull(&stream, head.data() + magic.size(),
                                                        key_.data()) != 0) {
        return damaged();
    }
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    std::vector<std::uint8_t> plain(block_bytes);
    std::vector<std::uint8_t> sealed(sealed_bytes);
    unsigned char tag = 0;
    for (bool first = true; tag != crypto_secretstream_xchacha20poly1305_TAG_FINAL; first = false) {
        const auto got = read_block(from.get(), sealed);
        if (!got) return base::Failure(got.error());
        unsigned long long length = 0;
        if (crypto_secretstream_xchacha20poly1305_pull(
                &stream, plain.data(), &length, &tag, sealed.data(), *got,
                first ? bytes_of(id) : nullptr, first ? id.size() : 0) != 0) {
            return damaged();
        }
        crypto_hash_sha256_update(&hash, plain.data(), length);
        if (into < 0) continue;
        if (auto written = write_all(into, std::span(plain).first(length), "restoring a file");
            !written) {
            return base::Failure(written.error());
        }
    }
    journal::Digest digest{};
    crypto_hash_sha256_final(&hash, digest.data());
    return digest;
}

base::Result<void> Vault::check_content(const QuarantinedFile& about, int into) const {
    const auto digest = decrypt(about.id, into);
    if (!digest) return base::Failure(digest.error());
    if (*digest == about.digest) return {};
    return base::fail(ErrorKind::corrupt, "the quarantined file {} is damaged", about.id);
}

base::Result<void> Vault::note(const QuarantinedFile& about) const {
    return replace_file(item(about.id, ".about"), to_text(about), 0600);
}

base::Result<QuarantinedFile> Vault::read(const std::string& id) const {
    const auto path = item(id, ".about");
    const auto text = read_small_file(path, most_about);
    if (!text) return base::Failure(text.error());
    auto about = parse_quarantined(*text);
    if (!about || about->id != id)
        return base::fail(ErrorKind::corrupt, "{} is damaged", path.native());
    return about;
}

// What stands beside it first: an item alone is one that is gone.
void Vault::drop(const std::string& id) const {
    for (const char* kind : {".about", ".item"}) ::unlink(item(id, kind).c_str());
}

base::Result<VaultList> Vault::list() const {
    VaultList all;
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(folder_, problem), end; !problem && entry != end;
         entry.increment(problem)) {
        if (entry->path().extension() != ".about") continue;
        auto about = read(entry->path().stem());
        if (!about) {
            all.problems.push_back(about.error().message);
        } else if (about->step == QuarantineStep::begun) {
            all.problems.push_back(about->path);
        } else {
            all.files.push_back(std::move(*about));
        }
    }
    if (problem) return base::fail_errno(problem.value(), "reading the vault");
    std::ranges::sort(all.files, {}, &QuarantinedFile::id);
    return all;
}

}  // namespace shoji::response
