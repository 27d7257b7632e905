#include "core/policy/plan.h"

#include "core/policy/describe.h"
#include "core/policy/example_test.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::policy {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Plan, AppliedToBeforeIsAfter) {
    std::mt19937 random(5);  // NOLINT(cert-msc51-cpp): the same inputs in each run
    for (int round = 0; round < 1000; ++round) {
        const Configuration before = random_sound_configuration(random);
        const Configuration after = random_sound_configuration(random);
        const auto changes = plan(before, after);
        ASSERT_EQ(apply(before, changes), sorted(after));
        ASSERT_EQ(changes.empty(), sorted(before) == sorted(after));
        ASSERT_THAT(plan(after, apply(before, changes)), IsEmpty());
    }
}

TEST(Plan, TakesAnotherOrderForNoChange) {
    const Configuration before = example();
    Configuration after = before;
    std::ranges::reverse(after.zones);
    EXPECT_THAT(plan(before, after), IsEmpty());
}

std::vector<std::string> words(text::Language language, const Configuration& before,
                               const Configuration& after) {
    std::vector<std::string> lines;
    for (const Change& change : plan(before, after)) lines.push_back(describe(language, change));
    return lines;
}

TEST(Plan, IsSaidInWords) {
    const Configuration before = example();
    Configuration after = before;
    after.zones[0].name.en = "LGWAN";
    after.destinations[0].origins.pop_back();
    after.routes.clear();
    EXPECT_THAT(
        words(text::Language::en, before, after),
        ElementsAre("change zone lgwan (name in English: LGWAN network → LGWAN)",
                    "change destination demo (sites: https://www.example.jp, http://127.0.0.1:8080 "
                    "(internal) → https://www.example.jp)",
                    "remove route staff-demo"));
    EXPECT_THAT(words(text::Language::ja, before, after),
                ElementsAre("変更: ゾーン lgwan（名前（英語）: LGWAN network → LGWAN）",
                            "変更: 接続先 demo（サイト: https://www.example.jp, "
                            "http://127.0.0.1:8080（内部） → https://www.example.jp）",
                            "削除: 経路 staff-demo"));
    EXPECT_THAT(
        words(text::Language::en, {}, example()),
        ElementsAre(
            "add zone internet (name in Japanese: インターネット; name in English: Internet)",
            "add zone lgwan (name in Japanese: LGWAN接続系; name in English: LGWAN network)",
            "add role staff (name in Japanese: 職員; name in English: Staff)",
            "add destination demo (name in Japanese: 見本; name in English: Demonstration; zone: "
            "internet; sites: https://www.example.jp, http://127.0.0.1:8080 (internal); why it is "
            "trusted: It is the city's own.; approver: 情報政策課長; approved: 2026-04-01; "
            "expires: 2027-03-31)",
            "add route staff-demo (terminals' zone: lgwan; role: staff; destination: demo)"));
}

}  // namespace
}  // namespace shoji::policy
