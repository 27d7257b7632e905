#include "watch/detect/intrusion/storms.h"

#include "watch/detect/intrusion/testing/watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::intrusion {
namespace {

using event::ActivityKind;
using event::Time;
using incident::minute;
using incident::second;
using testing::activity;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Watch;

struct Change {
    std::string extension = ".txt";
    std::string renamed_to{};  // empty: written
    double entropy = -1;
    Time pause = second / 4;
    unsigned folders = 8;
    std::string process = "C:\\x.exe";
};

std::vector<Alert> change(Watch& watch, unsigned files, const Change& how) {
    std::vector<Alert> all;
    for (unsigned i = 0; i < files; ++i) {
        const auto path = "C:\\" + std::to_string(i % how.folders) + "\\f" + std::to_string(i);
        const auto from = path + how.extension;
        const auto to = path + how.renamed_to;
        auto one =
            activity(how.renamed_to.empty() ? ActivityKind::file_write : ActivityKind::file_rename,
                     "pc1", how.process, watch.now + i * how.pause);
        one.path = from;
        one.target = to;
        one.entropy = how.entropy;
        for (auto& alert : watch.see(one)) all.push_back(std::move(alert));
    }
    watch.now += files * how.pause;
    return all;
}

TEST(Storms, OneNewExtensionForManyFiles) {
    Watch watch;
    watch.learn();
    const auto told = change(watch, 100, {.extension = ".docx", .renamed_to = ".docx.locked"});
    ASSERT_EQ(told.size(), 1U) << "at the 64th file";
    EXPECT_EQ(told[0].level, Level::critical);
    EXPECT_EQ(told[0].what, "intrusion.ransomware.extension");
    EXPECT_THAT(told[0].techniques, ElementsAre("T1486"));
    EXPECT_EQ(told[0].values[1], (incident::NamedValue{"files", "64"}));
    EXPECT_EQ(told[0].values.at(6), (incident::NamedValue{"extension", "locked"}));
}

TEST(Storms, AlsoWhileItLearnsAndAlsoSlowly) {
    Watch watch;
    EXPECT_EQ(change(watch, 64, {.renamed_to = ".txt.enc", .pause = 50 * second}).size(), 1U);
}

TEST(Storms, NoiseWhereTextWas) {
    Watch watch;
    watch.learn();
    const auto told = change(watch, 64, {.extension = ".txt", .entropy = 7.95});
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].what, "intrusion.ransomware.noise");
    EXPECT_EQ(told[0].level, Level::critical);
}

TEST(Storms, CompressedKindsAreNoiseByNature) {
    Watch watch;
    watch.learn();
    EXPECT_THAT(change(watch, 300, {.extension = ".jpg", .entropy = 7.95, .pause = 5 * second}),
                IsEmpty());
    EXPECT_THAT(change(watch, 300, {.extension = ".own", .entropy = 7.95, .pause = 5 * second}),
                IsEmpty())
        << "a kind that nobody knows has nothing to rise from";
}

TEST(Storms, AKindIsHeldAgainstWhatThisCityWrites) {
    Watch watch;
    change(watch, 60, {.extension = ".own", .entropy = 4, .pause = 2 * minute});
    watch.learn();
    EXPECT_EQ(change(watch, 64, {.extension = ".own", .entropy = 7.9, .pause = 5 * second}).size(),
              1U);
}

TEST(Storms, AnExtensionThatTheCityUsesIsNotNew) {
    Watch watch;
    change(watch, 10, {.renamed_to = ".txt.signed", .pause = 5 * minute});
    watch.learn();
    EXPECT_THAT(change(watch, 200, {.renamed_to = ".txt.signed", .pause = 5 * second}), IsEmpty());
}

TEST(Storms, ManyFilesFastAreToldUnlessTheProgramIsKnownForIt) {
    Watch watch;
    EXPECT_THAT(change(watch, 100, {.process = "C:\\sync.exe"}), IsEmpty()) << "it learns";
    watch.learn();
    EXPECT_THAT(change(watch, 100, {.process = "C:\\sync.exe"}), IsEmpty());
    const auto told = change(watch, 100, {.process = "C:\\new.exe"});
    ASSERT_EQ(told.size(), 1U);
    EXPECT_EQ(told[0].rule, "storm");
    EXPECT_EQ(told[0].level, Level::medium);
    EXPECT_EQ(change(watch, 100, {.renamed_to = ".txt.enc", .process = "C:\\sync.exe"}).size(), 1U)
        << "who is known for storms is not known for ransom";
}

TEST(Storms, FewFilesAgainAndAgainAreNoStorm) {
    Watch watch;
    watch.learn();
    for (int i = 0; i < 20; ++i) {
        EXPECT_THAT(change(watch, 40, {.renamed_to = ".txt.enc"}), IsEmpty())
            << "40 different files, however often";
    }
}

}  // namespace
}  // namespace shoji::intrusion
