#include "screen/isolation/libraries.h"

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

TEST(Libraries, AnAbsentProgramIsAnError) {
    EXPECT_FALSE(bind_program("/usr/bin/no-such-program", "/program"));
}

}  // namespace
}  // namespace shoji::isolation
