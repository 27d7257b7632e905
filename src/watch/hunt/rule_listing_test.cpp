#include "watch/hunt/rule_listing.h"

#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;

class RuleListingTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "shoji-listing-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    void TearDown() override { fs::remove_all(folder_); }
    void write(const std::string& name, const std::string& text = "x") {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << text;
    }
    // What is listed, without the folder's name.
    std::vector<std::string> listed(const std::vector<fs::path>& paths) {
        std::vector<std::string> names;
        const auto listing = list_rules(paths);
        for (const auto& path : listing->paths) {
            names.push_back(path.substr(folder_.native().size() + 1));
        }
        return names;
    }
    std::string state() { return list_rules({folder_})->state; }

    fs::path folder_;
};

TEST_F(RuleListingTest, FilesBelowInTheOrderOfTheirNames) {
    for (const auto* name : {"b/z.yml", "b/a.yaml", "a.yml", "b/c/d.yml", "b/no.txt", "b.yml",
                             ".yml", "c.yml/e.yml", "d.yamlx"}) {
        write(name);
    }
    fs::create_symlink(folder_ / "b", folder_ / "link");
    fs::create_symlink(folder_ / "b/no.txt", folder_ / "link.yml");
    fs::create_symlink(folder_ / "nowhere", folder_ / "broken.yml");
    EXPECT_THAT(listed({folder_}), ::testing::ElementsAre("a.yml", "b.yml", "b/a.yaml", "b/c/d.yml",
                                                          "b/z.yml", "c.yml/e.yml", "link.yml"));
    EXPECT_THAT(listed({folder_ / "b/c", folder_ / "a.yml", folder_ / "b/no.txt"}),
                ::testing::ElementsAre("b/c/d.yml", "a.yml", "b/no.txt"));
}

TEST_F(RuleListingTest, WhatIsNotThereIsAnError) {
    EXPECT_EQ(list_rules({folder_}).error().key, "rules.none");
    EXPECT_EQ(list_rules({}).error().key, "rules.none");
    EXPECT_EQ(list_rules({folder_ / "none"}).error().kind, base::ErrorKind::not_found);
}

TEST_F(RuleListingTest, TheStateTellsEachChange) {
    write("a.yml", "one");
    write("b.yml", "one");
    const auto before = state();
    EXPECT_EQ(state(), before);
    fs::last_write_time(folder_ / "a.yml", fs::file_time_type() + std::chrono::hours(1));
    const auto touched = state();
    EXPECT_NE(touched, before);
    write("b.yml", "longer");
    const auto longer = state();
    EXPECT_NE(longer, touched);
    fs::rename(folder_ / "b.yml", folder_ / "c.yml");
    const auto renamed = state();
    EXPECT_NE(renamed, longer);
    write("d.yml");
    EXPECT_NE(state(), renamed);
    EXPECT_GT(list_rules({folder_})->newest, 0);
}

}  // namespace
}  // namespace shoji::hunt
