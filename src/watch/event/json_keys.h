// What the keys of JSON documents stand for: the name and number of the field, or the object that
// begins there. Documents have the same keys in the same order again and again, so what was found
// out once is kept, in a tree as the documents are, and the key that came next the last time is
// looked at first. The tree's size is bounded; keys that find no room in it are worked out each
// time.
#pragma once

#include "watch/event/names.h"

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::event {

class JsonKeys {
  public:
    // Of all kept ones together, and of one object.
    static constexpr std::size_t most_keys = 4096;
    static constexpr std::size_t most_in_object = 128;
    static constexpr std::size_t most_kept_name = 256;  // bytes
    static constexpr std::size_t most_name = 1024;      // bytes

    // Where in a document an object is.
    enum class Scope : std::uint8_t {
        top,
        event,           // inside "Event"
        system,          // inside "System"
        system_element,  // inside one of its elements
        data,            // names stand as they are
        user_data,       // inside "UserData": one element whose contents are data
        winlog,
        other,  // names are joined by dots
    };

    struct Object;
    struct Key {
        std::string text;
        std::string name;  // of the field
        FieldId id = other_field;
        bool kept = false;  // `name` lives as long as this; else until the next key of its object
        std::unique_ptr<Object> object;
    };
    struct Object {
        Scope scope = Scope::top;
        std::string prefix;  // of the names of fields
        bool kept = false;
        std::deque<Key> keys;
        std::size_t likely = 0;  // the index of the key that is looked at first
        Key other;               // one that found no room
    };

    // `names` must outlive it, and not grow any more when the first document is read.
    explicit JsonKeys(const Names& names);

    [[nodiscard]] Object& top() { return top_; }
    // The key that came next the last time, when `rest` of the document, behind a quotation mark,
    // begins with it and another mark; else null.
    static Key* likely_key(Object& object, std::string_view rest) {
        if (object.likely >= object.keys.size()) return nullptr;
        auto& key = object.keys[object.likely];
        const auto size = key.text.size();
        if (rest.size() <= size || rest[size] != '"' || !rest.starts_with(key.text)) return nullptr;
        ++object.likely;
        return &key;
    }
    // Good until the next call for the same object.
    Key& key(Object& object, std::string_view text);
    // The object that stands under the key `text` of `outer`; null when its name would be too long.
    static Object* inner(const Object& outer, Key& key, std::string_view text);

  private:
    const Names& names_;
    Object top_;
    std::size_t kept_ = 0;
};

}  // namespace shoji::event
