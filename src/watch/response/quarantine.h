// Files taken out of reach: moved into the vault, encrypted there, and put back as they were on
// command.
//
// A file is named by a path without symbolic links. What is there is opened once; content, owner,
// mode, times and extended attributes are taken from that descriptor, and the name is removed only
// while it still names that very file. Other names of it (hard links) cannot be found from here:
// they are counted and told, and none of them can be executed (its mode becomes 0) until restore()
// joins the name to them again.
//
// An item is "SHOJIQ1\n", libsodium's secretstream header (XChaCha20-Poly1305), then blocks of 64
// KiB, each with 17 bytes more; the last is marked. Its id is authenticated with the first. Beside
// it stands what restore() needs. The vault, its key (vault.key) and all items are root's alone.
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

#include <sys/stat.h>

namespace shoji::response {

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

    bool operator==(const QuarantinedFile&) const = default;
};

// The text beside an item. Bounded: 64 KiB.
std::string to_text(const QuarantinedFile& file);
base::Result<QuarantinedFile> parse_quarantined(std::string_view text);

class Vault {
  public:
    // Makes the folder (mode 0700) and its key where they are not there yet. `denied` where others
    // may read it.
    static base::Result<Vault> open(const std::filesystem::path& folder);

    // What would be taken; nothing is changed.
    static base::Result<QuarantinedFile> look(const std::string& path,
                                              const std::vector<FileId>& protection);
    // `expected`: only a file with this content. After an error the file is as it was.
    [[nodiscard]] base::Result<QuarantinedFile> take(
        const std::string& path, const std::vector<FileId>& protection,
        const std::optional<journal::Digest>& expected = {}) const;
    // `exists` where something else has that name now. The item goes when the file is back.
    [[nodiscard]] base::Result<QuarantinedFile> restore(const std::string& id) const;
    [[nodiscard]] base::Result<std::vector<QuarantinedFile>> list() const;

  private:
    using Key = std::array<std::uint8_t, 32>;
    Vault(std::filesystem::path folder, const Key& key) : folder_(std::move(folder)), key_(key) {}
    [[nodiscard]] base::Result<journal::Digest> encrypt(int from, const std::string& id) const;
    // `into` below 0: only checks.
    [[nodiscard]] base::Result<journal::Digest> decrypt(const std::string& id, int into) const;
    [[nodiscard]] std::filesystem::path item(const std::string& id, const char* kind) const;
    void drop(const std::string& id) const;
    [[nodiscard]] base::Result<void> restore_copy(const QuarantinedFile& about) const;

    std::filesystem::path folder_;
    Key key_;
};

// A folder and a name in it, reached without following any symbolic link.
struct Place {
    base::FileDescriptor folder;
    std::string name;
};
base::Result<Place> find_place(const std::string& path);

}  // namespace shoji::response
