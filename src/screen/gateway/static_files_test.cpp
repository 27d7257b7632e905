#include "screen/gateway/static_files.h"

#include "core/base/random.h"

#include <fstream>

#include <gtest/gtest.h>

namespace shoji::gateway {
namespace {

namespace fs = std::filesystem;

class StaticFilesTest : public testing::Test {
  protected:
    StaticFilesTest() : folder_(fs::temp_directory_path() / ("shoji-web-" + base::random_hex(8))) {
        write("console/index.html");
        write("console/assets/main-0a1B2c3D.js");
        write("screen/index.html");
        write("screen/assets/viewer-a_b-c-d8.css");
    }
    ~StaticFilesTest() override { fs::remove_all(folder_); }

    void write(const std::string& name) const {
        fs::create_directories((folder_ / name).parent_path());
        std::ofstream(folder_ / name) << name;
    }

    fs::path folder_;
};

TEST_F(StaticFilesTest, AreFoundByThePathOfTheirUrl) {
    const auto files = StaticFiles::load(folder_);
    ASSERT_TRUE(files);
    ASSERT_NE(files->find("/"), nullptr);
    EXPECT_EQ(*files->find("/")->bytes, "console/index.html");
    EXPECT_EQ(files->find("/")->kind, Kind::console);
    EXPECT_EQ(files->find("/console/")->content_type, "text/html; charset=utf-8");
    EXPECT_EQ(files->find("/screen/")->kind, Kind::screen);
    EXPECT_EQ(files->find("/console/assets/main-0a1B2c3D.js")->kind, Kind::asset);
    EXPECT_TRUE(files->find("/console/assets/main-0a1B2c3D.js")->immutable);
    EXPECT_EQ(files->find("/screen/assets/viewer-a_b-c-d8.css")->kind, Kind::screen);
    EXPECT_FALSE(files->find("/screen/index.html")->immutable);
}

TEST_F(StaticFilesTest, AreNotFoundByAnythingElse) {
    const auto files = StaticFiles::load(folder_);
    ASSERT_TRUE(files);
    for (const std::string_view path :
         {"", "//", "/console", "/console/../screen/index.html", "/console/%69ndex.html",
          "/etc/passwd", "/console/assets/", "/Console/"}) {
        EXPECT_EQ(files->find(path), nullptr) << path;
    }
}

TEST_F(StaticFilesTest, MustBeCompleteAndOfKnownTypes) {
    write("console/notes.sh");
    EXPECT_EQ(StaticFiles::load(folder_).error().kind, base::ErrorKind::invalid);
    fs::remove(folder_ / "console/notes.sh");
    fs::remove(folder_ / "screen/index.html");
    EXPECT_EQ(StaticFiles::load(folder_).error().kind, base::ErrorKind::not_found);
    fs::remove_all(folder_ / "screen");
    EXPECT_EQ(StaticFiles::load(folder_).error().kind, base::ErrorKind::not_found);
}

TEST_F(StaticFilesTest, DoNotFollowALinkOutOfTheirFolder) {
    fs::create_symlink("/etc", folder_ / "console/etc");
    const auto files = StaticFiles::load(folder_);
    ASSERT_TRUE(files);
    EXPECT_EQ(files->find("/console/etc/hostname"), nullptr);
}

TEST(Digest, IsRecognisedInAName) {
    EXPECT_TRUE(has_digest("assets/main-0a1B2c3D.js"));
    EXPECT_TRUE(has_digest("assets/main--a1B2c3D.js"));
    EXPECT_FALSE(has_digest("index.html"));
    EXPECT_FALSE(has_digest("assets/main.js"));
    EXPECT_FALSE(has_digest("main-0a1B2c3D.js"));
}

}  // namespace
}  // namespace shoji::gateway
