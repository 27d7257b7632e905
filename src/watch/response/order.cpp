#include "watch/response/order.h"

#include <algorithm>

namespace shoji::response {
namespace {

constexpr std::string_view magic = "SHOJIO1\n";
constexpr std::size_t most_host = 255;

base::Failure wrong() {
    return base::worded(base::fail(base::ErrorKind::invalid, "not an order"), "response.order.bad");
}

base::Failure refused(const char* key, std::string_view why) {
    return base::worded(base::fail(base::ErrorKind::denied, "the order is refused: {}", why), key);
}

template <std::size_t Size>
void take(base::ByteReader& reader, std::array<std::uint8_t, Size>& into) {
    const auto from = reader.read_bytes(Size);
    std::copy(from.begin(), from.end(), into.begin());
}

}  // namespace

std::string order_body(const Order& order) {
    const auto request = encode_request(order.request);
    base::ByteWriter writer;
    writer.write_bytes({reinterpret_cast<const std::uint8_t*>(magic.data()), magic.size()});
    writer.write(static_cast<std::uint32_t>(request.size()));
    writer.write_bytes(request);
    writer.write_bytes(order.id);
    writer.write_string(order.host);
    writer.write(order.issued);
    writer.write(order.expires);
    const auto& bytes = writer.bytes();
    return {bytes.begin(), bytes.end()};
}

std::vector<std::uint8_t> encode_order(const SignedOrder& order) {
    const std::string body = order_body(order.order);
    base::ByteWriter writer;
    writer.write_bytes({reinterpret_cast<const std::uint8_t*>(body.data()), body.size()});
    writer.write(static_cast<std::uint8_t>(order.signatures.size()));
    for (const auto& one : order.signatures) {
        writer.write_bytes(one.key);
        writer.write_bytes(one.signature);
    }
    return writer.take();
}

base::Result<SignedOrder> decode_order(std::span<const std::uint8_t> bytes) {
    if (bytes.size() > most_order) return wrong();
    base::ByteReader reader(bytes);
    const auto first = reader.read_bytes(magic.size());
    if (!std::ranges::equal(first, magic, {}, {},
                            [](char c) { return static_cast<std::uint8_t>(c); }))
        return wrong();
    const auto length = reader.read<std::uint32_t>();
    if (length > most_request) return wrong();
    auto request = decode_request(reader.read_bytes(length));
    if (!request) return wrong();
    SignedOrder signed_order;
    signed_order.order.request = std::move(*request);
    take(reader, signed_order.order.id);
    signed_order.order.host = reader.read_string(most_host);
    signed_order.order.issued = reader.read<std::int64_t>();
    signed_order.order.expires = reader.read<std::int64_t>();
    const auto count = reader.read<std::uint8_t>();
    if (count < 1 || count > most_signatures) return wrong();
    for (std::size_t i = 0; i < count; ++i) {
        OrderSignature one;
        take(reader, one.key);
        take(reader, one.signature);
        signed_order.signatures.push_back(one);
    }
    if (!reader.finished()) return wrong();
    return signed_order;
}

base::Result<std::vector<std::string>> check_signatures(const SignedOrder& order,
                                                        const OrderPolicy& policy) {
    const std::string body = order_body(order.order);
    std::vector<std::string> names;
    for (const auto& one : order.signatures) {
        const auto signer = std::ranges::find(policy.signers, one.key, &OrderSigner::key);
        if (signer == policy.signers.end() ||
            !journal::verify_signature(one.key, body, one.signature)) {
            return refused("response.order.signature", "a signature does not hold");
        }
        if (std::ranges::find(names, signer->name) != names.end()) {
            return refused("response.order.signature", "one person signed twice");
        }
        names.push_back(signer->name);
    }
    return names;
}

base::Result<Request> check_order(const SignedOrder& order, const OrderPolicy& policy,
                                  std::int64_t now,
                                  const std::function<bool(const OrderId&)>& was_used) {
    const Order& one = order.order;
    // Who signed comes first: of others nothing is answered but that.
    const auto names = check_signatures(order, policy);
    if (!names) return base::Failure(names.error());
    if (names->empty()) return refused("response.order.signature", "nobody signed it");
    if (one.host != policy.host) return refused("response.order.host", "it is for another host");
    if (one.issued < 0 || one.expires <= one.issued ||
        one.expires - one.issued > most_order_seconds || one.issued > now + most_ahead_seconds) {
        return refused("response.order.time", "its times");
    }
    if (now >= one.expires) return refused("response.order.expired", "it has expired");
    if (policy.two_persons.contains(one.request.action.kind) && names->size() < 2) {
        return refused("response.order.second", "a second person has to sign it");
    }
    if (was_used(one.id)) return refused("response.order.used", "it was carried out already");
    Request request = one.request;
    constexpr std::size_t most_by = 200;
    std::string by = fmt::format("{} ({})", request.by, fmt::join(*names, ", "));
    if (by.size() <= most_by) request.by = std::move(by);
    return request;
}

}  // namespace shoji::response
