// Keys, the pointer and text as the client hears them.
#include "screen/compositor/wire_client.h"

#include <gtest/gtest.h>
#include <linux/input-event-codes.h>
#include <xkbcommon/xkbcommon.h>

namespace shoji::compositor::testing {
namespace {

// Events of wl_keyboard.
constexpr std::uint16_t keymap_event = 0;
constexpr std::uint16_t key_event = 3;
constexpr std::uint16_t modifiers_event = 4;
constexpr std::uint16_t repeat_event = 5;
// Events of wl_pointer.
constexpr std::uint16_t pointer_enter = 0;
constexpr std::uint16_t pointer_leave = 1;
constexpr std::uint16_t pointer_motion = 2;
constexpr std::uint16_t pointer_button = 3;
constexpr std::uint16_t pointer_axis = 4;
constexpr std::uint16_t pointer_value120 = 9;

constexpr std::uint32_t shift = 1;
constexpr std::uint32_t control = 4;
constexpr std::uint32_t alt = 8;

struct Keyboard : ::testing::Test {
    Keyboard() {
        keyboard = client.next_id();
        client.send(client.seat(), 1, {}, keyboard);
        client.shown_window(100, 80, 0);
        client.events.clear();
    }
    // Each key event as code and state.
    std::vector<std::pair<std::uint32_t, std::uint32_t>> keys() {
        client.pump();
        std::vector<std::pair<std::uint32_t, std::uint32_t>> all;
        for (const Event& event : client.events) {
            if (event.object == keyboard && event.opcode == key_event) {
                all.emplace_back(event.words.at(2), event.words.at(3));
            }
        }
        return all;
    }
    std::uint32_t depressed() {
        client.pump();
        const Event* event = client.last(keyboard, modifiers_event);
        return event == nullptr ? 0 : event->words.at(1);
    }
    using Keys = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

    WireClient client{{{100, 80}, 120, Layout::jp}};
    std::uint32_t keyboard = 0;
};

TEST_F(Keyboard, sends_keys_and_modifiers) {
    client.compositor->key(KEY_LEFTSHIFT, true);
    EXPECT_EQ(depressed(), shift);
    client.compositor->key(KEY_A, true);
    client.compositor->key(KEY_A, false);
    client.compositor->key(KEY_LEFTSHIFT, false);
    EXPECT_EQ(keys(), (Keys{{KEY_LEFTSHIFT, 1}, {KEY_A, 1}, {KEY_A, 0}, {KEY_LEFTSHIFT, 0}}));
    EXPECT_EQ(depressed(), 0U);
}

TEST_F(Keyboard, a_repeated_press_is_a_press_and_a_release_of_nothing_is_nothing) {
    client.compositor->key(KEY_A, true);
    client.compositor->key(KEY_A, true);
    client.compositor->key(KEY_A, false);
    client.compositor->key(KEY_A, false);
    client.compositor->key(0, true);
    client.compositor->key(248, true);
    EXPECT_EQ(keys(), (Keys{{KEY_A, 1}, {KEY_A, 1}, {KEY_A, 0}}));
}

TEST_F(Keyboard, losing_the_focus_releases_everything) {
    client.compositor->key(KEY_LEFTCTRL, true);
    client.compositor->key(KEY_A, true);
    client.pump();
    client.events.clear();
    client.compositor->focus(false);
    EXPECT_EQ(keys(), (Keys{{KEY_LEFTCTRL, 0}, {KEY_A, 0}}));
    EXPECT_EQ(depressed(), 0U);
    client.events.clear();
    client.compositor->focus(false);
    client.compositor->focus(true);
    EXPECT_EQ(keys(), Keys{});
}

TEST_F(Keyboard, commands_are_chords_that_leave_the_modifiers_as_they_were) {
    client.compositor->key(KEY_LEFTSHIFT, true);
    client.pump();
    client.events.clear();
    client.compositor->command(Command::back);
    client.pump();
    std::vector<std::uint32_t> modifiers;
    for (const Event& event : client.events) {
        if (event.object == keyboard && event.opcode == modifiers_event) {
            modifiers.push_back(event.words.at(1));
        }
    }
    EXPECT_EQ(modifiers, (std::vector<std::uint32_t>{alt, shift}));
    EXPECT_EQ(keys(), (Keys{{KEY_LEFT, 1}, {KEY_LEFT, 0}}));
}

TEST_F(Keyboard, each_command_has_its_keys) {
    const auto chord = [&](Command command) {
        client.pump();
        client.events.clear();
        client.compositor->command(command);
        client.pump();
        std::uint32_t most = 0;
        for (const Event& event : client.events) {
            if (event.object == keyboard && event.opcode == modifiers_event) {
                most = std::max(most, event.words.at(1));
            }
        }
        return std::pair{most, keys().at(0).first};
    };
    using Chord = std::pair<std::uint32_t, std::uint32_t>;
    EXPECT_EQ(chord(Command::forward), (Chord{alt, KEY_RIGHT}));
    EXPECT_EQ(chord(Command::reload), (Chord{control, KEY_R}));
    EXPECT_EQ(chord(Command::stop), (Chord{0, KEY_ESC}));
    EXPECT_EQ(chord(Command::zoom_in), (Chord{control, KEY_KPPLUS}));
    EXPECT_EQ(chord(Command::zoom_out), (Chord{control, KEY_KPMINUS}));
    EXPECT_EQ(chord(Command::zoom_reset), (Chord{control, KEY_0}));
    EXPECT_EQ(chord(Command::leave_full_screen), (Chord{0, KEY_ESC}));
}

struct ParsedKeymap {
    explicit ParsedKeymap(const WireClient& client, std::uint32_t keyboard) {
        const Event* event = client.last(keyboard, keymap_event);
        size = event->words.at(1);
        descriptor = client.received.back().get();
        void* text = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
        xkb_context* context = xkb_context_new(XKB_CONTEXT_NO_ENVIRONMENT_NAMES);
        xkb_keymap* keymap =
            xkb_keymap_new_from_string(context, static_cast<const char*>(text),
                                       XKB_KEYMAP_FORMAT_TEXT_V1, XKB_KEYMAP_COMPILE_NO_FLAGS);
        const xkb_keysym_t* symbols = nullptr;
        if (xkb_keymap_key_get_syms_by_level(keymap, KEY_LEFTBRACE + 8, 0, 0, &symbols) == 1) {
            left_of_brace = *symbols;
        }
        xkb_keymap_unref(keymap);
        xkb_context_unref(context);
        ::munmap(text, size);
    }
    std::uint32_t size = 0;
    int descriptor = -1;
    xkb_keysym_t left_of_brace = 0;
};

TEST_F(Keyboard, the_keymap_is_the_layout_s_and_cannot_be_written) {
    WireClient other{{{100, 80}, 120, Layout::jp}};
    const auto object = other.next_id();
    other.send(other.seat(), 1, {}, object);
    other.pump();
    const ParsedKeymap jp(other, object);
    EXPECT_EQ(jp.left_of_brace, static_cast<xkb_keysym_t>(XKB_KEY_at));
    EXPECT_EQ(::write(jp.descriptor, "x", 1), -1);
    EXPECT_EQ(::ftruncate(jp.descriptor, 0), -1);
    EXPECT_EQ(::mmap(nullptr, 1, PROT_READ | PROT_WRITE, MAP_SHARED, jp.descriptor, 0), MAP_FAILED);
    EXPECT_EQ(other.last(object, repeat_event)->words.at(0), 0U);

    other.compositor->set_layout(Layout::us);
    other.pump();
    EXPECT_EQ(ParsedKeymap(other, object).left_of_brace,
              static_cast<xkb_keysym_t>(XKB_KEY_bracketleft));
}

struct Mouse : ::testing::Test {
    Mouse() {
        pointer = client.next_id();
        client.send(client.seat(), 0, {}, pointer);
        window = client.shown_window(100, 80, 0);
    }
    WireClient client{{{100, 80}, 120, Layout::jp}};
    std::uint32_t pointer = 0;
    WireClient::Window window{};
};

TEST_F(Mouse, enters_moves_and_presses) {
    client.compositor->pointer(10, 20);
    client.pump();
    const Event* enter = client.last(pointer, pointer_enter);
    ASSERT_NE(enter, nullptr);
    EXPECT_EQ(enter->words.at(1), window.surface);
    EXPECT_EQ(enter->words.at(2), 10U * 256);
    client.compositor->pointer(11, 20);
    client.compositor->button(Button::right, true);
    client.compositor->button(Button::right, true);
    client.compositor->button(Button::right, false);
    client.pump();
    EXPECT_EQ(client.last(pointer, pointer_motion)->words.at(1), 11U * 256);
    EXPECT_EQ(client.count(pointer, pointer_button), 2);
    EXPECT_EQ(client.last(pointer, pointer_button)->words.at(2), std::uint32_t{BTN_RIGHT});
}

TEST_F(Mouse, device_pixels_become_logical_ones) {
    client.compositor->resize({200, 160}, 240);
    client.compositor->pointer(31, 40);
    client.pump();
    const Event* enter = client.last(pointer, pointer_enter);
    EXPECT_EQ(enter->words.at(2), 31U * 128);
    EXPECT_EQ(enter->words.at(3), 20U * 256);
}

TEST_F(Mouse, the_wheel_goes_by_120ths) {
    client.compositor->pointer(10, 20);
    client.compositor->wheel(0, 30);
    client.pump();
    EXPECT_EQ(client.last(pointer, pointer_value120)->words.at(1), 30U);
    EXPECT_EQ(client.last(pointer, pointer_axis)->words.at(2), 640U);  // 2.5 of 10 a notch
}

TEST_F(Mouse, a_held_button_keeps_the_surface) {
    client.compositor->pointer(10, 20);
    client.compositor->button(Button::left, true);
    client.shown_window(100, 80, 0);
    client.pump();
    EXPECT_EQ(client.count(pointer, pointer_leave), 0);
    client.compositor->focus(false);
    client.pump();
    EXPECT_EQ(client.count(pointer, pointer_button), 2);
    EXPECT_EQ(client.count(pointer, pointer_leave), 1);
}

TEST_F(Mouse, cursor_shapes_reach_the_listener) {
    const auto device = client.next_id();
    client.send(client.global("wp_cursor_shape_manager_v1"), 1, {}, device, pointer);
    client.send(device, 1, {}, 0U, 9U);
    client.pump();
    EXPECT_EQ(client.listener.cursor, 9);
    client.send(pointer, 0, {}, 0U, 0U, 0U, 0U);
    client.pump();
    EXPECT_EQ(client.listener.cursor, 0);
    client.send(pointer, 0, {}, 0U, client.surface(), 0U, 0U);
    client.pump();
    EXPECT_EQ(client.listener.cursor, 1);
}

// Requests and events of zwp_text_input_v3.
constexpr std::uint16_t enable = 1;
constexpr std::uint16_t disable = 2;
constexpr std::uint16_t set_content_type = 5;
constexpr std::uint16_t set_cursor_rectangle = 6;
constexpr std::uint16_t commit_state = 7;
constexpr std::uint16_t enter_event = 0;
constexpr std::uint16_t preedit_event = 2;
constexpr std::uint16_t commit_event = 3;
constexpr std::uint16_t done_event = 5;

struct TextField : ::testing::Test {
    TextField() {
        client.shown_window(100, 80, 0);
        input = client.next_id();
        client.send(client.global("zwp_text_input_manager_v3"), 1, {}, input, client.seat());
        client.pump();
    }
    void focus_field(std::uint32_t purpose) {
        client.send(input, enable, {});
        client.send(input, set_content_type, {}, 0U, purpose);
        client.send(input, set_cursor_rectangle, {}, 10U, 20U, 0U, 16U);
        client.send(input, commit_state, {});
        client.pump();
    }
    WireClient client{{{150, 120}, 180, Layout::jp}};
    std::uint32_t input = 0;
};

TEST_F(TextField, is_told_with_its_purpose_and_caret_in_device_pixels) {
    EXPECT_EQ(client.count(input, enter_event), 1);
    EXPECT_EQ(client.listener.text_input_changes, 0);
    focus_field(8);
    EXPECT_TRUE(client.listener.text_input);
    EXPECT_EQ(client.listener.purpose, 8);
    ASSERT_TRUE(client.listener.caret);
    EXPECT_EQ(*client.listener.caret, (Rectangle{15, 30, 2, 24}));
    // Another field is told anew though nothing else changed.
    focus_field(8);
    EXPECT_EQ(client.listener.text_input_changes, 2);
    client.send(input, disable, {});
    client.send(input, commit_state, {});
    client.pump();
    EXPECT_FALSE(client.listener.text_input);
}

TEST_F(TextField, receives_composition_and_text) {
    focus_field(0);
    client.events.clear();
    client.compositor->preedit("にほん", 0, 9);
    client.pump();
    const Event* preedit = client.last(input, preedit_event);
    ASSERT_NE(preedit, nullptr);
    EXPECT_STREQ(reinterpret_cast<const char*>(&preedit->words.at(1)), "にほん");
    EXPECT_EQ(preedit->words.at(preedit->words.size() - 1), 9U);
    EXPECT_EQ(client.last(input, done_event)->words.at(0), 1U);
    client.compositor->commit("日本語\n");
    client.pump();
    const Event* commit = client.last(input, commit_event);
    ASSERT_NE(commit, nullptr);
    EXPECT_STREQ(reinterpret_cast<const char*>(&commit->words.at(1)), "日本語\n");
}

TEST_F(TextField, is_not_disturbed_by_its_own_commits_while_it_composes) {
    focus_field(0);
    EXPECT_EQ(client.count(input, done_event), 1);
    client.compositor->preedit("に", 3, 3);
    client.pump();
    EXPECT_EQ(client.count(input, done_event), 2);
    client.send(input, commit_state, {});
    client.pump();
    EXPECT_EQ(client.count(input, done_event), 2);
}

TEST_F(TextField, takes_the_longest_text_and_refuses_what_is_none) {
    focus_field(0);
    client.events.clear();
    client.compositor->commit(std::string(4000, 'x'));
    client.pump();
    EXPECT_EQ(client.count(input, commit_event), 1);
    client.compositor->commit(std::string(4001, 'x'));
    client.compositor->commit("\xff");
    client.compositor->commit(std::string_view("a\0b", 3));
    client.compositor->preedit("a", -5, 900);
    client.pump();
    EXPECT_EQ(client.count(input, commit_event), 1);
    EXPECT_EQ(client.last(input, preedit_event)->words.back(), 0xffffffffU);
    EXPECT_TRUE(client.alive());
}

TEST_F(TextField, text_without_a_field_is_dropped_and_never_becomes_keys) {
    const auto keyboard = client.next_id();
    client.send(client.seat(), 1, {}, keyboard);
    client.pump();
    client.events.clear();
    client.compositor->commit("abc");
    client.compositor->preedit("abc", 0, 0);
    client.pump();
    EXPECT_EQ(client.count(input, commit_event), 0);
    EXPECT_EQ(client.count(keyboard, key_event), 0);
}

struct Drag : Mouse {};

TEST_F(Drag, goes_round_inside_the_client) {
    const auto manager = client.global("wl_data_device_manager");
    const auto device = client.next_id();
    client.send(manager, 1, {}, device, client.seat());
    const auto source = client.next_id();
    client.send(manager, 0, {}, source);
    client.send(source, 0, {}, Text{"text/plain"});
    client.send(source, 2, {}, 3U);
    client.compositor->pointer(10, 10);
    client.compositor->button(Button::left, true);
    client.send(device, 0, {}, source, window.surface, 0U, 0U);
    client.pump();
    const std::uint32_t offer = client.last(device, 0)->words.at(0);
    EXPECT_EQ(client.last(device, 1)->words.at(4), offer);
    client.send(offer, 0, {}, 0U, Text{"text/plain"});
    client.send(offer, 4, {}, 3U, 2U);
    client.pump();
    EXPECT_EQ(client.last(source, 5)->words.at(0), 2U);
    client.compositor->pointer(30, 30);
    client.compositor->button(Button::left, false);
    client.pump();
    EXPECT_EQ(client.count(device, 4), 1);
    const auto memory = WireClient::memory(4);
    client.send(offer, 1, {memory.get()}, Text{"text/plain"});
    client.send(offer, 3, {});
    client.pump();
    EXPECT_EQ(client.count(source, 1), 1);  // send
    EXPECT_EQ(client.count(source, 4), 1);  // dnd_finished
    EXPECT_TRUE(client.alive());
}

TEST_F(Drag, without_a_button_down_is_cancelled) {
    const auto manager = client.global("wl_data_device_manager");
    const auto device = client.next_id();
    client.send(manager, 1, {}, device, client.seat());
    const auto source = client.next_id();
    client.send(manager, 0, {}, source);
    client.send(device, 0, {}, source, window.surface, 0U, 0U);
    client.pump();
    EXPECT_EQ(client.count(source, 2), 1);
    EXPECT_EQ(client.count(device, 1), 0);
}

}  // namespace
}  // namespace shoji::compositor::testing
