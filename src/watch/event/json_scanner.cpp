#include "watch/event/json_scanner.h"

#include "watch/event/json_string.h"

#include <algorithm>
#include <cstring>

#include <simdjson.h>

namespace shoji::event {
namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool is_of_number(char c) {
    return (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E';
}

}  // namespace

// What stands under a key of an object.
struct JsonScanner::Member {
    JsonKeys::Object& shape;
    JsonKeys::Key& key;
};

bool JsonScanner::scan(std::string_view text, JsonFields& fields) {
    fields_ = &fields;
    end_ = text.data() + text.size();
    make_room(text.size() + json_step);
    JsonKeys::begin(keys_.top());
    const char* at = skip_blank(text.data());
    if (at >= end_ || *at != '{') return false;
    at = object(at + 1, keys_.top(), 0);
    return at != nullptr && skip_blank(at) == end_ &&
           simdjson::validate_utf8(text.data(), text.size());
}

// One long document does not hold its memory for good.
void JsonScanner::make_room(std::size_t bytes) {
    constexpr std::size_t usual = 65536;
    if (room_size_ < bytes || (room_size_ > usual && bytes <= usual)) {
        room_size_ = std::max(bytes, usual);
        room_ = std::make_unique_for_overwrite<char[]>(room_size_);
    }
    room_at_ = room_.get();
}

// What is behind end_ is readable, but nothing of the document.
inline const char* JsonScanner::skip_blank(const char* at) const {
    if (static_cast<unsigned char>(*at) > ' ') return at;
    while (at < end_ && is_blank(*at)) ++at;
    return at;
}

// Only at what may stand behind a value: `12abc` is not for this reader.
bool JsonScanner::ends_value(const char* at) const {
    return at < end_ && (*at == ',' || *at == '}' || *at == ']' || is_blank(*at));
}

// From behind the opening quotation mark to behind the closing one.
inline const char* JsonScanner::string(const char* at, std::string_view& value) {
    const char* const stop = next_special(at, end_);
    if (stop >= end_) return nullptr;
    const auto plain = static_cast<std::size_t>(stop - at);
    if (*stop == '"') {
        value = {at, plain};
        return stop + 1;
    }
    if (*stop != '\\') return nullptr;
    char* const to = room_at_;
    std::memcpy(to, at, plain);
    const auto rest = unescape(stop, end_, to + plain);
    if (rest.behind == nullptr) return nullptr;
    value = {to, static_cast<std::size_t>(rest.end - to)};
    room_at_ = rest.end;
    return rest.behind;
}

// From behind the opening quotation mark to where the value begins.
inline const char* JsonScanner::key(const char* at, JsonKeys::Object& shape, JsonKeys::Key*& key) {
    const std::string_view rest(at, static_cast<std::size_t>(end_ - at));
    key = JsonKeys::likely_key(shape, rest);
    if (key == nullptr) {
        const char* stop = next_special(at, end_);
        if (stop >= end_ || *stop != '"') return nullptr;
        key = &keys_.key(shape, rest.substr(0, static_cast<std::size_t>(stop - at)));
    }
    at = skip_blank(at + key->quoted_size);
    if (at >= end_ || *at != ':') return nullptr;
    return skip_blank(at + 1);
}

const char* JsonScanner::object(const char* at, JsonKeys::Object& shape, std::size_t depth) {
    if (depth > most_depth_) return nullptr;
    at = skip_blank(at);
    if (at < end_ && *at == '}') return at + 1;
    while (at < end_ && *at == '"') {
        JsonKeys::Key* name = nullptr;
        at = key(at + 1, shape, name);
        if (at == nullptr || at >= end_) return nullptr;
        if (*at == '"') {
            std::string_view text;
            at = string(at + 1, text);
            fields_->add(*name, Type::text, text);
        } else {
            at = value(at, {shape, *name}, depth);
        }
        if (at == nullptr) return nullptr;
        at = skip_blank(at);
        if (at >= end_) return nullptr;
        if (*at == '}') return at + 1;
        if (*at != ',') return nullptr;
        at = skip_blank(at + 1);
    }
    return nullptr;
}

const char* JsonScanner::list(const char* at, const Member& member, std::size_t depth) {
    if (depth > most_depth_) return nullptr;
    at = skip_blank(at);
    if (at < end_ && *at == ']') return at + 1;
    while (at < end_) {
        at = value(at, member, depth + 1);
        if (at == nullptr) return nullptr;
        at = skip_blank(at);
        if (at >= end_) return nullptr;
        if (*at == ']') return at + 1;
        if (*at != ',') return nullptr;
        at = skip_blank(at + 1);
    }
    return nullptr;
}

// Precondition: it begins before end_.
const char* JsonScanner::value(const char* at, const Member& member, std::size_t depth) {
    switch (*at) {
        case '"': {
            std::string_view text;
            at = string(at + 1, text);
            fields_->add(member.key, Type::text, text);
            return at;
        }
        case '{': {
            auto* inner = JsonKeys::inner(member.shape, member.key);
            return inner == nullptr ? nullptr : object(at + 1, *inner, depth + 1);
        }
        case '[':
            return list(at + 1, member, depth);
        case 't':
            return word(at, member, "true", Type::boolean);
        case 'f':
            return word(at, member, "false", Type::boolean);
        case 'n':
            return word(at, member, "null", Type::null);
        default:
            return number(at, member);
    }
}

const char* JsonScanner::word(const char* at, const Member& member, std::string_view word,
                              Type type) {
    const std::string_view rest(at, static_cast<std::size_t>(end_ - at));
    if (!rest.starts_with(word)) return nullptr;
    at += word.size();
    if (!ends_value(at)) return nullptr;
    fields_->add(member.key, type, type == Type::null ? std::string_view() : word);
    return at;
}

const char* JsonScanner::number(const char* at, const Member& member) {
    const char* const begin = at;
    if (*at == '-') ++at;
    if (at >= end_ || *at < '0' || *at > '9') return nullptr;
    while (at < end_ && is_of_number(*at)) ++at;
    if (!ends_value(at)) return nullptr;
    fields_->add(member.key, Type::number, {begin, static_cast<std::size_t>(at - begin)});
    return at;
}

}  // namespace shoji::event
