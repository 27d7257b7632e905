#include "watch/response/block_list.h"

#include "core/base/random.h"
#include "core/journal/hex.h"
#include "watch/response/quarantine.h"

#include <algorithm>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>

namespace shoji::response {

base::Result<void> check_block(const Block& block) {
    constexpr std::size_t most = 4096;
    const bool by_path = !block.path.empty();
    const bool good_path = block.path.starts_with('/') && block.path.size() < most &&
                           block.path.find('\0') == std::string::npos;
    if (by_path == block.digest.has_value() || (by_path && !good_path)) {
        return base::worded(
            base::fail(base::ErrorKind::invalid, "a block names an absolute path or a SHA-256"),
            "response.block.bad");
    }
    return {};
}

std::string to_text(const std::vector<Block>& blocks) {
    std::string text;
    for (const auto& block : blocks) {
        if (block.digest) {
            text += fmt::format("sha256 {} {}\n", base::to_hex(*block.digest),
                                block.size ? std::to_string(*block.size) : "-");
        } else {
            const std::span bytes(reinterpret_cast<const std::uint8_t*>(block.path.data()),
                                  block.path.size());
            text += "file " + base::to_hex(bytes) + "\n";
        }
    }
    return text;
}

base::Result<std::vector<Block>> parse_blocks(std::string_view text) {
    std::vector<Block> blocks;
    const auto wrong = [] {
        return base::fail(base::ErrorKind::corrupt, "the list of blocks is damaged");
    };
    while (!text.empty()) {
        const auto end = text.find('\n');
        if (end == std::string_view::npos) return wrong();
        const auto line = text.substr(0, end);
        text.remove_prefix(end + 1);
        Block block;
        constexpr std::size_t digits = 64;
        if (line.starts_with("file ")) {
            const auto path = journal::bytes_from_hex(line.substr(5));
            if (path) block.path.assign(path->begin(), path->end());
        } else if (line.starts_with("path ")) {  // of an earlier version
            block.path = line.substr(5);
        } else if (line.starts_with("sha256 ") && line.size() > 7 + digits + 1 &&
                   line[7 + digits] == ' ') {
            block.digest = journal::from_hex<32>(line.substr(7, digits));
            const auto size = line.substr(7 + digits + 1);
            std::uint64_t bytes = 0;
            const auto [stop, problem] =
                std::from_chars(size.data(), size.data() + size.size(), bytes);
            if (size != "-" && (problem != std::errc{} || stop != size.data() + size.size()))
                return wrong();
            if (size != "-") block.size = bytes;
        }
        if (!check_block(block)) return wrong();
        blocks.push_back(std::move(block));
    }
    return blocks;
}

BlockList::BlockList(const std::vector<Block>& blocks) {
    for (const auto& block : blocks) {
        if (!block.digest) {
            paths_[block.path];
            continue;
        }
        digests_.insert(*block.digest);
        if (block.size) {
            sizes_.insert(*block.size);
        } else {
            any_size_ = true;
        }
    }
    look_at_paths();
}

bool BlockList::look_at_paths() {
    bool changed = false;
    for (auto& [path, seen] : paths_) {
        // Links in it may have become others than when it was blocked, and lead to any file.
        const auto place = find_place(path);
        struct stat state {};
        std::optional<Seen> now;
        if (place &&
            ::fstatat(place->folder.get(), place->name.c_str(), &state, AT_SYMLINK_NOFOLLOW) == 0) {
            now = Seen{{state.st_dev, state.st_ino}, static_cast<std::uint64_t>(state.st_size)};
        }
        changed = changed || now != seen;
        seen = now;
    }
    return changed;
}

std::set<std::uint64_t> BlockList::sizes() const {
    auto all = sizes_;
    for (const auto& [path, seen] : paths_) {
        if (seen) all.insert(seen->size);
    }
    return all;
}

bool BlockList::may_be(std::uint64_t size) const {
    return any_size_ || sizes_.contains(size) || std::ranges::any_of(paths_, [&](const auto& one) {
               return one.second && one.second->size == size;
           });
}

std::set<std::string> BlockList::paths() const {
    std::set<std::string> all;
    for (const auto& [path, seen] : paths_) all.insert(path);
    return all;
}

bool BlockList::has_path(const std::string& path, FileId file) const {
    return paths_.contains(path) || std::ranges::any_of(paths_, [&](const auto& one) {
               return one.second && one.second->file == file;
           });
}

}  // namespace shoji::response
