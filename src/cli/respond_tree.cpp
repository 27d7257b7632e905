// The words of `shoji respond`.
#include "cli/command_tree.h"
#include "cli/command_word.h"

namespace shoji::cli {

// The words of each kind of response. `finish` gives a word the options that all have, and says
// what is done with the request.
void CommandTree::add_responses(Command& group, const FinishResponse& finish) {
    using response::ActionKind;
    const auto kept_for = [](ActionKind kind) {
        auto request = std::make_shared<RespondRequest>();
        request->action.kind = kind;
        return request;
    };
    auto kill = kept_for(ActionKind::kill);
    auto kill_word = group.word("kill");
    kill_word.take("process", kill->action.process.number)->required()->check(process_number());
    kill_word.take("--start", kill->action.process.start)->check(at_least(1));
    kill_word.take("--alone", kill->alone);
    finish(kill_word, kill);

    auto quarantine = kept_for(ActionKind::quarantine);
    auto quarantine_word = group.word("quarantine");
    quarantine_word.need("path", quarantine->action.path);
    quarantine_word.take("--sha256", quarantine->sha256);
    finish(quarantine_word, quarantine);

    auto restore = kept_for(ActionKind::restore);
    auto restore_word = group.word("restore");
    restore_word.need("id", restore->action.item);
    finish(restore_word, restore);

    for (const auto kind : {ActionKind::isolate, ActionKind::release}) {
        auto word = group.word(std::string(response::name_of(kind)));
        finish(word, kept_for(kind));
    }
    for (const auto kind : {ActionKind::block, ActionKind::unblock}) {
        auto request = kept_for(kind);
        auto word = group.word(std::string(response::name_of(kind)));
        word.take("--path", request->action.path);
        word.take("--sha256", request->sha256);
        if (kind == ActionKind::block) word.take("--size", request->size)->check(at_least(1));
        finish(word, request);
    }
    auto collect = kept_for(ActionKind::collect);
    auto collect_word = group.word("collect");
    collect_word.take("--process", collect->action.process.number)->check(process_number());
    collect_word.take("--memory", collect->action.memory);
    collect_word.take("--collected-file", collect->action.files)->expected(1)->take_all();
    finish(collect_word, collect);
}

void CommandTree::add_respond() {
    auto respond = root().group("respond");
    add_responses(respond, [](Command& command, const std::shared_ptr<RespondRequest>& request) {
        using response::ActionKind;
        request->runtime = default_runtime;
        command.need("--reason", request->reason);
        command.need("--by", request->by);
        command.take("--dry-run", request->dry_run);
        const auto kind = request->action.kind;
        if (kind == ActionKind::isolate || kind == ActionKind::block) {
            command.take("--yes", request->yes);
        }
        command.take("--runtime", request->runtime);
        command.runs([=](const Context& context) { return run_respond(context, *request); });
    });
    add_respond_rest(respond);
}

void CommandTree::add_respond_rest(Command& respond) {
    struct Values {
        std::filesystem::path runtime = default_runtime;
        std::string id;
        std::string by;
        std::filesystem::path file;
        std::filesystem::path key;
    };
    for (const bool approved : {true, false}) {
        auto values = std::make_shared<Values>();
        auto word = respond.word(approved ? "approve" : "refuse");
        word.need("id", values->id);
        word.need("--by", values->by);
        word.take("--runtime", values->runtime);
        word.runs([=](const Context& context) {
            return run_respond_decide(context, values->runtime, values->id, values->by, approved);
        });
    }
    // What waits stands in the status.
    for (const char* name : {"status", "pending"}) {
        auto values = std::make_shared<Values>();
        auto word = respond.word(name);
        word.take("--runtime", values->runtime);
        word.runs(
            [=](const Context& context) { return run_respond_status(context, values->runtime); });
    }
    auto order = std::make_shared<Values>();
    auto order_word = respond.word("order");
    order_word.need("file", order->file);
    order_word.take("--runtime", order->runtime);
    order_word.runs([=](const Context& context) {
        return run_respond_order(context, order->runtime, order->file);
    });
    auto verify = std::make_shared<Values>();
    auto verify_word = respond.word("verify");
    verify_word.need("archive", verify->file);
    verify_word.need("--evidence-key", verify->key);
    verify_word.runs([=](const Context& context) {
        return run_respond_verify(context, verify->file, verify->key);
    });
}

}  // namespace shoji::cli
