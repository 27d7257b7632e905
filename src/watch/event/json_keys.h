// What the keys of JSON documents stand for: the name and number of the field, or the object that
// begins there. Documents have the same keys in the same order again and again, so what was found
// out once is kept, in a tree as the documents are, and the keys that came next the last times are
// looked at first. The tree's size is bounded; keys that find no room in it are worked out each
// time.
#pragma once

#include "watch/event/json_string.h"
#include "watch/event/names.h"

#include <array>
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
    static constexpr std::size_t most_kept_key = 47;    // bytes
    static constexpr std::size_t most_kept_name = 256;  // bytes
    static constexpr std::size_t most_name = 1024;      // bytes

    static constexpr std::size_t memory_line = 64;  // bytes that come from memory at once

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
    struct Key;
    // The keys that came next the last times, the newest first; null behind the last one.
    using Next = std::array<Key*, 4>;
    // What is read for each key of each document stands in its first two lines of memory.
    struct alignas(memory_line) Key {
        // When it is kept: the text, a quotation mark, and zeros up to where is_same_text() reads.
        std::array<char, most_kept_key + 1> quoted{};
        std::uint32_t quoted_size : 31 = 0;  // of the text, with the mark
        // `name` lives as long as this; else until the next key of its object.
        bool kept : 1 = false;
        FieldId id = other_field;
        Next next{};
        std::string name;  // of the field
        std::unique_ptr<Object> object;
        std::string text;
    };
    struct Object {
        Scope scope = Scope::top;
        std::string prefix;  // of the names of fields
        bool kept = false;
        std::deque<Key> keys;
        Next first{};              // what its documents began with
        Next* expected = nullptr;  // what comes next, in the document that is read
        Key other;                 // one that found no room
    };

    // `names` must outlive it, and not grow any more when the first document is read.
    explicit JsonKeys(const Names& names);
    JsonKeys(const JsonKeys&) = delete;
    JsonKeys& operator=(const JsonKeys&) = delete;

    [[nodiscard]] Object& top() { return top_; }
    // Begins another object of that shape.
    static void begin(Object& object) { object.expected = &object.first; }
    // The key that is expected next, when `rest` of the document, behind a quotation mark, begins
    // with it and another mark; else null. json_step bytes behind `rest` must be readable.
    static Key* likely_key(Object& object, std::string_view rest) {
        for (Key* key : *object.expected) {
            if (key == nullptr) return nullptr;
            if (!stands_first(*key, rest)) continue;
            object.expected = &key->next;
            // While the value is read, what is known of the key behind it comes from memory.
            if (const auto* likely = reinterpret_cast<const char*>(key->next.front())) {
                __builtin_prefetch(likely);
                __builtin_prefetch(likely + memory_line);
            }
            return key;
        }
        return nullptr;
    }
    // Good until the next call for the same object.
    Key& key(Object& object, std::string_view text);
    // The object that stands under the key of `outer`; null when its name would be too long.
    static Object* inner(const Object& outer, Key& key);

  private:
    static_assert((most_kept_key + 1) % json_step == 0);
    static bool stands_first(const Key& key, std::string_view rest) {
        return rest.size() >= key.quoted_size &&
               is_same_text(key.quoted.data(), rest.data(), key.quoted_size);
    }

    const Names& names_;
    Object top_;
    std::size_t kept_ = 0;
};

}  // namespace shoji::event
