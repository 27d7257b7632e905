// The real Chromium on the compositor: what the page receives is told by the colours of its cells.
#include "screen/compositor/chromium_browser.h"

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>

namespace shoji::compositor::testing {
namespace {

constexpr std::uint32_t magenta = 0xff00ff;
constexpr std::uint32_t green = 0x00ff00;
constexpr std::uint32_t blue = 0x0000ff;
constexpr std::uint32_t white = 0xffffff;
constexpr std::uint32_t black = 0x000000;

// The cells are 20 CSS pixels wide, 30 apart, in the page's first row, right of the marker.
enum Cell {
    typed,
    composed,
    chosen,
    answered,
    full_screen,
    animated,
    scale_cell,  // red: 100 times devicePixelRatio, less 50
    width_cell,  // green and blue: innerWidth
    scroll_cell,
    hash_cell,
    loads_cell,
    dropped,
    focused,
    textarea_cell,
    height_cell
};

const char* const page = R"(<!doctype html><html lang="ja"><meta charset="utf-8">
<style>
body { margin: 0; height: 3000px; background: #fff; font: 16px sans-serif }
#marker { position: fixed; left: 0; top: 0; width: 40px; height: 40px; background: #f0f }
.cell { position: fixed; top: 10px; width: 20px; height: 20px; background: #000 }
.at { position: absolute }
button, select, input, a { box-sizing: border-box; height: 30px; padding: 0 }
</style>
<div id="marker"></div>
<input id="field" class="at" style="left:10px; top:60px; width:300px" autofocus>
<textarea id="area" class="at" style="left:330px; top:60px; width:200px; height:60px"></textarea>
<select id="list" class="at" style="left:10px; top:150px; width:200px">
<option value="a">東京都<option value="b">大阪府<option value="c">北海道</select>
<button id="open" class="at" style="left:10px; top:200px; width:80px">開く</button>
<button id="alert" class="at" style="left:110px; top:200px; width:80px">警告</button>
<button id="full" class="at" style="left:210px; top:200px; width:80px">全画面</button>
<button id="animate" class="at" style="left:310px; top:200px; width:80px">動く</button>
<a href="second.html" target="_blank" class="at" style="left:410px; top:200px; width:80px">窓</a>
<div id="source" draggable="true" class="at"
     style="left:10px; top:250px; width:60px; height:30px; background:#ddd">物</div>
<div id="target" class="at"
     style="left:110px; top:250px; width:60px; height:30px; background:#eee">先</div>
<a href="#x" class="at" style="left:210px; top:250px; width:60px">印</a>
<script>
const cells = [];
for (let i = 0; i < 15; ++i) {
  const cell = document.createElement('div');
  cell.className = 'cell';
  cell.style.left = 50 + 30 * i + 'px';
  document.body.append(cell);
  cells.push(cell);
}
const show = (i, colour) => { cells[i].style.background = colour };
const number = (value) => `rgb(0 ${value >> 8} ${value & 255})`;
const measure = () => {
  show(6, `rgb(${Math.round(devicePixelRatio * 100) - 50} 0 0)`);
  show(7, number(innerWidth));
  show(14, number(innerHeight));
};
const field = document.getElementById('field');
let composing = false;
field.addEventListener('compositionstart', () => { composing = true; show(1, '#00f') });
field.oninput = () => {
  if (field.value === 'abA') show(0, '#0f0');
  if (field.value.includes('にほ') && composing) show(1, '#ff0');
};
field.addEventListener('compositionend', (e) => { if (e.data === '日本語') show(1, '#0f0') });
const area = document.getElementById('area');
area.oninput = () => { if (area.value === '一\n二') show(13, '#0f0') };
document.getElementById('list').onchange = (e) => {
  show(2, e.target.value === 'b' ? '#0f0' : '#f00');
};
document.getElementById('open').onclick = () => window.open('second.html', '_blank', 'width=300,height=200');
document.getElementById('alert').onclick = () => { show(3, '#00f'); alert('警告です'); show(3, '#0f0') };
document.getElementById('full').onclick = () => {
  if (document.fullscreenElement) document.exitFullscreen();
  else document.documentElement.requestFullscreen();
};
document.onfullscreenchange = () => show(4, document.fullscreenElement ? '#0f0' : '#00f');
document.getElementById('animate').onclick = () => {
  let step = 0;
  const draw = () => { show(5, number(++step & 65535)); requestAnimationFrame(draw) };
  draw();
};
addEventListener('scroll', () => show(8, number(Math.round(scrollY))));
const hash = () => show(9, location.hash === '#x' ? '#0f0' : '#00f');
addEventListener('hashchange', hash);
addEventListener('resize', measure);
addEventListener('blur', () => show(12, '#00f'));
addEventListener('focus', () => show(12, '#0f0'));
document.getElementById('source').ondragstart = (e) => e.dataTransfer.setData('text/plain', 'あ');
const target = document.getElementById('target');
target.ondragover = (e) => e.preventDefault();
target.ondrop = (e) => { e.preventDefault(); show(11, e.dataTransfer.getData('text/plain') === 'あ' ? '#0f0' : '#f00') };
sessionStorage.loads = Number(sessionStorage.loads || 0) + 1;
show(10, number(Number(sessionStorage.loads)));
hash();
measure();
</script>)";

class Chromium : public ::testing::Test {
  protected:
    void SetUp() override {
        ASSERT_EQ(::access(chromium_path, X_OK), 0) << "the package chromium must be installed";
    }
    void open(Compositor::Options options = {{800, 600}, 120, Layout::jp}) {
        scale_ = options.scale;
        browser.emplace(page, options);
        ASSERT_TRUE(browser->until_pixel(5, 5, magenta)) << "the page never appeared";
        ASSERT_TRUE(until_cell(loads_cell, 1));
        ASSERT_TRUE(browser->until([&] { return browser->listener.text_input; }));
    }
    [[nodiscard]] int device(int css) const { return css * scale_ / 120; }
    void click(int x, int y) { browser->click(device(x), device(y)); }
    std::uint32_t cell(Cell which) { return browser->pixel(device(60 + 30 * which), device(20)); }
    bool until_cell(Cell which, std::uint32_t colour) {
        const bool reached = browser->until([&] { return cell(which) == colour; });
        if (!reached) {
            ADD_FAILURE() << "cell " << which << " is " << std::hex << cell(which) << ", not "
                          << colour;
        }
        return reached;
    }
    // A page's new window covers the first one, which comes back when it is closed.
    void expect_second_window_and_back() {
        ASSERT_TRUE(browser->until_pixel(5, 5, blue));
        EXPECT_TRUE(browser->until([&] { return browser->listener.windows == 2; }));
        // Neither tabs nor an address field: the page reaches into every corner.
        EXPECT_TRUE(browser->until_pixel(799, 0, blue));
        EXPECT_EQ(browser->pixel(799, 599), blue);
        browser->compositor->command(Command::close_window);
        EXPECT_TRUE(browser->until_pixel(5, 5, magenta));
        EXPECT_TRUE(browser->until([&] { return browser->listener.windows == 1; }));
    }

    std::optional<ChromiumBrowser> browser;
    int scale_ = 120;
};

TEST_F(Chromium, shows_a_page_and_takes_keys_in_the_chosen_layout) {
    open();
    EXPECT_EQ(browser->listener.windows, 1);
    browser->type(KEY_A);
    browser->type(KEY_B);
    browser->compositor->key(KEY_LEFTSHIFT, true);
    browser->type(KEY_A);
    browser->compositor->key(KEY_LEFTSHIFT, false);
    EXPECT_TRUE(until_cell(typed, green));
}

TEST_F(Chromium, composes_and_commits_japanese) {
    open();
    ASSERT_TRUE(browser->until([&] { return browser->listener.caret.has_value(); }));
    browser->compositor->preedit("に", 3, 3);
    EXPECT_TRUE(until_cell(composed, blue));
    const Rectangle before = *browser->listener.caret;
    browser->compositor->preedit("にほんご", 12, 12);
    EXPECT_TRUE(until_cell(composed, 0xffff00));
    EXPECT_TRUE(browser->until([&] { return browser->listener.caret->x > before.x; }))
        << "the caret must follow the composition";
    EXPECT_GT(before.y, 55);
    EXPECT_LT(before.y, 95);
    browser->compositor->commit("日本語");
    EXPECT_TRUE(until_cell(composed, green));
}

TEST_F(Chromium, commits_several_lines) {
    open();
    click(350, 80);
    browser->run_for(std::chrono::milliseconds(300));
    browser->compositor->commit("一\n二");
    EXPECT_TRUE(until_cell(textarea_cell, green));
}

TEST_F(Chromium, opens_a_select_list_and_takes_a_click_in_it) {
    open();
    click(100, 165);
    // The list drops down over the page; its second line is blank white no more.
    ASSERT_TRUE(browser->until([&] { return browser->pixel(205, 185) != white; }));
    browser->run_for(std::chrono::milliseconds(300));
    browser->move(60, 220);
    browser->run_for(std::chrono::milliseconds(100));
    click(60, 220);
    EXPECT_TRUE(until_cell(chosen, green));
    EXPECT_TRUE(browser->until_pixel(205, 185, white));
}

TEST_F(Chromium, select_list_goes_away_at_a_click_beside_it) {
    open();
    click(100, 165);
    ASSERT_TRUE(browser->until([&] { return browser->pixel(205, 185) != white; }));
    browser->run_for(std::chrono::milliseconds(300));
    click(600, 500);
    EXPECT_TRUE(browser->until_pixel(205, 185, white));
    EXPECT_EQ(cell(chosen), black);
}

TEST_F(Chromium, second_windows_open_and_close) {
    open();
    click(50, 215);
    expect_second_window_and_back();
    click(420, 215);
    expect_second_window_and_back();
}

TEST_F(Chromium, a_page_s_dialog_is_seen_and_answered) {
    open();
    click(150, 215);
    // The dialog darkens the page.
    ASSERT_TRUE(browser->until([&] { return browser->pixel(5, 5) != magenta; }));
    // However dark, it is not green while nobody has answered.
    const std::uint32_t colour = cell(answered);
    EXPECT_FALSE((colour & 0xff0000U) == 0 && (colour & 0x00ff00U) != 0) << std::hex << colour;
    browser->run_for(std::chrono::milliseconds(500));
    browser->type(KEY_ENTER);
    EXPECT_TRUE(until_cell(answered, green));
    EXPECT_TRUE(browser->until_pixel(5, 5, magenta));
}

TEST_F(Chromium, full_screen_and_back) {
    open();
    const auto told = [&](bool full) {
        return browser->until([&] { return browser->listener.full_screen == full; });
    };
    // Left by Escape, and by the page itself.
    for (int round = 0; round < 4; ++round) {
        click(250, 215);
        EXPECT_TRUE(until_cell(full_screen, green));
        EXPECT_TRUE(told(true));
        if (round % 2 == 0) {
            browser->compositor->command(Command::leave_full_screen);
        } else {
            click(250, 215);
        }
        EXPECT_TRUE(until_cell(full_screen, blue));
        EXPECT_TRUE(told(false));
        EXPECT_TRUE(until_cell(height_cell, 600));
    }
}

TEST_F(Chromium, full_screen_and_back_in_a_second_window) {
    open();
    click(420, 215);
    ASSERT_TRUE(browser->until_pixel(5, 5, blue));
    click(420, 500);
    EXPECT_TRUE(browser->until_pixel(5, 5, 0x00ffff));
    browser->compositor->command(Command::leave_full_screen);
    EXPECT_TRUE(browser->until_pixel(5, 5, 0xffff00));
}

TEST_F(Chromium, withheld_frames_stop_the_page_s_drawing) {
    open();
    click(350, 215);
    const auto drawn_in = [&](int milliseconds) {
        browser->listener.damages = 0;
        const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(milliseconds);
        int drawn = 0;
        browser->until([&] {
            drawn += browser->compositor->take_damage().empty() ? 0 : 1;
            return std::chrono::steady_clock::now() >= end;
        });
        return drawn;
    };
    ASSERT_TRUE(browser->until([&] { return cell(animated) != black; }));
    EXPECT_GT(drawn_in(1000), 5);
    browser->compositor->allow_frames(false);
    drawn_in(300);
    EXPECT_EQ(drawn_in(500), 0);
    EXPECT_EQ(browser->compositor->timeout(), -1);
    browser->compositor->allow_frames(true);
    EXPECT_GT(drawn_in(1000), 5);
}

TEST_F(Chromium, wheel_scrolls) {
    open();
    browser->move(600, 400);
    browser->compositor->wheel(0, 120);
    EXPECT_TRUE(browser->until([&] { return (cell(scroll_cell) & 0xffffU) >= 40; }));
}

TEST_F(Chromium, commands_go_back_forward_reload_and_zoom) {
    open();
    ASSERT_TRUE(until_cell(hash_cell, blue));
    click(240, 265);
    ASSERT_TRUE(until_cell(hash_cell, green));
    browser->compositor->command(Command::back);
    EXPECT_TRUE(until_cell(hash_cell, blue));
    browser->compositor->command(Command::forward);
    EXPECT_TRUE(until_cell(hash_cell, green));
    // Chromium may drop a reload that comes while it still settles the step forward.
    auto next = std::chrono::steady_clock::now();
    EXPECT_TRUE(browser->until([&] {
        if (std::chrono::steady_clock::now() >= next) {
            browser->compositor->command(Command::reload);
            next += std::chrono::seconds(5);
        }
        return (cell(loads_cell) & 0xffffU) >= 2;
    }));
    browser->compositor->command(Command::zoom_in);
    // At 110 % the marker grows from 40 to 44 pixels.
    EXPECT_TRUE(browser->until_pixel(42, 42, magenta));
    browser->compositor->command(Command::zoom_reset);
    EXPECT_TRUE(browser->until_pixel(42, 42, white));
    browser->compositor->command(Command::zoom_out);
    EXPECT_TRUE(browser->until_pixel(38, 38, white));
}

TEST_F(Chromium, drags_inside_the_page) {
    open();
    browser->move(30, 265);
    browser->compositor->button(Button::left, true);
    for (int x = 30; x <= 140; x += 5) {
        browser->move(x, 265);
        browser->run_for(std::chrono::milliseconds(20));
    }
    browser->run_for(std::chrono::milliseconds(500));
    browser->move(141, 266);
    browser->run_for(std::chrono::milliseconds(300));
    browser->compositor->button(Button::left, false);
    EXPECT_TRUE(until_cell(dropped, green));
}

TEST_F(Chromium, resizes) {
    open();
    ASSERT_TRUE(until_cell(width_cell, 800));
    browser->compositor->resize({1000, 500}, 120);
    EXPECT_TRUE(until_cell(width_cell, 1000));
    EXPECT_EQ(browser->compositor->picture().size, (Size{1000, 500}));
}

// Crisp: the marker ends at a device pixel, with no blended pixel beside it.
class ChromiumScale : public Chromium, public ::testing::WithParamInterface<int> {};

TEST_P(ChromiumScale, is_crisp) {
    const int scale = GetParam();
    open({{800 * scale / 120, 600 * scale / 120}, scale, Layout::jp});
    const auto red = static_cast<std::uint32_t>(scale * 100 / 120 - 50);
    EXPECT_TRUE(until_cell(scale_cell, red << 16U));
    EXPECT_TRUE(until_cell(width_cell, 800));
    const int edge = device(40);
    EXPECT_EQ(browser->pixel(edge - 1, edge - 1), magenta);
    EXPECT_EQ(browser->pixel(edge, edge - 1), white);
    EXPECT_EQ(browser->pixel(edge - 1, edge), white);
    // And so it stays after another scale in between.
    browser->compositor->resize({800, 600}, 120);
    EXPECT_TRUE(browser->until_pixel(39, 39, magenta));
    EXPECT_TRUE(browser->until_pixel(40, 39, white));
    browser->compositor->resize({800 * scale / 120, 600 * scale / 120}, scale);
    EXPECT_TRUE(until_cell(scale_cell, red << 16U));
    EXPECT_TRUE(browser->until_pixel(edge - 1, edge - 1, magenta));
    EXPECT_TRUE(browser->until_pixel(edge, edge - 1, white));
}

INSTANTIATE_TEST_SUITE_P(Scales, ChromiumScale, ::testing::Values(150, 180, 240));

TEST_F(Chromium, its_end_is_noticed) {
    open();
    browser->compositor->command(Command::close_window);
    EXPECT_FALSE(browser->until([] { return false; }));
    EXPECT_EQ(browser->listener.gone, 1);
}

}  // namespace
}  // namespace shoji::compositor::testing
