#include "watch/detect/sigma/testing/piped_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::sigma::testing {
namespace {

using ::testing::HasSubstr;

std::string one(const std::string& item) {
    return "  s: {" + item + "}\n  condition: s\n";
}

const std::string md5 = "987B65CD9B9F4E9A1AFD8F8B48CF64A7";
const std::string sha1 = "5F1CBC3D99558307BC1250D084FA968521482025";

TEST(PipelineItems, HashesGetFieldsOfTheirOwn) {
    const std::string hashes =
        "- {type: hashes_fields, valid_hash_algos: [MD5, SHA1], field_prefix: File}\n";
    const PipedRule rule(
        hashes, one("Hashes|contains: ['SHA1=" + sha1 + "', 'md5=" + md5 + "', 'IMPHASH=1']"));
    EXPECT_TRUE(rule.matches({{"FileMD5", md5}}));
    EXPECT_TRUE(rule.matches({{"FileSHA1", sha1}}));
    EXPECT_FALSE(rule.matches({{"FileSHA1", md5}}));
    EXPECT_FALSE(rule.matches({{"Hashes", "MD5=" + md5}}));
    EXPECT_FALSE(rule.matches({{"FileIMPHASH", "1"}}));
    EXPECT_TRUE(PipedRule(hashes, one("Hash: '" + sha1 + "'")).matches({{"FileSHA1", sha1}}))
        << "its length says what it is";
    EXPECT_TRUE(PipedRule(hashes, one("Hash: 'MD5|" + md5 + "'")).matches({{"FileMD5", md5}}));
    EXPECT_TRUE(PipedRule(hashes, one("Other: 'MD5=1'")).matches({{"Other", "MD5=1"}}));
    EXPECT_TRUE(PipedRule(hashes, one("Hashes|re: 'MD5=1'")).matches({{"Hashes", "MD5=1"}}));
}

TEST(PipelineItems, HashesMayShareAField) {
    const PipedRule rule(
        "- {type: hashes_fields, valid_hash_algos: [MD5, SHA1], field_prefix: hash, "
        "drop_algo_prefix: true, field_to_parse: H}\n",
        one("H: ['MD5=1', 'SHA1=2']"));
    EXPECT_TRUE(rule.matches({{"hash", "1"}}));
    EXPECT_TRUE(rule.matches({{"hash", "2"}}));
    EXPECT_TRUE(PipedRule("- {type: hashes_fields, valid_hash_algos: [MD5], field_prefix: keyword, "
                          "drop_algo_prefix: true}\n",
                          one("Hashes: 'MD5=1'"))
                    .matches({{"anything", "1"}}));
}

TEST(PipelineItems, HashesThatAreNoneAreTold) {
    const std::string hashes = "- {type: hashes_fields, valid_hash_algos: [MD5, SHA1]}\n";
    EXPECT_THAT(PipedRule(hashes, one("Hashes: 'SHA512=1'")).error(),
                HasSubstr("'Hashes' has none of the hashes MD5, SHA1"));
    EXPECT_THAT(PipedRule(hashes, one("Hashes|neq: 'MD5=1'")).error(),
                HasSubstr("'neq' has no meaning for parts of a value"));
    EXPECT_THAT(PipedRule("- {type: hashes_fields}\n", one("F: x")).error(),
                HasSubstr("needs 'valid_hash_algos'"));
    EXPECT_THAT(
        PipedRule("- {type: hashes_fields, valid_hash_algos: [MD5], drop_algo_prefix: true}\n",
                  one("F: x"))
            .error(),
        HasSubstr("no name is left of the field"));
}

TEST(PipelineItems, PartsOfAValueGetFieldsOfTheirOwn) {
    const std::string extract =
        "- {type: extract_fields, regex: '(?P<kind>[A-Za-z]+):(?P<number>[0-9a-f.]*)', "
        "field_prefix: reg}\n";
    const PipedRule rule(extract, one("reg: ['Dword:00001', 'Qword:7', 'word:', '!']"));
    EXPECT_TRUE(rule.matches({{"reg.kind", "dword"}, {"reg.number", "00001"}}));
    EXPECT_FALSE(rule.matches({{"reg.kind", "dword"}, {"reg.number", "7"}}));
    EXPECT_TRUE(rule.matches({{"reg.kind", "qword"}, {"reg.number", "7"}}));
    EXPECT_TRUE(rule.matches({{"reg.kind", "word"}})) << "an empty group asks for nothing";
    EXPECT_FALSE(rule.matches({{"reg", "!"}}));
    const PipedRule all(extract, one("reg|all: ['a:1', 'b:2']"));
    EXPECT_FALSE(all.matches({{"reg.kind", "a"}, {"reg.number", "1"}}));
    const PipedRule null("- {type: extract_fields, regex: '(?P<a>\\w+)-(?P<b>\\w+)'}\n",
                         one("F: 'NULL-x'"));
    EXPECT_TRUE(null.matches({{"b", "x"}}));
    EXPECT_FALSE(null.matches({{"a", "null"}, {"b", "x"}}));
}

TEST(PipelineItems, ValuesWithoutPartsStayWhereThatIsWanted) {
    const std::string extract = "- {type: extract_fields, regex: '(?P<n>[0-9]+)$'";
    const auto detection = one("F: ['12', 'x3', y]");
    const PipedRule kept(extract + ", preserve_unmatched: true}\n", detection);
    EXPECT_TRUE(kept.matches({{"n", "12"}}));
    EXPECT_TRUE(kept.matches({{"F", "x3"}})) << "it does not match at its beginning";
    const PipedRule dropped(extract + "}\n", detection);
    EXPECT_TRUE(dropped.matches({{"n", "12"}}));
    EXPECT_FALSE(dropped.matches({{"F", "y"}}));
    EXPECT_TRUE(PipedRule(extract + "}\n", one("F: [x, y]")).matches({{"F", "y"}}))
        << "where none matches, the item stays";
}

TEST(PipelineItems, WrongExpressionsAreTold) {
    EXPECT_THAT(PipedRule("- {type: extract_fields, regex: '(x'}\n", one("F: x")).error(),
                HasSubstr("the expression '(x' does not compile"));
    EXPECT_THAT(PipedRule("- {type: extract_fields, regex: '(x)'}\n", one("F: x")).error(),
                HasSubstr("the expression '(x)' has no group with a name"));
}

TEST(PipelineItems, APlainExpressionIsATextWithItsCase) {
    const PipedRule plain("- {type: regex, method: plain}\n", one("F|contains: ['aBc', 5]"));
    EXPECT_TRUE(plain.matches({{"F", "-aBc-"}}));
    EXPECT_FALSE(plain.matches({{"F", "-abc-"}}));
    EXPECT_TRUE(plain.matches({{"F", "x5"}}));
    const PipedRule other("- {type: regex}\n", one("F: aBc"));
    EXPECT_TRUE(other.matches({{"F", "abc"}}));
    EXPECT_FALSE(other.matches({{"F", "-abc-"}}));
    EXPECT_THAT(PipedRule("- {type: regex, method: x}\n", one("F: x")).error(),
                HasSubstr("'method' is 'plain'"));
}

}  // namespace
}  // namespace shoji::sigma::testing
