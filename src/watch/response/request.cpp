#include "watch/response/request.h"

#include "core/base/printable.h"
#include "core/journal/hex.h"

#include <algorithm>
#include <array>

namespace shoji::response {
namespace {

constexpr std::uint8_t version = 1;
constexpr std::size_t most_path = 4095;
constexpr std::size_t most_files = 256;
constexpr std::size_t most_reason = 1000;
constexpr std::size_t most_by = 200;

constexpr std::uint8_t with_tree = 1;
constexpr std::uint8_t with_memory = 2;
constexpr std::uint8_t with_dry_run = 4;
constexpr std::uint8_t with_digest = 8;
constexpr std::uint8_t with_size = 16;

constexpr std::array<std::string_view, most_kind> names{
    "kill", "quarantine", "restore", "isolate", "release", "block", "unblock", "collect"};

// `what`: the end of a key of the catalogue.
base::Failure wrong(std::string_view what) {
    return base::worded(base::fail(base::ErrorKind::invalid, "not a request: its {}", what),
                        fmt::format("response.bad.{}", what));
}

bool is_path(const std::string& path) {
    return path.starts_with('/') && path.size() <= most_path &&
           path.find('\0') == std::string::npos;
}

// What each kind may have; the rest must be as it is in a new Action.
base::Result<void> check_action(const Action& action) {
    const auto is = [&](std::initializer_list<ActionKind> kinds) {
        return std::ranges::find(kinds, action.kind) != kinds.end();
    };
    const bool block = is({ActionKind::block, ActionKind::unblock});
    if (action.process.number < 0) return wrong("process");
    if (is({ActionKind::kill}) && action.process.number == 0) return wrong("process");
    if (!is({ActionKind::kill, ActionKind::collect}) && action.process != ProcessId{})
        return wrong("process");
    if (!is({ActionKind::kill}) && !action.tree) return wrong("tree");
    if (!is({ActionKind::collect}) && (action.memory || !action.files.empty()))
        return wrong("collect");
    if (is({ActionKind::quarantine}) && !is_path(action.path)) return wrong("path");
    if (block && action.path.empty() == !action.digest.has_value()) return wrong("target");
    if (!action.path.empty() &&
        !(is_path(action.path) && (block || is({ActionKind::quarantine})))) {
        return wrong("path");
    }
    if (action.digest && !block && !is({ActionKind::quarantine})) return wrong("digest");
    if (action.size && !(block && action.digest)) return wrong("size");
    if (is({ActionKind::restore}) != journal::from_hex<16>(action.item).has_value())
        return wrong("item");
    if (!is({ActionKind::restore}) && !action.item.empty()) return wrong("item");
    if (action.files.size() > most_files || !std::ranges::all_of(action.files, is_path))
        return wrong("files");
    return {};
}

}  // namespace

std::string_view name_of(ActionKind kind) {
    return names.at(static_cast<std::size_t>(kind) - 1);
}

std::optional<ActionKind> kind_of(std::string_view name) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<ActionKind>(found - names.begin() + 1);
}

base::Result<void> check_request(const Request& request) {
    if (auto good = check_action(request.action); !good) return good;
    if (request.reason.empty() || request.reason.size() > most_reason ||
        !base::is_printable(request.reason)) {
        return wrong("reason");
    }
    if (request.by.empty() || request.by.size() > most_by || !base::is_printable(request.by)) {
        return wrong("by");
    }
    std::size_t bytes = 0;
    for (const auto& file : request.action.files) bytes += file.size() + 2;
    // With all else that a request can hold.
    if (bytes > most_request - 8192) return wrong("files");
    return {};
}

std::vector<std::uint8_t> encode_request(const Request& request) {
    const Action& action = request.action;
    base::ByteWriter writer;
    writer.write(version);
    writer.write(static_cast<std::uint8_t>(action.kind));
    unsigned flags = 0;
    if (action.tree) flags |= with_tree;
    if (action.memory) flags |= with_memory;
    if (request.dry_run) flags |= with_dry_run;
    if (action.digest) flags |= with_digest;
    if (action.size) flags |= with_size;
    writer.write(static_cast<std::uint8_t>(flags));
    writer.write(action.process.number);
    writer.write(action.process.start);
    writer.write_string(action.path);
    if (action.digest) writer.write_bytes(*action.digest);
    if (action.size) writer.write(*action.size);
    writer.write_string(action.item);
    writer.write(static_cast<std::uint16_t>(action.files.size()));
    for (const auto& file : action.files) writer.write_string(file);
    writer.write_string(request.reason);
    writer.write_string(request.by);
    return writer.take();
}

base::Result<Request> decode_request(std::span<const std::uint8_t> bytes) {
    if (bytes.size() > most_request) return wrong("form");
    base::ByteReader reader(bytes);
    if (reader.read<std::uint8_t>() != version) return wrong("form");
    const auto kind = reader.read<std::uint8_t>();
    if (kind < 1 || kind > most_kind) return wrong("form");
    const auto flags = reader.read<std::uint8_t>();
    if (flags > (with_tree | with_memory | with_dry_run | with_digest | with_size))
        return wrong("form");
    Request request;
    Action& action = request.action;
    action.kind = static_cast<ActionKind>(kind);
    action.tree = (flags & with_tree) != 0;
    action.memory = (flags & with_memory) != 0;
    request.dry_run = (flags & with_dry_run) != 0;
    action.process.number = reader.read<std::int32_t>();
    action.process.start = reader.read<std::uint64_t>();
    action.path = reader.read_string(most_path);
    if ((flags & with_digest) != 0) {
        journal::Digest digest{};
        const auto from = reader.read_bytes(digest.size());
        std::copy(from.begin(), from.end(), digest.begin());
        action.digest = digest;
    }
    if ((flags & with_size) != 0) action.size = reader.read<std::uint64_t>();
    constexpr std::size_t item_digits = 32;
    action.item = reader.read_string(item_digits);
    const auto files = reader.read<std::uint16_t>();
    if (files > most_files) return wrong("files");
    for (std::size_t i = 0; i < files && reader.ok(); ++i)
        action.files.emplace_back(reader.read_string(most_path));
    request.reason = reader.read_string(most_reason);
    request.by = reader.read_string(most_by);
    if (!reader.finished()) return wrong("form");
    if (auto good = check_request(request); !good) return base::Failure(good.error());
    return request;
}

}  // namespace shoji::response
