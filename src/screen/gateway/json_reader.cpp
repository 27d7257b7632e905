#include "screen/gateway/json_reader.h"

#include "core/base/bytes.h"
#include "core/policy/json_text.h"

#include <boost/json/value.hpp>

namespace shoji::gateway {

base::Result<boost::json::object> parse_object(std::string_view text, std::size_t limit) {
    constexpr std::size_t deepest = 8;
    auto value = policy::parse_json(text, {limit, deepest});
    if (!value) return base::Failure(value.error());
    if (!value->is_object()) {
        return base::worded(base::fail(base::ErrorKind::invalid, "it is no JSON object"),
                            "admin.no_object");
    }
    return std::move(value->as_object());
}

const boost::json::value* ObjectReader::take(std::string_view key) {
    known_.emplace(key);
    return object_.if_contains({key.data(), key.size()});
}

void ObjectReader::refuse(std::string_view key, std::string_view what, std::string_view why,
                          Values values) {
    if (error_) return;
    values.emplace_back("member", key);
    error_ = base::Error{base::ErrorKind::invalid, fmt::format("'{}' {}", key, why),
                         fmt::format("admin.member.{}", what), std::move(values)};
}

std::optional<std::string> ObjectReader::optional_text(std::string_view key, std::size_t limit) {
    const boost::json::value* value = take(key);
    if (value == nullptr) return {};
    const boost::json::string* string = value->if_string();
    if (string == nullptr || string->size() > limit ||
        !base::is_utf8({string->data(), string->size()})) {
        refuse(key, "text", fmt::format("must be text of at most {} bytes", limit),
               {{"limit", std::to_string(limit)}});
        return {};
    }
    return std::string(string->data(), string->size());
}

std::string ObjectReader::text(std::string_view key, std::size_t limit) {
    auto found = optional_text(key, limit);
    if (!found) refuse(key, "missing", "is missing");
    return std::move(found).value_or("");
}

std::int64_t ObjectReader::number(std::string_view key, std::int64_t least, std::int64_t most) {
    const boost::json::value* value = take(key);
    const std::int64_t* number = value == nullptr ? nullptr : value->if_int64();
    if (number == nullptr || *number < least || *number > most) {
        refuse(key, "number", fmt::format("must be a whole number from {} to {}", least, most),
               {{"least", std::to_string(least)}, {"most", std::to_string(most)}});
        return least;
    }
    return *number;
}

const boost::json::object* ObjectReader::object(std::string_view key) {
    const boost::json::value* value = take(key);
    const boost::json::object* object = value == nullptr ? nullptr : value->if_object();
    if (object == nullptr) refuse(key, "object", "must be an object");
    return object;
}

base::Result<void> ObjectReader::finish() {
    for (const auto& member : object_) {
        if (!known_.contains(std::string_view(member.key().data(), member.key().size()))) {
            // The key is the sender's own text: it is not repeated.
            return base::worded(
                base::fail(base::ErrorKind::invalid, "it has a member that is not known"),
                "admin.member.unknown");
        }
    }
    if (error_) return base::Failure(*error_);
    return {};
}

}  // namespace shoji::gateway
