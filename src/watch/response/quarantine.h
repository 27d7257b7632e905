// Files taken out of reach: moved into the vault, encrypted there, and put back as they were on
// command.
//
// A file is named by a path without symbolic links. What is there is opened once; content, owner,
// mode, times, flags and extended attributes are taken from that descriptor, and the name is
// removed only while it still names that very file. Other names of it (hard links) cannot be found
// from here: they are counted and told, and the file itself is emptied, so that nothing is left to
// execute by whatever name or descriptor, until restore() writes into it again.
//
// An item is "SHOJIQ1\n", libsodium's secretstream header (XChaCha20-Poly1305), then blocks of 64
// KiB, each with 17 bytes more; the last is marked. Its id is authenticated with the first. Beside
// it stands what restore() needs, written before the file is touched, with the step that it has
// come to: open() undoes or finishes what a crash has cut. The vault, its key (vault.key) and all
// items are root's alone.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "core/journal/digest.h"
#include "watch/response/process.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace shoji::response {

// A folder and a name in it, reached without following any symbolic link.
struct Place {
    base::FileDescriptor folder;
    std::string name;
};
base::Result<Place> find_place(const std::string& path);

enum class QuarantineStep : std::uint8_t {
    begun = 1,  // its mode may be 0; there is no whole copy yet
    sealed,     // the copy is whole; the name may be there
    removed,    // the name is gone; the file is not emptied, as it runs
    kept,
    restoring,
};

struct QuarantinedFile {
    std::string id;  // 32 hexadecimal digits
    std::string path;
    journal::Digest digest{};
    std::uint64_t size = 0;   // bytes
    std::uint64_t links = 1;  // names that it had
    FileId file;
    std::uint32_t owner = 0;
    std::uint32_t group = 0;
    std::uint32_t mode = 0;               // permission bits
    std::array<std::int64_t, 4> times{};  // read and written: seconds, nanoseconds each
    std::map<std::string, std::string> attributes;
    // How the file system finds the file without a name (open_by_handle_at(2)); empty: it cannot.
    std::int32_t handle_kind = 0;
    std::string handle;
    QuarantineStep step = QuarantineStep::kept;
    std::uint32_t flags = 0;       // immutable, append-only, as FS_IOC_GETFLAGS has them
    bool attributes_whole = true;  // false: some were too large to be kept

    bool operator==(const QuarantinedFile&) const = default;
};

// The text beside an item. What describes a file is never longer than what is read.
constexpr std::size_t most_about = std::size_t{4} << 20U;
std::string to_text(const QuarantinedFile& file);
base::Result<QuarantinedFile> parse_quarantined(std::string_view text);

struct VaultLimits {
    std::uint64_t file_bytes = std::uint64_t{1} << 30U;    // of one file
    std::uint64_t free_bytes = std::uint64_t{512} << 20U;  // left free on the vault's disk
};

struct VaultList {
    std::vector<QuarantinedFile> files;
    // What cannot be read, and files whose taking was cut off and not undone yet.
    std::vector<std::string> problems;
};

struct Restored {
    QuarantinedFile file;
    bool joined = true;   // false: its other names do not have the content again
    bool flagged = true;  // false: its flags could not be set again
};

class Vault {
  public:
    // Makes the folder (mode 0700) and its key where they are not there yet. `denied` where others
    // may read it. What a crash has cut is undone or finished; what cannot be is told in the log.
    static base::Result<Vault> open(const std::filesystem::path& folder, VaultLimits limits = {});

    // What would be taken; nothing is changed.
    [[nodiscard]] base::Result<QuarantinedFile> look(const std::string& path,
                                                     const std::vector<FileId>& protection) const;
    // `expected`: only a file with this content. After an error the file is as it was. `full` where
    // it is too large, or the disk has no room. Its step is `removed` where it could not be
    // emptied.
    [[nodiscard]] base::Result<QuarantinedFile> take(
        const std::string& path, const std::vector<FileId>& protection,
        const std::optional<journal::Digest>& expected = {}) const;
    // `exists` where something else has that name now. The item goes when the file is back.
    [[nodiscard]] base::Result<Restored> restore(const std::string& id) const;
    [[nodiscard]] base::Result<VaultList> list() const;

  private:
    using Key = std::array<std::uint8_t, 32>;
    Vault(std::filesystem::path folder, const Key& key, VaultLimits limits)
        : folder_(std::move(folder)), key_(key), limits_(limits) {}
    [[nodiscard]] base::Result<journal::Digest> encrypt(int from,
                                                        const QuarantinedFile& about) const;
    // `into` below 0: only checks.
    [[nodiscard]] base::Result<journal::Digest> decrypt(const std::string& id, int into) const;
    [[nodiscard]] base::Result<void> check_content(const QuarantinedFile& about, int into) const;
    [[nodiscard]] std::filesystem::path item(const std::string& id, const char* kind) const;
    [[nodiscard]] base::Result<void> note(const QuarantinedFile& about) const;
    [[nodiscard]] base::Result<QuarantinedFile> read(const std::string& id) const;
    void drop(const std::string& id) const;
    [[nodiscard]] base::Result<void> check_room(const QuarantinedFile& file) const;
    base::Result<void> copy(int file, QuarantinedFile& about,
                            const std::optional<journal::Digest>& expected) const;
    // Its name is gone: empties it, and notes how that ended.
    void settle(int file, QuarantinedFile& about) const;
    [[nodiscard]] base::Result<base::FileDescriptor> restore_itself(
        const Place& place, const QuarantinedFile& about, base::FileDescriptor file) const;
    [[nodiscard]] base::Result<base::FileDescriptor> restore_copy(
        const Place& place, const QuarantinedFile& about) const;
    static void take_again(const Place& place, const QuarantinedFile& about, int file);
    void repair() const;
    void repair_one(QuarantinedFile& about) const;
    void finish(const Place& place, QuarantinedFile& about) const;
    void undo(const Place& place, const QuarantinedFile& about) const;
    void repair_restore(const Place& place, QuarantinedFile& about) const;

    std::filesystem::path folder_;
    Key key_;
    VaultLimits limits_;
};

}  // namespace shoji::response
