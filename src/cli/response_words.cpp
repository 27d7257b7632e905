#include "cli/response_words.h"

#include "cli/told.h"
#include "core/base/random.h"
#include "core/journal/hex.h"

namespace shoji::cli {
namespace {

namespace json = boost::json;

std::vector<std::pair<std::string, std::string>> values_of(const json::object& told) {
    std::vector<std::pair<std::string, std::string>> values;
    const auto* given = told.if_contains("values");
    if (given == nullptr || !given->is_object()) return values;
    for (const auto& [name, value] : given->get_object()) {
        if (value.is_string()) values.emplace_back(name, value.get_string());
    }
    return values;
}

using Sentence = std::pair<std::string, std::vector<std::pair<std::string, std::string>>>;

std::vector<Sentence> sentences_of(const json::object& object) {
    std::vector<Sentence> sentences;
    const auto* told = object.if_contains("told");
    if (told == nullptr || !told->is_array()) return sentences;
    for (const auto& one : told->get_array()) {
        if (!one.is_object()) continue;
        auto key = text_of(one.get_object(), "key");
        if (key.starts_with("response."))
            sentences.emplace_back(std::move(key), values_of(one.get_object()));
    }
    return sentences;
}

}  // namespace

base::Result<response::Request> request_of(const RespondRequest& wished) {
    response::Request request{wished.action, wished.reason, wished.by, wished.dry_run};
    if (request.action.kind == response::ActionKind::kill) request.action.tree = !wished.alone;
    if (!wished.sha256.empty()) {
        const auto digest = journal::from_hex<32>(wished.sha256);
        if (!digest) {
            return base::worded(base::fail(base::ErrorKind::invalid, "it is no SHA-256"),
                                "response.bad_sha256", {{"value", wished.sha256}});
        }
        request.action.digest = *digest;
    }
    if (wished.size > 0) request.action.size = wished.size;
    if (auto good = response::check_request(request); !good) return base::Failure(good.error());
    return request;
}

std::string target_of(const response::Action& action) {
    std::string text;
    const auto add = [&](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
    if (action.process.number != 0) add(std::to_string(action.process.number));
    if (!action.path.empty()) add(action.path);
    if (action.digest) add(base::to_hex(*action.digest));
    if (!action.item.empty()) add(action.item);
    for (const auto& file : action.files) add(file);
    return text.empty() ? "-" : text;
}

std::string text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    if (value == nullptr) return {};
    if (value->is_string()) return std::string(value->as_string());
    return value->is_int64() ? std::to_string(value->as_int64()) : std::string();
}

Exit show_outcome(const Context& context, const base::Result<json::value>& answer) {
    auto& output = context.output;
    if (!answer) return output.fail(answer.error());
    output.result(*answer);
    if (output.json() || !answer->is_object()) return Exit::done;
    const auto& object = answer->as_object();
    for (const auto& [key, values] : sentences_of(object)) output.say_values(key, values);
    const std::string undo = text_of(object, "undo");
    if (!undo.empty()) output.say("response.undo", {{"command", undo}});
    return Exit::done;
}

std::string sentence_of(const base::Result<json::value>& answer, text::Language language) {
    if (!answer) return told(answer.error(), language);
    if (!answer->is_object()) return {};
    const auto sentences = sentences_of(answer->get_object());
    if (sentences.empty()) return {};
    return text::say(language, sentences[0].first, std::span(sentences[0].second));
}

}  // namespace shoji::cli
