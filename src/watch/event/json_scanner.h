// Usual JSON documents read in one pass over their bytes, by what their keys were the last time:
// half the time that a parser takes which does not know what comes. What is unusual (escapes in
// keys, surrogates, deep nesting) and what is wrong is left to that parser, so that there is one
// judge of what JSON is: a document that this one reads, it reads as that one does.
#pragma once

#include "watch/event/json_fields.h"
#include "watch/event/json_keys.h"

#include <cstddef>
#include <memory>
#include <string_view>

namespace shoji::event {

class JsonScanner {
  public:
    // `keys` must outlive it. Objects in objects at most `most_depth` deep are usual.
    JsonScanner(JsonKeys& keys, std::size_t most_depth) : keys_(keys), most_depth_(most_depth) {}

    // True when `text` was read into `fields`, whose values are good until the next call or until
    // `text` goes. 64 bytes behind `text` must be readable.
    bool scan(std::string_view text, JsonFields& fields);

  private:
    struct Member;

    // Each takes where its part begins and gives what is behind it, or null. Nothing behind end_ is
    // taken for a part of the document.
    const char* object(const char* at, JsonKeys::Object& shape, std::size_t depth);
    const char* key(const char* at, JsonKeys::Object& shape, JsonKeys::Key*& key);
    const char* value(const char* at, const Member& member, std::size_t depth);
    const char* list(const char* at, const Member& member, std::size_t depth);
    const char* string(const char* at, std::string_view& value);
    const char* number(const char* at, const Member& member);
    const char* word(const char* at, const Member& member, std::string_view word, Type type);
    [[nodiscard]] const char* skip_blank(const char* at) const;
    [[nodiscard]] bool ends_value(const char* at) const;
    void make_room(std::size_t bytes);

    JsonKeys& keys_;
    std::size_t most_depth_;
    JsonFields* fields_ = nullptr;
    const char* end_ = nullptr;
    std::unique_ptr<char[]> room_;  // of strings with escapes
    std::size_t room_size_ = 0;
    char* room_at_ = nullptr;
};

}  // namespace shoji::event
