#include "watch/event/json_keys.h"

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

TEST(JsonKeys, KeepsWhatItFoundOut) {
    Names names;
    JsonKeys keys(names);
    auto& first = keys.key(keys.top(), "EventID");
    EXPECT_EQ(first.id, field::event_id);
    EXPECT_TRUE(first.kept);
    const auto* text = first.name.data();
    for (int i = 0; i < 100; ++i) keys.key(keys.top(), "k" + std::to_string(i));
    EXPECT_EQ(keys.key(keys.top(), "EventID").name.data(), text) << "it has not moved";
}

// The likely key at the beginning of `rest`, by its text; "" when there is none.
std::string likely(JsonKeys::Object& object, std::string_view rest) {
    std::string padded(rest);
    padded.resize(rest.size() + json_step);
    const auto* key = JsonKeys::likely_key(object, {padded.data(), rest.size()});
    return key == nullptr ? "" : key->text;
}

TEST(JsonKeys, LooksFirstAtTheKeyThatCameNext) {
    Names names;
    JsonKeys keys(names);
    auto& top = keys.top();
    for (const auto* text : {"a", "bc", "d\\e"}) keys.key(top, text);
    JsonKeys::begin(top);
    EXPECT_EQ(likely(top, "ab\":1"), "");
    EXPECT_EQ(likely(top, "a"), "") << "the document ends";
    EXPECT_EQ(likely(top, "a\":1"), "a");
    EXPECT_EQ(likely(top, "a\":1"), "") << "the next one is bc";
    EXPECT_EQ(likely(top, "bc\":1"), "bc");
    EXPECT_EQ(likely(top, "d\\e\":1"), "") << "it stands otherwise in JSON";
}

TEST(JsonKeys, RemembersSeveralThatCameNext) {
    Names names;
    JsonKeys keys(names);
    auto& top = keys.top();
    const std::string long_key(40, 'k');
    for (const auto& next : {std::string("b"), long_key, std::string("d")}) {
        JsonKeys::begin(top);
        keys.key(top, "a");
        keys.key(top, next);
    }
    for (const auto& next : {std::string("b"), long_key, std::string("d")}) {
        JsonKeys::begin(top);
        EXPECT_EQ(likely(top, "a\":1"), "a");
        EXPECT_EQ(likely(top, next + "\":1"), next);
    }
    JsonKeys::begin(top);
    EXPECT_EQ(likely(top, "a\":1"), "a");
    EXPECT_EQ(likely(top, std::string(39, 'k') + "l\":1"), "");
}

TEST(JsonKeys, NamesFollowTheObjects) {
    Names names;
    JsonKeys keys(names);
    auto& top = keys.top();
    auto* host = JsonKeys::inner(top, keys.key(top, "host"));
    ASSERT_NE(host, nullptr);
    EXPECT_EQ(keys.key(*host, "name").name, "host.name");
    auto* winlog = JsonKeys::inner(top, keys.key(top, "winlog"));
    EXPECT_EQ(keys.key(*winlog, "event_id").name, "EventID");
    auto* data = JsonKeys::inner(*winlog, keys.key(*winlog, "event_data"));
    EXPECT_EQ(keys.key(*data, "Source Name").name, "SourceName");
}

// Documents with ever new keys: what finds no room is worked out each time, and is the same.
TEST(JsonKeys, IsOfOneSizeWhateverComes) {
    Names names;
    JsonKeys keys(names);
    auto& top = keys.top();
    std::size_t kept = 0;
    for (std::size_t i = 0; i < 3 * JsonKeys::most_keys; ++i) {
        const auto name = std::to_string(i % 300);
        auto* object = JsonKeys::inner(top, keys.key(top, name));
        ASSERT_NE(object, nullptr);
        const auto& key = keys.key(*object, std::to_string(i));
        EXPECT_EQ(key.name, name + "." + std::to_string(i));
        kept += key.kept ? 1 : 0;
    }
    EXPECT_GT(kept, JsonKeys::most_keys / 2);
    EXPECT_LE(kept, JsonKeys::most_keys);
    const std::string large(JsonKeys::most_kept_name + 1, 'x');
    EXPECT_FALSE(keys.key(top, large).kept);
}

TEST(JsonKeys, LongNamesEnd) {
    Names names;
    JsonKeys keys(names);
    const std::string part(100, 'x');
    auto* object = &keys.top();
    std::size_t depth = 0;
    while (object != nullptr && depth < 100) {
        object = JsonKeys::inner(*object, keys.key(*object, part));
        ++depth;
    }
    EXPECT_EQ(object, nullptr);
    EXPECT_LE(depth, JsonKeys::most_name / part.size() + 1);
}

}  // namespace
}  // namespace shoji::event
