#include "core/policy/json_text.h"

#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>

namespace shoji::policy {
namespace {

namespace json = boost::json;
using base::ErrorKind;

// Counts the members that a text has, those of one name each by itself. Takes every event, as
// Boost's parser wants it.
struct MemberCounter {
    static constexpr std::size_t unlimited = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = unlimited;
    static constexpr std::size_t max_array_size = unlimited;
    static constexpr std::size_t max_key_size = unlimited;
    static constexpr std::size_t max_string_size = unlimited;
    using Text = json::string_view;
    using Problem = json::error_code;

    std::size_t members = 0;

    bool on_document_begin(Problem&) { return true; }
    bool on_document_end(Problem&) { return true; }
    bool on_object_begin(Problem&) { return true; }
    bool on_object_end(std::size_t count, Problem&) {
        members += count;
        return true;
    }
    bool on_array_begin(Problem&) { return true; }
    bool on_array_end(std::size_t, Problem&) { return true; }
    bool on_key_part(Text, std::size_t, Problem&) { return true; }
    bool on_key(Text, std::size_t, Problem&) { return true; }
    bool on_string_part(Text, std::size_t, Problem&) { return true; }
    bool on_string(Text, std::size_t, Problem&) { return true; }
    bool on_number_part(Text, Problem&) { return true; }
    bool on_int64(std::int64_t, Text, Problem&) { return true; }
    bool on_uint64(std::uint64_t, Text, Problem&) { return true; }
    bool on_double(double, Text, Problem&) { return true; }
    bool on_bool(bool, Problem&) { return true; }
    bool on_null(Problem&) { return true; }
    bool on_comment_part(Text, Problem&) { return true; }
    bool on_comment(Text, Problem&) { return true; }
};

// As deep as the parser allowed.
std::size_t members_of(const json::value& value) {
    std::size_t members = 0;
    if (const auto* object = value.if_object()) {
        members += object->size();
        for (const auto& member : *object) members += members_of(member.value());
    } else if (const auto* list = value.if_array()) {
        for (const auto& entry : *list) members += members_of(entry);
    }
    return members;
}

}  // namespace

base::Result<json::value> parse_json(std::string_view text, const JsonLimits& limits) {
    if (text.size() > limits.bytes) {
        return base::worded(
            base::fail(ErrorKind::invalid, "it is longer than {} bytes", limits.bytes),
            "admin.too_long", {{"limit", std::to_string(limits.bytes)}});
    }
    json::parse_options options;
    options.max_depth = limits.depth;
    json::error_code problem;
    json::value value = json::parse({text.data(), text.size()}, problem, {}, options);
    if (problem) {
        return base::worded(base::fail(ErrorKind::invalid, "it is no JSON: {}", problem.message()),
                            "admin.no_object");
    }
    json::basic_parser<MemberCounter> counter(options);
    counter.write_some(false, text.data(), text.size(), problem);
    if (problem || counter.handler().members != members_of(value)) {
        return base::worded(
            base::fail(ErrorKind::invalid, "an object has two members of the same name"),
            "admin.member.twice");
    }
    return value;
}

}  // namespace shoji::policy
