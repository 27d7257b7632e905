// The words of `shoji order`.
#include "cli/command_tree.h"
#include "cli/command_word.h"

namespace shoji::cli {

void CommandTree::add_order() {
    auto order = root().group("order");
    auto make = order.group("make").explained_as("respond");
    add_responses(make, [&](Command& command, const std::shared_ptr<RespondRequest>& response) {
        auto request = std::make_shared<OrderRequest>();
        command.need("--host", request->host);
        command.need("--order-file", request->file);
        command.need("--signing-key", request->key);
        command.take("--hours", request->hours)->check(between(1, 168));
        command.need("--reason", response->reason);
        command.need("--by", response->by);
        command.take("--dry-run", response->dry_run);
        command.runs([=](const Context& context) {
            OrderRequest wished = *request;
            wished.response = *response;
            return run_order_make(context, wished);
        });
    });

    struct Values {
        std::filesystem::path file;
        std::filesystem::path key;
        std::uint64_t number = 0;
    };
    auto values = std::make_shared<Values>();
    auto key = order.word("key");
    key.need("file", values->file);
    key.runs([=](const Context& context) { return run_order_key(context, values->file); });
    auto sign = order.word("sign");
    sign.need("file", values->file);
    sign.need("--signing-key", values->key);
    sign.runs(
        [=](const Context& context) { return run_order_sign(context, values->file, values->key); });
    auto show = order.word("show");
    show.need("file", values->file);
    show.runs([=](const Context& context) { return run_order_show(context, values->file); });
    auto send = order.word("send");
    send.need("file", values->file);
    send.runs([=](const Context& context) { return run_order_send(context, values->file); });
    order.word("list").runs(run_order_list);
    auto withdraw = order.word("withdraw");
    withdraw.take("number", values->number)->required()->check(at_least(1));
    withdraw.runs(
        [=](const Context& context) { return run_order_withdraw(context, values->number); });
}

}  // namespace shoji::cli
