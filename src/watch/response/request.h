// What a response is asked to do, and its one binary form, which travels to the privileged process
// and is signed in orders. Pure. Little-endian; every size is bounded; the same request has one
// form only.
#pragma once

#include "core/base/bytes.h"
#include "core/base/result.h"
#include "core/journal/digest.h"
#include "watch/response/process.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::response {

enum class ActionKind : std::uint8_t {
    kill = 1,
    quarantine,
    restore,
    isolate,
    release,
    block,
    unblock,
    collect,
};
constexpr std::uint8_t most_kind = 8;
std::string_view name_of(ActionKind kind);
std::optional<ActionKind> kind_of(std::string_view name);

struct Action {
    ActionKind kind = ActionKind::kill;
    ProcessId process{};  // kill, collect; number 0: none. start 0: whoever has the number when it
                          // is done
    bool tree = true;     // kill
    bool memory = false;  // collect
    std::string path{};   // quarantine, block, unblock; at most 4095 bytes
    std::optional<journal::Digest> digest{};  // block, unblock; quarantine: only with this content
    std::optional<std::uint64_t> size{};      // block: of the file with that digest
    std::string item{};                       // restore: 32 hexadecimal digits
    std::vector<std::string> files{};         // collect; at most 256

    bool operator==(const Action&) const = default;
};

struct Request {
    Action action;
    std::string reason;  // 1 to 1000 bytes, printable
    std::string by;      // 1 to 200 bytes, printable
    bool dry_run = false;

    bool operator==(const Request&) const = default;
};

constexpr std::size_t most_request = std::size_t{60} << 10U;  // bytes of its form

// `invalid` for one that lacks what its kind needs, or has what its kind has no use for.
base::Result<void> check_request(const Request& request);
// Precondition: check_request() passes.
std::vector<std::uint8_t> encode_request(const Request& request);
// Checked.
base::Result<Request> decode_request(std::span<const std::uint8_t> bytes);

}  // namespace shoji::response
