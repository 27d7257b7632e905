// Windows, popups, subsurfaces and what the picture shows of them, over the real protocol.
#include "screen/compositor/wire_client.h"

#include <thread>

#include <gtest/gtest.h>

namespace shoji::compositor::testing {
namespace {

constexpr std::uint32_t red = 0xff0000;
constexpr std::uint32_t green = 0x00ff00;
constexpr std::uint32_t blue = 0x0000ff;
constexpr std::uint32_t white = 0xffffff;

Compositor::Options small() {
    return {{100, 80}, 120, Layout::jp};
}

TEST(Window, is_told_to_fill_the_output_and_shown) {
    WireClient client(small());
    EXPECT_EQ(client.pixel(0, 0), white);
    const auto window = client.shown_window(100, 80, red);
    const Event* configure = client.last(window.toplevel, 0);
    ASSERT_NE(configure, nullptr);
    EXPECT_EQ(configure->words.at(0), 100U);
    EXPECT_EQ(configure->words.at(1), 80U);
    EXPECT_EQ(client.pixel(0, 0), red);
    EXPECT_EQ(client.pixel(99, 79), red);
    EXPECT_EQ(client.listener.windows, 1);
    EXPECT_GT(client.listener.damages, 0);
}

TEST(Window, the_newest_covers_the_others_until_it_goes) {
    WireClient client(small());
    client.shown_window(100, 80, red);
    const auto second = client.shown_window(100, 80, green);
    EXPECT_EQ(client.pixel(50, 50), green);
    EXPECT_EQ(client.listener.windows, 2);
    static_cast<void>(client.compositor->take_damage());
    client.send(second.toplevel, 0, {});
    client.send(second.xdg_surface, 0, {});
    client.send(second.surface, 0, {});
    client.pump();
    EXPECT_EQ(client.pixel(50, 50), red);
    EXPECT_EQ(client.listener.windows, 1);
    EXPECT_EQ(client.compositor->take_damage(), (std::vector<Rectangle>{{0, 0, 100, 80}}));
}

TEST(Window, a_second_one_is_told_to_be_full_screen_so_that_it_shows_no_tabs) {
    WireClient client(small());
    const auto states = [&](std::uint32_t toplevel) {
        const auto& words = client.last(toplevel, 0)->words;
        return std::vector<std::uint32_t>(words.begin() + 3, words.end());
    };
    const auto first = client.shown_window(100, 80, red);
    const auto second = client.shown_window(100, 80, red);
    const auto has = [](const std::vector<std::uint32_t>& all, std::uint32_t one) {
        return std::find(all.begin(), all.end(), one) != all.end();
    };
    EXPECT_FALSE(has(states(first.toplevel), 2));
    EXPECT_TRUE(has(states(second.toplevel), 2));
    EXPECT_FALSE(client.listener.full_screen);
}

TEST(Window, full_screen_of_a_page_is_granted_and_told) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    client.send(window.toplevel, 11, {}, 0U);
    client.pump();
    EXPECT_TRUE(client.listener.full_screen);
    const auto& words = client.last(window.toplevel, 0)->words;
    EXPECT_NE(std::find(words.begin() + 3, words.end(), 2U), words.end());
    client.send(window.toplevel, 12, {});
    client.pump();
    EXPECT_FALSE(client.listener.full_screen);
}

// Chromium tells its page that full screen is over when the window's size changes, and only then.
TEST(Window, changes_its_size_for_a_moment_when_a_page_leaves_full_screen) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    const auto height = [&] { return client.last(window.toplevel, 0)->words.at(1); };
    client.send(window.toplevel, 11, {}, 0U);
    client.acknowledge(window.xdg_surface);
    EXPECT_EQ(height(), 80U);
    client.send(window.toplevel, 12, {});
    client.pump();
    EXPECT_EQ(height(), 79U);
    client.acknowledge(window.xdg_surface);
    client.pump();
    EXPECT_EQ(height(), 80U);
    // Out of what it was not in there is no way.
    client.send(window.toplevel, 12, {});
    client.pump();
    EXPECT_EQ(height(), 80U);
}

TEST(Window, with_a_parent_it_lies_in_the_middle) {
    WireClient client(small());
    const auto parent = client.shown_window(100, 80, red);
    const auto dialog = client.window();
    client.send(dialog.toplevel, 1, {}, parent.toplevel);
    client.attach(dialog.surface, client.solid(40, 20, green));
    client.commit(dialog.surface);
    client.pump();
    EXPECT_EQ(client.pixel(29, 30), red);
    EXPECT_EQ(client.pixel(30, 30), green);
    EXPECT_EQ(client.pixel(69, 49), green);
    EXPECT_EQ(client.pixel(70, 49), red);
    EXPECT_EQ(client.listener.windows, 1);
}

TEST(Window, close_asks_the_top_one) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    client.compositor->command(Command::close_window);
    client.pump();
    EXPECT_EQ(client.count(window.toplevel, 1), 1);
}

TEST(Window, hears_of_a_new_size_also_before_it_is_shown) {
    WireClient client(small());
    const auto window = client.window();
    client.compositor->resize({200, 160}, 120);
    client.pump();
    EXPECT_EQ(client.last(window.toplevel, 0)->words.at(0), 200U);
    EXPECT_EQ(client.compositor->picture().size, (Size{200, 160}));
    EXPECT_EQ(client.compositor->take_damage(), (std::vector<Rectangle>{{0, 0, 200, 160}}));
}

TEST(Window, can_be_hidden_and_shown_again) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    client.send(window.surface, 1, {}, 0U, 0U, 0U);
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.listener.windows, 0);
    EXPECT_EQ(client.pixel(1, 1), white);
    client.commit(window.surface);
    client.acknowledge(window.xdg_surface);
    client.attach(window.surface, client.solid(100, 80, blue));
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.pixel(1, 1), blue);
    EXPECT_TRUE(client.alive());
}

TEST(Damage, only_what_changed_is_copied_and_reported) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    static_cast<void>(client.compositor->take_damage());
    const auto next = client.solid(100, 80, green);
    client.send(window.surface, 1, {}, next, 0U, 0U);
    client.send(window.surface, 2, {}, 10U, 20U, 5U, 6U);
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.compositor->take_damage(), (std::vector<Rectangle>{{10, 20, 5, 6}}));
    EXPECT_EQ(client.pixel(10, 20), green);
    EXPECT_EQ(client.pixel(14, 25), green);
    EXPECT_EQ(client.pixel(15, 25), red);
    EXPECT_EQ(client.pixel(9, 20), red);
    // The buffer goes back at once.
    EXPECT_EQ(client.count(next, 0), 1);
}

// Chromium keeps buffer_scale 1, draws larger buffers, and gives damage in logical pixels.
TEST(Damage, is_scaled_with_the_viewport) {
    WireClient client({{150, 120}, 180, Layout::jp});
    const auto window = client.window();
    EXPECT_EQ(client.last(window.toplevel, 0)->words.at(0), 100U);
    const auto viewport = client.next_id();
    client.send(client.global("wp_viewporter"), 1, {}, viewport, window.surface);
    client.send(viewport, 2, {}, 100U, 80U);
    client.attach(window.surface, client.solid(150, 120, red));
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.pixel(149, 119), red);
    static_cast<void>(client.compositor->take_damage());

    client.send(window.surface, 1, {}, client.solid(150, 120, green), 0U, 0U);
    client.send(window.surface, 2, {}, 10U, 20U, 10U, 10U);
    client.commit(window.surface);
    client.pump();
    const auto damage = client.compositor->take_damage();
    ASSERT_EQ(damage.size(), 1U);
    EXPECT_LE(damage[0].x, 15);
    EXPECT_LE(damage[0].y, 30);
    EXPECT_GE(damage[0].x + damage[0].width, 30);
    EXPECT_GE(damage[0].y + damage[0].height, 45);
    EXPECT_LE(damage[0].width, 19);
    EXPECT_EQ(client.pixel(15, 30), green);
    EXPECT_EQ(client.pixel(29, 44), green);
    EXPECT_EQ(client.pixel(60, 60), red);
}

TEST(Viewport, a_small_buffer_is_stretched_over_its_destination) {
    WireClient client(small());
    const auto window = client.window();
    const auto viewport = client.next_id();
    client.send(client.global("wp_viewporter"), 1, {}, viewport, window.surface);
    client.send(viewport, 2, {}, 100U, 80U);
    client.attach(window.surface, client.solid(1, 1, blue));
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.pixel(0, 0), blue);
    EXPECT_EQ(client.pixel(99, 79), blue);
}

TEST(Popup, lies_on_its_window_and_takes_the_keys_while_it_grabs) {
    WireClient client(small());
    const auto keyboard = client.next_id();
    client.send(client.seat(), 1, {}, keyboard);
    const auto window = client.shown_window(100, 80, red);
    EXPECT_EQ(client.last(keyboard, 1)->words.at(1), window.surface);

    const auto surface = client.surface();
    const auto xdg_surface = client.next_id();
    client.send(client.shell(), 2, {}, xdg_surface, surface);
    const auto positioner = client.positioner(20, 10);
    client.send(positioner, 3, {}, 8U);  // anchor bottom right
    client.send(positioner, 4, {}, 8U);  // gravity bottom right
    const auto popup = client.next_id();
    client.send(xdg_surface, 2, {}, popup, window.xdg_surface, positioner);
    client.send(popup, 1, {}, client.seat(), 0U);
    client.commit(surface);
    client.acknowledge(xdg_surface);
    EXPECT_EQ(client.last(popup, 0)->words, (std::vector<std::uint32_t>{10, 10, 20, 10}));
    client.attach(surface, client.solid(20, 10, green));
    client.commit(surface);
    client.pump();
    EXPECT_EQ(client.pixel(10, 10), green);
    EXPECT_EQ(client.pixel(9, 10), red);
    EXPECT_EQ(client.last(keyboard, 1)->words.at(1), surface);

    client.send(popup, 0, {});
    client.send(xdg_surface, 0, {});
    client.send(surface, 0, {});
    client.pump();
    EXPECT_EQ(client.pixel(10, 10), red);
    EXPECT_EQ(client.last(keyboard, 1)->words.at(1), window.surface);
}

TEST(Popup, is_dismissed_by_a_click_beside_all_windows) {
    WireClient client(small());
    const auto pointer = client.next_id();
    client.send(client.seat(), 0, {}, pointer);
    const auto window = client.shown_window(50, 40, red);
    const auto surface = client.surface();
    const auto xdg_surface = client.next_id();
    client.send(client.shell(), 2, {}, xdg_surface, surface);
    const auto positioner = client.positioner(20, 10);
    const auto popup = client.next_id();
    client.send(xdg_surface, 2, {}, popup, window.xdg_surface, positioner);
    client.commit(surface);
    client.acknowledge(xdg_surface);
    client.attach(surface, client.solid(20, 10, green));
    client.commit(surface);
    client.pump();
    client.compositor->pointer(90, 70);
    client.compositor->button(Button::left, true);
    client.compositor->button(Button::left, false);
    client.pump();
    EXPECT_EQ(client.count(popup, 1), 1);
    EXPECT_EQ(client.pixel(5, 5), red);
}

TEST(Subsurface, waits_for_its_parent_while_synchronised) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    const auto child = client.surface();
    const auto subsurface = client.next_id();
    client.send(client.global("wl_subcompositor"), 1, {}, subsurface, child, window.surface);
    client.send(subsurface, 1, {}, 30U, 20U);
    client.attach(child, client.solid(10, 10, blue));
    client.commit(child);
    client.pump();
    EXPECT_EQ(client.pixel(30, 20), red);
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.pixel(30, 20), blue);

    client.send(subsurface, 5, {});
    client.attach(child, client.solid(10, 10, green));
    client.commit(child);
    client.pump();
    EXPECT_EQ(client.pixel(30, 20), green);

    client.send(subsurface, 3, {}, window.surface);  // below its parent
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.pixel(30, 20), red);
}

TEST(Blending, transparent_pixels_show_what_is_below) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    const auto child = client.surface();
    const auto subsurface = client.next_id();
    client.send(client.global("wl_subcompositor"), 1, {}, subsurface, child, window.surface);
    client.attach(child, client.solid(10, 10, 0x80000080, 0));
    client.commit(child);
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.pixel(5, 5), 0x7f0080U);
}

// Asks when to draw next; gives the callback.
std::uint32_t ask_for_frame(WireClient& client, const WireClient::Window& window) {
    const auto callback = client.next_id();
    client.send(window.surface, 3, {}, callback);
    client.commit(window.surface);
    client.pump();
    return callback;
}

TEST(Frames, are_answered_at_once_then_paced_and_withheld_on_demand) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    EXPECT_EQ(client.compositor->timeout(), -1);
    EXPECT_EQ(client.count(ask_for_frame(client, window), 0), 1);
    const auto second = ask_for_frame(client, window);
    EXPECT_EQ(client.count(second, 0), 0);
    EXPECT_GT(client.compositor->timeout(), 0);
    EXPECT_LE(client.compositor->timeout(), 16);
    std::this_thread::sleep_for(std::chrono::milliseconds(17));
    EXPECT_EQ(client.compositor->timeout(), 0);
    client.pump();
    EXPECT_EQ(client.count(second, 0), 1);
    EXPECT_EQ(client.compositor->timeout(), -1);

    client.compositor->allow_frames(false);
    std::this_thread::sleep_for(std::chrono::milliseconds(17));
    const auto withheld = ask_for_frame(client, window);
    EXPECT_EQ(client.count(withheld, 0), 0);
    EXPECT_EQ(client.compositor->timeout(), -1);
    client.compositor->allow_frames(true);
    client.pump();
    EXPECT_EQ(client.count(withheld, 0), 1);
}

TEST(Frames, are_paced_as_slowly_as_the_owner_says) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    EXPECT_EQ(client.count(ask_for_frame(client, window), 0), 1);
    client.compositor->pace_frames(std::chrono::hours(1));
    std::this_thread::sleep_for(std::chrono::milliseconds(17));
    const auto waiting = ask_for_frame(client, window);
    EXPECT_EQ(client.count(waiting, 0), 0);
    EXPECT_GT(client.compositor->timeout(), 1000);
    client.compositor->pace_frames(std::chrono::nanoseconds(0));
    client.pump();
    EXPECT_EQ(client.count(waiting, 0), 1);
}

TEST(Frames, of_a_hidden_window_wait_until_it_is_seen) {
    WireClient client(small());
    const auto first = client.shown_window(100, 80, red);
    const auto second = client.shown_window(100, 80, green);
    const auto callback = client.next_id();
    client.send(first.surface, 3, {}, callback);
    client.commit(first.surface);
    client.pump();
    EXPECT_EQ(client.count(callback, 0), 0);
    client.send(second.toplevel, 0, {});
    client.pump();
    EXPECT_EQ(client.count(callback, 0), 1);
}

TEST(Output, a_new_scale_reaches_surfaces_and_outputs) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, red);
    const auto output = client.global("wl_output");
    const auto scale = client.next_id();
    client.send(client.global("wp_fractional_scale_manager_v1"), 1, {}, scale, window.surface);
    client.pump();
    EXPECT_EQ(client.last(scale, 0)->words.at(0), 120U);
    client.compositor->resize({300, 200}, 150);
    client.pump();
    EXPECT_EQ(client.last(scale, 0)->words.at(0), 150U);
    EXPECT_EQ(client.last(output, 1)->words.at(1), 300U);
    EXPECT_EQ(client.last(output, 3)->words.at(0), 2U);
    EXPECT_EQ(client.last(window.toplevel, 0)->words.at(0), 240U);
}

TEST(Client, its_end_is_told_once_and_empties_the_picture) {
    WireClient client(small());
    client.shown_window(100, 80, red);
    client.socket.reset();
    client.compositor->dispatch();
    client.compositor->dispatch();
    EXPECT_EQ(client.listener.gone, 1);
    EXPECT_EQ(client.listener.windows, 0);
    EXPECT_EQ(client.pixel(0, 0), white);
    // Nothing of this may touch the client any more.
    client.compositor->pointer(1, 1);
    client.compositor->button(Button::left, true);
    client.compositor->key(30, true);
    client.compositor->commit("あ");
    client.compositor->command(Command::back);
    client.compositor->command(Command::close_window);
    client.compositor->resize({200, 100}, 180);
    client.compositor->focus(false);
    client.compositor->allow_frames(true);
    EXPECT_EQ(client.listener.gone, 1);
}

}  // namespace
}  // namespace shoji::compositor::testing
