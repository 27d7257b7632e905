// Orders as files: made, signed by one person or two, shown. Keys are read from files that their
// owner alone may read, and never come by the command line.
#include "cli/commands.h"
#include "cli/files.h"
#include "cli/order_words.h"
#include "cli/response_words.h"
#include "core/base/random.h"
#include "core/journal/signing.h"

#include <algorithm>
#include <chrono>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::ErrorKind;
using response::SignedOrder;

std::int64_t seconds_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

base::Result<void> write_order(const std::filesystem::path& file, const SignedOrder& order) {
    const auto bytes = response::encode_order(order);
    return write_file(file, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, 0644, {});
}

void sign(SignedOrder& order, const journal::SigningKey& key) {
    order.signatures.push_back({key.public_key(), key.sign(response::order_body(order.order))});
}

Exit show(const Context& context, const SignedOrder& order) {
    context.output.result(order_json(order));
    show_order(context.output, order);
    return Exit::done;
}

}  // namespace

Exit run_order_key(const Context& context, const std::filesystem::path& file) {
    auto& output = context.output;
    const auto key = journal::SigningKey::generate();
    if (auto saved = key.save(file); !saved) return output.fail(saved.error());
    const auto text = journal::to_text(key.public_key());
    const auto line = text.substr(0, text.find('\n'));
    output.result(json::object{{"file", file.native()}, {"key", line}});
    output.say("order.key.made", {{"file", file.native()}});
    output.say("order.key.public", {{"key", line}});
    return Exit::done;
}

Exit run_order_make(const Context& context, const OrderRequest& wished) {
    auto& output = context.output;
    auto request = request_of(wished.response);
    if (!request) return output.fail(request.error());
    constexpr std::size_t most_host = 255;
    if (wished.host.empty() || wished.host.size() > most_host) {
        return output.fail(Exit::usage, "order.bad_host");
    }
    const auto& action = request->action;
    if (action.kind == response::ActionKind::kill && action.process.start == 0) {
        output.warn("order.no_start", {{"pid", std::to_string(action.process.number)}});
    }
    const auto key = journal::SigningKey::load(wished.key);
    if (!key) return output.fail(key.error());
    if (std::filesystem::exists(wished.file)) {
        return output.fail(Exit::refused, "order.exists", {{"file", wished.file.native()}});
    }
    constexpr std::int64_t hour = 3600;
    SignedOrder order;
    order.order.request = std::move(*request);
    order.order.host = wished.host;
    order.order.issued = seconds_now();
    order.order.expires = order.order.issued + wished.hours * hour;
    base::fill_random(order.order.id);
    sign(order, *key);
    if (auto written = write_order(wished.file, order); !written)
        return output.fail(written.error());
    return show(context, order);
}

base::Result<SignedOrder> read_order(const std::filesystem::path& file) {
    const auto text = read_file(file, response::most_order);
    if (!text) return base::Failure(text.error());
    return response::decode_order(
        {reinterpret_cast<const std::uint8_t*>(text->data()), text->size()});
}

Exit run_order_sign(const Context& context, const std::filesystem::path& file,
                    const std::filesystem::path& key_file) {
    auto& output = context.output;
    auto order = read_order(file);
    if (!order) return output.fail(order.error());
    const auto key = journal::SigningKey::load(key_file);
    if (!key) return output.fail(key.error());
    const auto own = key->public_key();
    if (std::ranges::find(order->signatures, own, &response::OrderSignature::key) !=
        order->signatures.end()) {
        return output.fail(Exit::refused, "order.signed_already");
    }
    // Nobody signs beside a signature that does not hold.
    if (!std::ranges::all_of(order->signatures,
                             [&](const auto& one) { return signature_holds(*order, one); })) {
        return output.fail(Exit::refused, "response.order.signature");
    }
    if (order->signatures.size() >= response::most_signatures) {
        return output.fail(Exit::refused, "order.full");
    }
    if (seconds_now() >= order->order.expires) {
        return output.fail(Exit::refused, "response.order.expired");
    }
    sign(*order, *key);
    if (auto written = write_order(file, *order); !written) return output.fail(written.error());
    return show(context, *order);
}

Exit run_order_show(const Context& context, const std::filesystem::path& file) {
    const auto order = read_order(file);
    if (!order) return context.output.fail(order.error());
    show(context, *order);
    const bool good = std::ranges::all_of(
        order->signatures, [&](const auto& one) { return signature_holds(*order, one); });
    return good ? Exit::done : Exit::negative;
}

}  // namespace shoji::cli
