#include "watch/hunt/rule_cache.h"

#include <fstream>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;

class RuleCacheTest : public ::testing::Test {
  protected:
    void SetUp() override {
        std::string name = (fs::temp_directory_path() / "shoji-cache-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        request_.rules = {folder_ / "rules"};
        request_.cache = folder_ / "cache" / "shoji";
        write("rules/a.yml", rule("A", "Image: a.exe"));
        write("rules/broken.yml", "title: B\nlogsource: {}\ndetection: {condition: x}\n");
    }
    void TearDown() override { fs::remove_all(folder_); }

    static std::string rule(const std::string& title, const std::string& selection) {
        return "title: " + title + "\nlogsource: {product: windows}\ndetection:\n  s: {" +
               selection + "}\n  condition: s\n";
    }
    void write(const std::string& name, const std::string& text) {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << text;
    }
    // Compiled anew, and kept as if the rules had been there for long.
    std::unique_ptr<RuleSet> compiled() {
        auto set = read_rule_set(request_);
        EXPECT_TRUE(set);
        EXPECT_FALSE((*set)->from_cache);
        RuleCache(request_).save(**set, *list_rules(request_.rules), RuleCache::Settled::yes);
        return std::move(*set);
    }
    std::unique_ptr<RuleSet> read() { return std::move(*read_rule_set(request_)); }
    fs::path kept_file() { return fs::directory_iterator(request_.cache)->path(); }

    fs::path folder_;
    RuleRequest request_;
};

TEST_F(RuleCacheTest, GivesWhatWasCompiled) {
    const auto before = compiled();
    const auto after = read();
    EXPECT_TRUE(after->from_cache);
    EXPECT_EQ(after->plan->statistics().rules, 1U);
    EXPECT_EQ(after->plan->rule(0).title, "A");
    EXPECT_EQ(after->folder.files, before->folder.files);
    EXPECT_EQ(after->folder.rule_files, before->folder.rule_files);
    ASSERT_EQ(after->folder.problems.size(), before->folder.problems.size());
    EXPECT_EQ(after->folder.problems[0].error.message, before->folder.problems[0].error.message);
    EXPECT_EQ(after->folder.problems[0].error.words, before->folder.problems[0].error.words);
    EXPECT_EQ(after->folder.documents, before->folder.documents);
    struct stat is {};
    ASSERT_EQ(::stat(kept_file().c_str(), &is), 0);
    EXPECT_EQ(is.st_mode & 0777U, 0600U);
}

TEST_F(RuleCacheTest, WhatChangedIsCompiledAnew) {
    compiled();
    write("rules/a.yml", rule("C", "Image: c.exe"));  // as long as before
    EXPECT_EQ(read()->plan->rule(0).title, "C");
    compiled();
    write("rules/d.yml", rule("D", "Image: d.exe"));
    EXPECT_EQ(read()->plan->statistics().rules, 2U);
    compiled();
    fs::remove(folder_ / "rules/d.yml");
    EXPECT_EQ(read()->plan->statistics().rules, 1U);
}

TEST_F(RuleCacheTest, RulesThatChangedJustNowAreNotKept) {
    const auto set = std::move(*read_rule_set(request_));
    RuleCache(request_).save(*set, *list_rules(request_.rules), RuleCache::Settled::no);
    EXPECT_FALSE(fs::exists(request_.cache));
}

TEST_F(RuleCacheTest, DamageIsCompiledAnew) {
    compiled();
    const auto file = kept_file();
    const auto size = fs::file_size(file);
    for (const auto at : {size / 2, size - 1, std::uintmax_t{0}}) {
        std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
        stream.seekp(static_cast<std::streamoff>(at));
        stream.put('\x55');
        stream.close();
        const auto set = read();
        EXPECT_FALSE(set->from_cache) << at;
        EXPECT_EQ(set->plan->statistics().rules, 1U);
    }
    fs::resize_file(file, size / 2);
    EXPECT_FALSE(read()->from_cache);
}

// Who could write it could make a hunt find nothing.
TEST_F(RuleCacheTest, WhatOthersCanWriteIsNotUsed) {
    compiled();
    ASSERT_TRUE(read()->from_cache);
    const auto file = kept_file();
    fs::permissions(file, fs::perms::others_write, fs::perm_options::add);
    EXPECT_FALSE(read()->from_cache);
    fs::permissions(file, fs::perms::others_write, fs::perm_options::remove);
    EXPECT_TRUE(read()->from_cache);
    fs::permissions(request_.cache, fs::perms::group_write, fs::perm_options::add);
    EXPECT_FALSE(read()->from_cache);
    fs::permissions(request_.cache, fs::perms::group_write, fs::perm_options::remove);
    fs::rename(file, folder_ / "elsewhere");
    fs::create_symlink(folder_ / "elsewhere", file);
    EXPECT_FALSE(read()->from_cache) << "a link";
}

TEST_F(RuleCacheTest, NothingIsKeptOfWhatDependsOnMore) {
    write("lists.yml", "x: [y]\n");
    request_.placeholders = folder_ / "lists.yml";
    compiled();
    EXPECT_FALSE(fs::exists(request_.cache));
    request_.placeholders.clear();
    write("rules/filter.yml",
          "title: F\nlogsource: {product: windows}\nfilter:\n  rules: any\n  s: {User: x}\n"
          "  condition: not s\n");
    compiled();
    EXPECT_FALSE(fs::exists(request_.cache));
}

}  // namespace
}  // namespace shoji::hunt
