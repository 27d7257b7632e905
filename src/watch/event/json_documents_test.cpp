#include "watch/event/json_documents.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::event {
namespace {

std::vector<std::string> documents(std::string_view text) {
    std::vector<std::string> all;
    JsonDocuments split(text);
    while (const auto document = split.next()) all.emplace_back(*document);
    return all;
}

TEST(JsonDocuments, SplitsLines) {
    EXPECT_THAT(documents("{\"a\":1}\r\n\n{\"b\":2}\nrubbish\n{\"c\":3}"),
                ::testing::ElementsAre("{\"a\":1}\r", "{\"b\":2}", "rubbish", "{\"c\":3}"));
}

TEST(JsonDocuments, SplitsObjectsOverSeveralLines) {
    EXPECT_THAT(documents("{\n \"a\": {\"b\": \"}\\\"{\"}\n}\n{\n}\n"),
                ::testing::ElementsAre("{\n \"a\": {\"b\": \"}\\\"{\"}\n}", "{\n}"));
}

TEST(JsonDocuments, SplitsOneList) {
    EXPECT_THAT(documents("\xef\xbb\xbf[{\"a\":1},\n {\"b\":2}]\n"),
                ::testing::ElementsAre("{\"a\":1}", "{\"b\":2}"));
}

TEST(JsonDocuments, GoesOnBehindWhatIsNeverClosed) {
    EXPECT_THAT(documents("{\n\"a\": \"x\n}\n{\"b\":2\n}"),
                ::testing::ElementsAre("{", "\"a\": \"x", "}", "{\"b\":2\n}"));
    EXPECT_THAT(documents("{\n\"a\\"), ::testing::ElementsAre("{", "\"a\\"));
    EXPECT_THAT(documents(""), ::testing::IsEmpty());
}

TEST(JsonDocuments, AListThatNeverEndsIsCut) {
    EXPECT_TRUE(JsonDocuments(R"([{"a":1},)").is_cut());
    EXPECT_TRUE(JsonDocuments("[").is_cut());
    EXPECT_FALSE(JsonDocuments("\xef\xbb\xbf [{\"a\":1}]\n").is_cut());
    EXPECT_FALSE(JsonDocuments(R"({"a":1})").is_cut());
    EXPECT_FALSE(JsonDocuments("").is_cut());
}

}  // namespace
}  // namespace shoji::event
