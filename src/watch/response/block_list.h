// Which files may not run. Pure but for the look at what is at a blocked path now.
#pragma once

#include "core/base/result.h"
#include "core/journal/digest.h"
#include "watch/response/process.h"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::response {

// By the SHA-256 of what is in it, with its size in bytes where that is known; or by its path.
struct Block {
    std::optional<journal::Digest> digest;
    std::optional<std::uint64_t> size;
    std::string path;

    bool operator==(const Block&) const = default;
};

// "sha256 <64 digits> <size or ->" or "file <path>", a block a line; the path in hexadecimal, as a
// name may have line breaks.
std::string to_text(const std::vector<Block>& blocks);
base::Result<std::vector<Block>> parse_blocks(std::string_view text);
// `invalid` for a path that is not absolute, or a block of nothing.
base::Result<void> check_block(const Block& block);

class BlockList {
  public:
    explicit BlockList(const std::vector<Block>& blocks);

    // Looks anew at what is at the blocked paths. True when something has changed.
    bool look_at_paths();

    [[nodiscard]] bool empty() const { return digests_.empty() && paths_.empty(); }
    // A file of that size might be a blocked one.
    [[nodiscard]] bool may_be(std::uint64_t size) const;
    // A blocked file of an unknown size could be any.
    [[nodiscard]] bool any_size() const { return any_size_; }
    [[nodiscard]] std::set<std::uint64_t> sizes() const;
    [[nodiscard]] std::set<std::string> paths() const;
    [[nodiscard]] const std::set<journal::Digest>& digests() const { return digests_; }
    [[nodiscard]] bool has_path(const std::string& path, FileId file) const;
    [[nodiscard]] bool has_digest(const journal::Digest& digest) const {
        return digests_.contains(digest);
    }

  private:
    struct Seen {
        FileId file;
        std::uint64_t size = 0;
        bool operator==(const Seen&) const = default;
    };
    std::set<journal::Digest> digests_;
    std::set<std::uint64_t> sizes_;
    std::map<std::string, std::optional<Seen>> paths_;
    bool any_size_ = false;
};

}  // namespace shoji::response
