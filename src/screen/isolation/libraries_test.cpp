#include "screen/isolation/libraries.h"

#include "screen/isolation/browser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::isolation {
namespace {

using ::testing::ElementsAre;

TEST(Libraries, TakesThePathsOfALoadersList) {
    const auto paths = parse_library_list(
        "\tlinux-vdso.so.1 (0x00007ffe6a5f2000)\n"
        "\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f1c9a000000)\n"
        "\t/lib64/ld-linux-x86-64.so.2 (0x00007f1c9a2f6000)\n");
    ASSERT_TRUE(paths) << paths.error().message;
    EXPECT_THAT(*paths,
                ElementsAre("/lib/x86_64-linux-gnu/libm.so.6", "/lib64/ld-linux-x86-64.so.2"));
}

TEST(Libraries, AMissingOneIsAnErrorThatNamesIt) {
    const auto paths = parse_library_list("\tlibwish.so.3 => not found\n");
    ASSERT_FALSE(paths);
    EXPECT_THAT(paths.error().message, ::testing::HasSubstr("libwish.so.3"));
}

TEST(Libraries, BindsAProgramWithItsLoader) {
    const auto binds = bind_program("/proc/self/exe", "/program");
    ASSERT_TRUE(binds) << binds.error().message;
    EXPECT_EQ(binds->front().target, "/program");
    const auto is_loader = [](const Root::Bind& bind) {
        return bind.target.filename() == std::filesystem::path(loader).filename();
    };
    EXPECT_TRUE(std::ranges::any_of(*binds, is_loader));
    for (const auto& bind : *binds) {
        EXPECT_TRUE(bind.execute);
        EXPECT_EQ(bind.source, std::filesystem::canonical(bind.source)) << "a link is left";
        EXPECT_FALSE(bind.target.native().starts_with("/lib/")) << bind.target;
    }
}

// Those that are opened at run time too, which the program's own list does not name.
TEST(Libraries, TheBrowserHasWhatEachOfItsLibrariesNeeds) {
    const auto root = browser_root("/usr/lib/chromium", 1 << 20);
    ASSERT_TRUE(root) << root.error().message;
    const auto is_there = [&](const std::filesystem::path& target) {
        return std::ranges::find(root->binds, target, &Root::Bind::target) != root->binds.end();
    };
    bool has_store = false;
    for (const auto& bind : root->binds) {
        if (!bind.execute || bind.target.native().find(".so") == std::string::npos) continue;
        has_store = has_store || bind.target.filename() == "libsoftokn3.so";
        const auto needed = bind_program(bind.source, bind.target);
        ASSERT_TRUE(needed) << needed.error().message;
        for (const auto& library : *needed) EXPECT_TRUE(is_there(library.target)) << library.target;
    }
    EXPECT_TRUE(has_store);
}

TEST(Libraries, AnAbsentProgramIsAnError) {
    EXPECT_FALSE(bind_program("/usr/bin/no-such-program", "/program"));
}

}  // namespace
}  // namespace shoji::isolation
