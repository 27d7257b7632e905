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

TEST(JsonKeys, LooksFirstAtTheKeyThatCameNext) {
    Names names;
    JsonKeys keys(names);
    auto& top = keys.top();
    for (const auto* text : {"a", "bc", "d\\e"}) keys.key(top, text);
    top.likely = 0;
    EXPECT_EQ(JsonKeys::likely_key(top, "ab\":1"), nullptr);
    EXPECT_EQ(JsonKeys::likely_key(top, "a"), nullptr) << "the document ends";
    ASSERT_NE(JsonKeys::likely_key(top, "a\":1"), nullptr);
    EXPECT_EQ(JsonKeys::likely_key(top, "a\":1"), nullptr) << "the next one is bc";
    ASSERT_NE(JsonKeys::likely_key(top, "bc\":1"), nullptr);
    EXPECT_EQ(JsonKeys::likely_key(top, "d\\e\":1"), nullptr) << "it stands otherwise in JSON";
}

TEST(JsonKeys, NamesFollowTheObjects) {
    Names names;
    JsonKeys keys(names);
    auto& top = keys.top();
    auto* host = JsonKeys::inner(top, keys.key(top, "host"), "host");
    ASSERT_NE(host, nullptr);
    EXPECT_EQ(keys.key(*host, "name").name, "host.name");
    auto* winlog = JsonKeys::inner(top, keys.key(top, "winlog"), "winlog");
    EXPECT_EQ(keys.key(*winlog, "event_id").name, "EventID");
    auto* data = JsonKeys::inner(*winlog, keys.key(*winlog, "event_data"), "event_data");
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
        auto* object = JsonKeys::inner(top, keys.key(top, name), name);
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
        object = JsonKeys::inner(*object, keys.key(*object, part), part);
        ++depth;
    }
    EXPECT_EQ(object, nullptr);
    EXPECT_LE(depth, JsonKeys::most_name / part.size() + 1);
}

}  // namespace
}  // namespace shoji::event
