#include "watch/response/quarantine.h"

#include "core/base/random.h"
#include "core/journal/hex.h"
#include "watch/response/file_digest.h"
#include "watch/response/small_file.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sodium.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

namespace shoji::response {
namespace {

using base::ErrorKind;
using base::FileDescriptor;

constexpr std::string_view magic = "SHOJIQ1\n";
constexpr std::size_t block_bytes = 65536;
constexpr std::size_t sealed_bytes = block_bytes + crypto_secretstream_xchacha20poly1305_ABYTES;
constexpr std::size_t most_attributes = 16384;  // bytes of all names, and of each value

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

base::Result<std::map<std::string, std::string>> read_attributes(int file) {
    std::map<std::string, std::string> all;
    std::string names(most_attributes, '\0');
    const ssize_t size = ::flistxattr(file, names.data(), names.size());
    if (size < 0 && errno == ENOTSUP) return all;
    if (size < 0) return base::fail_errno(errno, "listing extended attributes");
    for (std::size_t at = 0; at < static_cast<std::size_t>(size);) {
        const std::string name(names.c_str() + at);
        at += name.size() + 1;
        std::string value(most_attributes, '\0');
        const ssize_t length = ::fgetxattr(file, name.c_str(), value.data(), value.size());
        if (length < 0) return base::fail_errno(errno, "reading the attribute " + name);
        value.resize(static_cast<std::size_t>(length));
        all.emplace(name, std::move(value));
    }
    return all;
}

// Room for a file_handle, whose bytes follow its head.
struct Handle {
    alignas(file_handle) std::array<char, sizeof(file_handle) + MAX_HANDLE_SZ> room{};

    file_handle* head() { return reinterpret_cast<file_handle*>(room.data()); }
    char* bytes() { return room.data() + sizeof(file_handle); }
};

void note_handle(int file, QuarantinedFile& about) {
    Handle handle;
    handle.head()->handle_bytes = MAX_HANDLE_SZ;
    int mount = 0;
    if (::name_to_handle_at(file, "", handle.head(), &mount, AT_EMPTY_PATH) != 0) return;
    about.handle_kind = handle.head()->handle_type;
    about.handle.assign(handle.bytes(), handle.head()->handle_bytes);
}

// The file itself, where other names keep it and it was not changed.
FileDescriptor find_again(const Place& place, const QuarantinedFile& about) {
    Handle handle;
    if (about.links < 2 || about.handle.empty() || about.handle.size() > MAX_HANDLE_SZ)
        return FileDescriptor();
    handle.head()->handle_bytes = static_cast<unsigned>(about.handle.size());
    handle.head()->handle_type = about.handle_kind;
    about.handle.copy(handle.bytes(), about.handle.size());
    const FileDescriptor mount(
        ::openat(place.folder.get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    FileDescriptor file(
        ::open_by_handle_at(mount.get(), handle.head(), O_RDONLY | O_NOATIME | O_CLOEXEC));
    struct stat state {};
    if (!file.valid() || ::fstat(file.get(), &state) != 0 || (state.st_mode & 07777U) != 0 ||
        state.st_nlink == 0 || about.file != FileId{state.st_dev, state.st_ino}) {
        return FileDescriptor();
    }
    const auto digest = digest_of_file(file.get());
    return digest && *digest == about.digest ? std::move(file) : FileDescriptor();
}

base::Result<QuarantinedFile> describe(int file, const std::string& path, struct stat& state) {
    if (::fstat(file, &state) != 0) return base::fail_errno(errno, "looking at " + path);
    if (!S_ISREG(state.st_mode)) {
        return base::worded(base::fail(ErrorKind::invalid, "{} is no ordinary file", path),
                            "response.quarantine.not_file", {{"path", path}});
    }
    auto attributes = read_attributes(file);
    if (!attributes) return base::Failure(attributes.error());
    QuarantinedFile seen;
    seen.path = path;
    seen.size = static_cast<std::uint64_t>(state.st_size);
    seen.links = state.st_nlink;
    seen.file = {state.st_dev, state.st_ino};
    seen.owner = state.st_uid;
    seen.group = state.st_gid;
    seen.mode = state.st_mode & 07777U;
    seen.times = {state.st_atim.tv_sec, state.st_atim.tv_nsec, state.st_mtim.tv_sec,
                  state.st_mtim.tv_nsec};
    seen.attributes = std::move(*attributes);
    if (seen.links > 1) note_handle(file, seen);
    return seen;
}

base::Result<FileDescriptor> open_at(const Place& place, const std::string& path) {
    FileDescriptor file(::openat(place.folder.get(), place.name.c_str(),
                                 O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC));
    if (!file.valid()) {
        auto failure = base::fail_errno(errno, "opening " + path);
        if (errno == ENOENT) {
            failure.value().kind = ErrorKind::not_found;
            return base::worded(std::move(failure), "response.quarantine.gone", {{"path", path}});
        }
        return failure;
    }
    return file;
}

base::Result<void> check_allowed(const QuarantinedFile& file,
                                 const std::vector<FileId>& protection) {
    if (std::ranges::find(protection, file.file) == protection.end()) return {};
    return base::worded(base::fail(ErrorKind::denied, "{} is protected", file.path),
                        "response.quarantine.protected", {{"path", file.path}});
}

// Moves the name aside first: what is removed then is what was looked at, whoever changes names
// meanwhile.
base::Result<void> remove_name(const Place& place, const QuarantinedFile& file) {
    const std::string aside = ".shoji-quarantine-" + file.id;
    const int folder = place.folder.get();
    if (::renameat2(folder, place.name.c_str(), folder, aside.c_str(), RENAME_NOREPLACE) != 0) {
        return base::fail_errno(errno, "moving " + file.path);
    }
    struct stat now {};
    const bool same = ::fstatat(folder, aside.c_str(), &now, AT_SYMLINK_NOFOLLOW) == 0 &&
                      file.file == FileId{now.st_dev, now.st_ino};
    if (same && ::unlinkat(folder, aside.c_str(), 0) == 0) return {};
    const int problem = same ? errno : 0;
    ::renameat2(folder, aside.c_str(), folder, place.name.c_str(), RENAME_NOREPLACE);
    if (same) return base::fail_errno(problem, "removing " + file.path);
    return base::worded(base::fail(ErrorKind::unavailable, "{} was replaced meanwhile", file.path),
                        "response.quarantine.replaced", {{"path", file.path}});
}

base::Result<void> dress(int file, const QuarantinedFile& as) {
    if (::fchown(file, as.owner, as.group) != 0)
        return base::fail_errno(errno, "giving " + as.path + " its owner");
    for (const auto& [name, value] : as.attributes) {
        if (::fsetxattr(file, name.c_str(), value.data(), value.size(), 0) != 0) {
            return base::fail_errno(errno, "setting the attribute " + name);
        }
    }
    const std::array<timespec, 2> times{timespec{as.times[0], as.times[1]},
                                        timespec{as.times[2], as.times[3]}};
    if (::fchmod(file, as.mode) != 0 || ::futimens(file, times.data()) != 0 || ::fsync(file) != 0) {
        return base::fail_errno(errno, "restoring " + as.path);
    }
    return {};
}

}  // namespace

base::Result<Place> find_place(const std::string& path) {
    const auto slash = path.rfind('/');
    Place place;
    place.name = slash == std::string::npos ? "" : path.substr(slash + 1);
    if (!path.starts_with('/') || path.find('\0') != std::string::npos || place.name.empty() ||
        place.name == "." || place.name == "..") {
        return base::worded(
            base::fail(ErrorKind::invalid, "'{}' is no absolute path of a file", path),
            "response.bad_path", {{"path", path}});
    }
    const std::string folder = slash == 0 ? "/" : path.substr(0, slash);
    open_how how{};
    how.flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    place.folder.reset(
        static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, folder.c_str(), &how, sizeof how)));
    if (!place.folder.valid()) {
        auto failure = base::fail_errno(errno, "opening " + folder);
        if (errno == ELOOP) {
            return base::worded(std::move(failure), "response.symbolic_link", {{"path", folder}});
        }
        return failure;
    }
    return place;
}

std::filesystem::path Vault::item(const std::string& id, const char* kind) const {
    return folder_ / (id + kind);
}

base::Result<Vault> Vault::open(const std::filesystem::path& folder) {
    if (sodium_init() < 0) return base::fail(ErrorKind::system, "libsodium cannot be used");
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
        return base::fail_errno(errno, "making " + folder.native());
    }
    struct stat state {};
    if (::lstat(folder.c_str(), &state) != 0) return base::fail_errno(errno, folder.native());
    if (!S_ISDIR(state.st_mode) || state.st_uid != ::geteuid() || (state.st_mode & 077U) != 0) {
        return base::fail(ErrorKind::denied, "{} must be a folder that its owner alone may enter",
                          folder.native());
    }
    const auto file = folder / "vault.key";
    Key key{};
    if (!std::filesystem::exists(file)) {
        base::fill_random(key);
        const std::string_view text(reinterpret_cast<const char*>(key.data()), key.size());
        if (auto written = replace_file(file, text, 0600); !written)
            return base::Failure(written.error());
    }
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
    return Vault(folder, key);
}

base::Result<journal::Digest> Vault::encrypt(int from, const std::string& id) const {
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
    for (bool first = true, last = false; written && !last; first = false) {
        const auto got = read_block(from, plain);
        if (!got) return base::Failure(got.error());
        last = *got < plain.size();
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

void Vault::drop(const std::string& id) const {
    for (const char* kind : {".item", ".about"}) ::unlink(item(id, kind).c_str());
}

base::Result<QuarantinedFile> Vault::look(const std::string& path,
                                          const std::vector<FileId>& protection) {
    const auto place = find_place(path);
    if (!place) return base::Failure(place.error());
    const auto file = open_at(*place, path);
    if (!file) return base::Failure(file.error());
    struct stat state {};
    auto seen = describe(file->get(), path, state);
    if (!seen) return seen;
    if (auto allowed = check_allowed(*seen, protection); !allowed)
        return base::Failure(allowed.error());
    const auto digest = digest_of_file(file->get());
    if (!digest) return base::Failure(digest.error());
    seen->digest = *digest;
    return seen;
}

base::Result<QuarantinedFile> Vault::take(const std::string& path,
                                          const std::vector<FileId>& protection,
                                          const std::optional<journal::Digest>& expected) const {
    const auto place = find_place(path);
    if (!place) return base::Failure(place.error());
    const auto file = open_at(*place, path);
    if (!file) return base::Failure(file.error());
    struct stat before {};
    auto seen = describe(file->get(), path, before);
    if (!seen) return seen;
    if (auto allowed = check_allowed(*seen, protection); !allowed)
        return base::Failure(allowed.error());
    seen->id = base::random_hex(16);
    // First of all: from here on nobody executes it by any of its names.
    if (::fchmod(file->get(), 0) != 0)
        return base::fail_errno(errno, "taking the permissions of " + path);
    const auto give_back = [&](base::Error error) {
        drop(seen->id);
        const std::array<timespec, 2> times{before.st_atim, before.st_mtim};
        ::fchmod(file->get(), seen->mode);
        ::futimens(file->get(), times.data());
        return base::Failure(std::move(error));
    };
    const auto digest = encrypt(file->get(), seen->id);
    if (!digest) return give_back(digest.error());
    struct stat after {};
    const bool changed = ::fstat(file->get(), &after) != 0 || after.st_size != before.st_size ||
                         after.st_mtim.tv_sec != before.st_mtim.tv_sec ||
                         after.st_mtim.tv_nsec != before.st_mtim.tv_nsec;
    if (changed || (expected && *digest != *expected)) {
        return give_back(
            base::worded(base::fail(ErrorKind::unavailable, "{} has another content by now", path),
                         "response.quarantine.changed", {{"path", path}})
                .value());
    }
    seen->digest = *digest;
    const auto kept = decrypt(seen->id, -1);
    if (!kept) return give_back(kept.error());
    if (auto noted = replace_file(item(seen->id, ".about"), to_text(*seen), 0600); !noted) {
        return give_back(noted.error());
    }
    if (auto removed = remove_name(*place, *seen); !removed) return give_back(removed.error());
    return seen;
}

base::Result<QuarantinedFile> Vault::restore(const std::string& id) const {
    const auto unknown = [&] {
        return base::worded(base::fail(ErrorKind::not_found, "nothing is quarantined as {}", id),
                            "response.restore.none", {{"id", id}});
    };
    if (!journal::from_hex<16>(id)) return unknown();
    const auto text = read_small_file(item(id, ".about"), block_bytes);
    if (!text) return unknown();
    const auto about = parse_quarantined(*text);
    if (!about) return base::Failure(about.error());
    if (auto restored = restore_copy(*about); !restored) return base::Failure(restored.error());
    drop(id);
    return about;
}

base::Result<void> Vault::restore_copy(const QuarantinedFile& about) const {
    const auto place = find_place(about.path);
    if (!place) return base::Failure(place.error());
    const int folder = place->folder.get();
    const auto occupied = [&](int problem) {
        auto failure = base::fail_errno(problem, "restoring " + about.path);
        if (problem != EEXIST) return failure;
        failure.value().kind = ErrorKind::exists;
        return base::worded(std::move(failure), "response.restore.exists", {{"path", about.path}});
    };
    if (const auto itself = find_again(*place, about); itself.valid()) {
        const std::string link = fmt::format("/proc/self/fd/{}", itself.get());
        if (::linkat(AT_FDCWD, link.c_str(), folder, place->name.c_str(), AT_SYMLINK_FOLLOW) != 0) {
            return occupied(errno);
        }
        return dress(itself.get(), about);
    }
    const std::string aside = ".shoji-restore-" + about.id;
    ::unlinkat(folder, aside.c_str(), 0);  // of an attempt that was cut short
    const FileDescriptor file(::openat(folder, aside.c_str(),
                                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid()) return base::fail_errno(errno, "restoring " + about.path);
    const auto give_up = [&](base::Error error) {
        ::unlinkat(folder, aside.c_str(), 0);
        return base::Failure(std::move(error));
    };
    const auto digest = decrypt(about.id, file.get());
    if (!digest) return give_up(digest.error());
    if (*digest != about.digest) {
        return give_up(
            base::fail(ErrorKind::corrupt, "the quarantined file {} is damaged", about.id).value());
    }
    if (auto dressed = dress(file.get(), about); !dressed) return give_up(dressed.error());
    if (::renameat2(folder, aside.c_str(), folder, place->name.c_str(), RENAME_NOREPLACE) != 0) {
        return give_up(occupied(errno).value());
    }
    return {};
}

base::Result<std::vector<QuarantinedFile>> Vault::list() const {
    std::vector<QuarantinedFile> all;
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(folder_, problem), end; !problem && entry != end;
         entry.increment(problem)) {
        if (entry->path().extension() != ".about") continue;
        const auto text = read_small_file(entry->path(), block_bytes);
        if (!text) return base::Failure(text.error());
        auto file = parse_quarantined(*text);
        if (!file) return base::Failure(file.error());
        all.push_back(std::move(*file));
    }
    if (problem) return base::fail_errno(problem.value(), "reading the vault");
    std::ranges::sort(all, {}, &QuarantinedFile::id);
    return all;
}

}  // namespace shoji::response
