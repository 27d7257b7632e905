// A response that somebody signed elsewhere: in the hub, on behalf of a person. Pure: what was used
// already and what time it is are told.
//
// "SHOJIO1\n", length (32 bits) and form of the request, 16 bytes of id, the host (string of at
// most 255 bytes), when it was issued and when it expires (64 bits each, Unix seconds); then 1 or 2
// signatures: a count, and for each the signer's public key (32 bytes) and the Ed25519 signature
// (64 bytes) of all that stands before the count.
#pragma once

#include "core/journal/signing.h"
#include "watch/response/request.h"

#include <array>
#include <functional>
#include <set>

namespace shoji::response {

using OrderId = std::array<std::uint8_t, 16>;

struct Order {
    Request request;
    OrderId id{};
    std::string host;
    std::int64_t issued = 0;
    std::int64_t expires = 0;

    bool operator==(const Order&) const = default;
};

struct OrderSignature {
    journal::PublicKey key{};
    journal::Signature signature{};

    bool operator==(const OrderSignature&) const = default;
};

struct SignedOrder {
    Order order;
    std::vector<OrderSignature> signatures;

    bool operator==(const SignedOrder&) const = default;
};

constexpr std::size_t most_signatures = 2;
constexpr std::size_t most_order = most_request + 1024;  // bytes

// What is signed.
std::string order_body(const Order& order);
std::vector<std::uint8_t> encode_order(const SignedOrder& order);
base::Result<SignedOrder> decode_order(std::span<const std::uint8_t> bytes);

struct OrderSigner {
    journal::PublicKey key{};
    std::string name;
};

struct OrderPolicy {
    std::string host;
    std::vector<OrderSigner> signers;
    std::set<ActionKind> two_persons;  // these need two signers
};

// Orders live for a week at most, and may come from a clock that is five minutes ahead.
constexpr std::int64_t most_order_seconds = 7 * 24 * 3600;
constexpr std::int64_t most_ahead_seconds = 300;

// The names of those who signed, each once. `denied` where a signature does not hold, or is not of
// somebody that policy knows.
base::Result<std::vector<std::string>> check_signatures(const SignedOrder& order,
                                                        const OrderPolicy& policy);

// The request to carry out, its `by` told with the names of those who signed. `denied` with the
// reason otherwise.
base::Result<Request> check_order(const SignedOrder& order, const OrderPolicy& policy,
                                  std::int64_t now,
                                  const std::function<bool(const OrderId&)>& was_used);

}  // namespace shoji::response
