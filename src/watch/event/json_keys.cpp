#include "watch/event/json_keys.h"

#include <algorithm>

namespace shoji::event {
namespace {

using Scope = JsonKeys::Scope;

struct Inner {
    Scope scope;
    std::string_view key;
    Scope inside;
};
constexpr Inner envelopes[] = {
    {Scope::top, "Event", Scope::event},          {Scope::top, "winlog", Scope::winlog},
    {Scope::top, "event_data", Scope::data},      {Scope::top, "EventData", Scope::data},
    {Scope::event, "System", Scope::system},      {Scope::event, "EventData", Scope::data},
    {Scope::event, "UserData", Scope::user_data}, {Scope::winlog, "event_data", Scope::data},
    {Scope::winlog, "user_data", Scope::data},    {Scope::top, "System", Scope::system},
    {Scope::top, "UserData", Scope::user_data},
};

struct Renamed {
    Scope scope;
    std::string_view key;
    std::string_view name;
};
constexpr Renamed renames[] = {
    {Scope::winlog, "event_id", "EventID"},
    {Scope::winlog, "channel", "Channel"},
    {Scope::winlog, "provider_name", "Provider_Name"},
    {Scope::winlog, "computer_name", "Computer"},
    {Scope::winlog, "record_id", "EventRecordID"},
    {Scope::top, "event_id", "EventID"},
    {Scope::top, "log_name", "Channel"},
    {Scope::top, "computer_name", "Computer"},
    {Scope::top, "record_number", "EventRecordID"},
    {Scope::top, "source_name", "Provider_Name"},
    {Scope::top, "Hostname", "Computer"},
    {Scope::top, "SourceName", "Provider_Name"},
    {Scope::top, "RecordNumber", "EventRecordID"},
};

Scope inside(Scope scope, std::string_view key) {
    if (scope == Scope::data) return Scope::other;
    if (scope == Scope::user_data) return Scope::data;
    if (scope == Scope::system) return Scope::system_element;
    if (scope == Scope::system_element && key == "#attributes") return Scope::system_element;
    for (const auto& one : envelopes) {
        if (one.scope == scope && one.key == key) return one.inside;
    }
    return Scope::other;
}

std::string joined(const std::string& prefix, char by, std::string_view key) {
    std::string name = prefix;
    name += by;
    name += key;
    return name;
}

// The field's name as the event gives it.
std::string name_of(Scope scope, const std::string& prefix, std::string_view key) {
    switch (scope) {
        case Scope::data: {
            if (key == "#text") return "Data";
            // Windows Defender calls a field 'Source Name' that Sigma calls SourceName.
            std::string name(key);
            std::erase(name, ' ');
            return name;
        }
        case Scope::system:
        case Scope::event:
            return std::string(key);
        case Scope::system_element:
            return key == "#text" ? prefix : joined(prefix, '_', key);
        case Scope::other:
            return key == "#text" ? prefix : joined(prefix, '.', key);
        default:
            break;
    }
    for (const auto& one : renames) {
        if (one.scope == scope && one.key == key) return std::string(one.name);
    }
    return std::string(key);
}

std::string inner_prefix(const JsonKeys::Object& outer, Scope inner, std::string_view key) {
    if (inner == Scope::system_element) {
        return outer.scope == Scope::system ? std::string(key) : outer.prefix;
    }
    if (inner != Scope::other) return outer.prefix;
    return outer.prefix.empty() ? std::string(key) : joined(outer.prefix, '.', key);
}

void expect(JsonKeys::Next& next, JsonKeys::Key& key) {
    std::ranges::copy_backward(next.begin(), next.end() - 1, next.end());
    next.front() = &key;
}

}  // namespace

JsonKeys::JsonKeys(const Names& names) : names_(names) {
    top_.kept = true;
    begin(top_);
}

JsonKeys::Key& JsonKeys::key(Object& object, std::string_view text) {
    const auto known = std::ranges::find(object.keys, text, &Key::text);
    if (known != object.keys.end()) {
        expect(*object.expected, *known);
        object.expected = &known->next;
        return *known;
    }
    Key key;
    key.text = text;
    key.quoted_size = (static_cast<std::uint32_t>(text.size()) + 1) & 0x7fffffffU;
    key.name = name_of(object.scope, object.prefix, text);
    key.id = names_.field(key.name);
    // A key with a backslash stands otherwise in the document than it is meant.
    key.kept = object.kept && text.find('\\') == std::string_view::npos &&
               text.size() <= most_kept_key && key.name.size() <= most_kept_name &&
               object.keys.size() < most_in_object && kept_ < most_keys;
    if (!key.kept) {
        object.other = std::move(key);
        object.expected = &object.other.next;
        return object.other;
    }
    ++kept_;
    std::ranges::copy(text, key.quoted.begin());
    key.quoted[text.size()] = '"';
    expect(*object.expected, object.keys.emplace_back(std::move(key)));
    object.expected = &object.keys.back().next;
    return object.keys.back();
}

JsonKeys::Object* JsonKeys::inner(const Object& outer, Key& key) {
    if (key.object) {
        begin(*key.object);
        return key.object.get();
    }
    auto object = std::make_unique<Object>();
    object->scope = inside(outer.scope, key.text);
    object->prefix = inner_prefix(outer, object->scope, key.text);
    object->kept = key.kept && object->prefix.size() <= most_kept_name;
    if (object->prefix.size() > most_name) return nullptr;
    begin(*object);
    key.object = std::move(object);
    return key.object.get();
}

}  // namespace shoji::event
