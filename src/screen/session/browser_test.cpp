// The real program with a real Chromium: pixels out, input in, and viewers of every sort.
#include "screen/session/test_viewer.h"

#include <fstream>
#include <memory>
#include <thread>

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

namespace shoji::session::testing {
namespace {

constexpr std::uint32_t marker = 0x12ab34;

// A marker; a field that each press of A paints in turn; a field that counts frames in its colour,
// from the first press of B on; an input field.
constexpr const char* page = R"html(<!doctype html><meta charset=utf-8><style>
body{margin:0;background:#fff} div,input{position:absolute;top:100px;width:100px;height:100px}
#marker{left:100px;background:#12ab34} #key{left:300px;background:#101010}
#count{left:500px;background:#000000} input{left:100px;top:300px;width:400px;height:30px}
</style><div id=marker></div><div id=key></div><div id=count></div><input id=field><script>
let presses = 0, frames = 0;
const colour = n => '#' + n.toString(16).padStart(6, '0');
const step = () => { count.style.background = colour(++frames); requestAnimationFrame(step) };
addEventListener('keydown', event => {
  if (event.code == 'KeyA') key.style.background = ++presses % 2 ? '#f01020' : '#101010';
  if (event.code == 'KeyB' && !frames) step();
});
field.addEventListener('input', () => {
  if (field.value == '日本語') marker.style.background = '#abcdef';
});
</script>)html";

class BrowserTest : public ::testing::Test {
  protected:
    void SetUp() override {
        const auto file = home_.path() / "page.html";
        std::ofstream(file) << page;
        const std::string home = home_.path();
        for (const auto& path : {home_.path(), file}) {
            if (::geteuid() == 0) {
                ASSERT_EQ(::chown(path.c_str(), Child::ordinary_user, Child::ordinary_user), 0);
            }
        }
        Child::Start start;
        start.command = {"/usr/lib/chromium/chromium",
                         "--ozone-platform=wayland",
                         "--disable-gpu",
                         "--disable-smooth-scrolling",
                         "--no-first-run",
                         "--password-store=basic",
                         "--disable-background-networking",
                         "--disable-component-update",
                         "--disable-breakpad",
                         "--user-data-dir=" + home + "/profile",
                         "--app=file://" + file.string()};
        start.environment = {"PATH=/usr/bin:/bin", "HOME=" + home, "XDG_RUNTIME_DIR=" + home,
                             "WAYLAND_SOCKET=3", "LANG=C.UTF-8"};
        start.kept = {{program_.client().get(), 3}};
        start.output = home + "/chromium.log";
        start.as_ordinary_user = true;  // Chromium refuses to be root
        browser_ = std::make_unique<Child>(start);
        program_.client().reset();
    }
    static bool sees_page(TestViewer& viewer) {
        return viewer.until([&] { return viewer.colour(150, 150) == marker; });
    }
    static void press(TestViewer& viewer, std::uint16_t key) {
        viewer.send(wire::Key{key, true});
        viewer.send(wire::Key{key, false});
    }

    Program program_;
    TemporaryFolder home_;
    std::unique_ptr<Child> browser_;
};

double milliseconds(std::chrono::steady_clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
}

TEST_F(BrowserTest, ShowsThePageAndAnswersKeys) {
    TestViewer viewer(program_.address());
    viewer.hello();
    ASSERT_TRUE(sees_page(viewer)) << viewer.problem;
    std::vector<double> delays;
    for (int i = 0; i < 60; ++i) {
        const auto before = viewer.colour(350, 150);
        const auto start = std::chrono::steady_clock::now();
        viewer.send(wire::Key{KEY_A, true});
        ASSERT_TRUE(viewer.until([&] { return viewer.colour(350, 150) != before; }))
            << viewer.problem;
        delays.push_back(milliseconds(std::chrono::steady_clock::now() - start));
        viewer.send(wire::Key{KEY_A, false});
        (void)viewer.until([] { return false; }, std::chrono::milliseconds(15));
    }
    std::sort(delays.begin(), delays.end());
    printf(
        "key to frame: median %.1f ms, p95 %.1f ms; session %ld kB, browser's main process %ld "
        "kB\n",
        delays[delays.size() / 2], delays[delays.size() * 95 / 100],
        program_.child().status("VmRSS"), browser_->status("VmRSS"));
}

TEST_F(BrowserTest, TakesJapaneseText) {
    TestViewer viewer(program_.address());
    viewer.hello();
    ASSERT_TRUE(sees_page(viewer)) << viewer.problem;
    viewer.send(wire::Pointer{200, 315});
    viewer.send(wire::Button{0, true});
    viewer.send(wire::Button{0, false});
    const auto has_input = [&] {
        return std::any_of(viewer.others.begin(), viewer.others.end(), [](const auto& message) {
            const auto* input = std::get_if<wire::TextInput>(&message);
            return input != nullptr && input->enabled;
        });
    };
    ASSERT_TRUE(viewer.until(has_input)) << viewer.problem;
    viewer.send(wire::Preedit{9, 9, "にほんご"});
    viewer.send(wire::Preedit{-1, -1, ""});
    viewer.send(wire::Commit{"日本語"});
    EXPECT_TRUE(viewer.until([&] { return viewer.colour(150, 150) == 0xabcdef; }))
        << viewer.problem;
}

TEST_F(BrowserTest, AnotherViewerGetsAWholeFrame) {
    {
        TestViewer first(program_.address());
        first.hello();
        ASSERT_TRUE(sees_page(first)) << first.problem;
        press(first, KEY_A);
        ASSERT_TRUE(first.until([&] { return first.colour(350, 150) == 0xf01020; }));
    }
    TestViewer second(program_.address());
    second.hello();
    ASSERT_TRUE(second.until([&] { return second.frames >= 1; })) << second.problem;
    EXPECT_EQ(second.fresh_frames, 1);
    EXPECT_EQ(second.colour(150, 150), marker);
    EXPECT_EQ(second.colour(350, 150), 0xf01020U);
    press(second, KEY_A);
    EXPECT_TRUE(second.until([&] { return second.colour(350, 150) == 0x101010; }))
        << second.problem;
}

TEST_F(BrowserTest, GarbageEndsTheConnectionButNotThePage) {
    TestViewer viewer(program_.address());
    viewer.hello();
    ASSERT_TRUE(sees_page(viewer)) << viewer.problem;
    viewer.send_raw({0xde, 0xad, 0xbe, 0xef});
    EXPECT_TRUE(viewer.until_closed());
    TestViewer next(program_.address());
    next.hello();
    EXPECT_TRUE(sees_page(next)) << next.problem;
}

TEST_F(BrowserTest, AViewerThatStopsAcknowledgingStopsThePage) {
    TestViewer viewer(program_.address());
    viewer.hello();
    ASSERT_TRUE(sees_page(viewer)) << viewer.problem;
    press(viewer, KEY_B);
    ASSERT_TRUE(viewer.until([&] { return viewer.colour(550, 150) > 30; })) << viewer.problem;

    const long before = program_.child().status("VmRSS");
    viewer.acknowledges = false;
    (void)viewer.until([] { return false; }, std::chrono::milliseconds(300));
    const auto stopped = viewer.colour(550, 150);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    EXPECT_EQ(viewer.colour(550, 150), stopped) << "nothing was encoded";
    EXPECT_LT(program_.child().status("VmRSS") - before, 8 * 1024);

    // The next frame tells how far the page has come meanwhile: two seconds are 120 frames.
    TestViewer next(program_.address());
    next.hello();
    ASSERT_TRUE(next.until([&] { return next.frames >= 1; })) << next.problem;
    EXPECT_LT(next.colour(550, 150), stopped + 30);
    EXPECT_TRUE(next.until([&] { return next.colour(550, 150) > stopped + 30; })) << "it goes on";
}

TEST_F(BrowserTest, WithoutAViewerThePageRests) {
    std::uint32_t last = 0;
    {
        TestViewer viewer(program_.address());
        viewer.hello();
        ASSERT_TRUE(sees_page(viewer)) << viewer.problem;
        press(viewer, KEY_B);
        ASSERT_TRUE(viewer.until([&] { return viewer.colour(550, 150) > 5; })) << viewer.problem;
        last = viewer.colour(550, 150);
    }
    std::this_thread::sleep_for(std::chrono::seconds(2));
    TestViewer viewer(program_.address());
    viewer.hello();
    ASSERT_TRUE(viewer.until([&] { return viewer.frames >= 1; })) << viewer.problem;
    EXPECT_LT(viewer.colour(550, 150), last + 30);
}

TEST_F(BrowserTest, FollowsTheViewersSizeAndScale) {
    TestViewer viewer(program_.address());
    viewer.hello(800, 600, 120);
    ASSERT_TRUE(sees_page(viewer)) << viewer.problem;
    viewer.send(wire::Resize{1500, 900, 180});
    EXPECT_TRUE(viewer.until([&] {
        return viewer.picture().width() == 1500 && viewer.colour(151, 151) == marker &&
               viewer.colour(298, 298) == marker && viewer.colour(140, 140) == 0xffffff;
    })) << viewer.problem;
}

TEST_F(BrowserTest, EndsWithTheBrowser) {
    TestViewer viewer(program_.address());
    viewer.hello();
    ASSERT_TRUE(sees_page(viewer)) << viewer.problem;
    browser_.reset();
    EXPECT_EQ(program_.child().wait(), 0);
}

}  // namespace
}  // namespace shoji::session::testing
