// A taken-over client, at the protocol: each sequence that breaks a rule of roles, numbers, order
// or form ends in a protocol error or a disconnection, and not in a crash.
#include "screen/compositor/hostile_client.h"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace shoji::compositor::testing {
namespace {

TEST(HostileRoles, a_surface_has_one_role_for_life) {
    expect_error([](WireClient& client) {
        const auto window = client.window();
        make_subsurface(client, window.surface, client.surface());
    });
    expect_error([](WireClient& client) {
        const auto pointer = client.next_id();
        client.send(client.seat(), 0, {}, pointer);
        client.send(pointer, 0, {}, 0U, client.window().surface, 0U, 0U);
    });
    expect_error([](WireClient& client) {
        const auto pointer = client.next_id();
        client.send(client.seat(), 0, {}, pointer);
        const auto surface = client.surface();
        client.send(pointer, 0, {}, 0U, surface, 0U, 0U);
        client.send(client.shell(), 2, {}, client.next_id(), surface);
    });
    expect_error([](WireClient& client) {
        const auto window = client.window();
        client.send(window.xdg_surface, 1, {}, client.next_id());
    });
    expect_error([](WireClient& client) {
        const auto window = client.window();
        client.send(client.shell(), 2, {}, client.next_id(), window.surface);
    });
    expect_error([](WireClient& client) {
        const auto surface = client.surface();
        client.attach(surface, client.solid(4, 4, 0));
        client.send(client.shell(), 2, {}, client.next_id(), surface);
    });
    expect_error([](WireClient& client) {
        const auto window = client.window();
        client.send(window.toplevel, 0, {});
        const auto positioner = client.positioner(1, 1);
        const auto other = client.window();
        client.send(window.xdg_surface, 2, {}, client.next_id(), other.xdg_surface, positioner);
    });
}

TEST(HostileRoles, the_shell_s_hand_shake_is_kept) {
    // A commit before there is a role; a buffer before the first answer; answers to nothing.
    expect_error([](WireClient& client) {
        const auto surface = client.surface();
        client.send(client.shell(), 2, {}, client.next_id(), surface);
        client.commit(surface);
    });
    expect_error([](WireClient& client) {
        const auto surface = client.surface();
        const auto xdg_surface = client.next_id();
        client.send(client.shell(), 2, {}, xdg_surface, surface);
        client.send(xdg_surface, 1, {}, client.next_id());
        client.attach(surface, client.solid(4, 4, 0));
        client.commit(surface);
    });
    expect_error([](WireClient& client) {
        const auto window = client.window();
        client.send(window.xdg_surface, 4, {}, 12345678U);
    });
    expect_error([](WireClient& client) {
        const auto window = client.window();
        const auto serial = client.last(window.xdg_surface, 0)->words.at(0);
        client.send(window.xdg_surface, 4, {}, serial);
    });
    expect_error([](WireClient& client) { client.send(client.window().xdg_surface, 0, {}); });
    expect_error([](WireClient& client) {
        client.send(client.window().xdg_surface, 3, {}, 0U, 0U, 0U, 5U);
    });
}

TEST(HostileRoles, popups_need_a_parent_and_rules_and_are_not_endless) {
    expect_error([](WireClient& client) {
        const auto positioner = client.positioner(1, 1);
        const auto surface = client.surface();
        const auto xdg_surface = client.next_id();
        client.send(client.shell(), 2, {}, xdg_surface, surface);
        client.send(xdg_surface, 2, {}, client.next_id(), 0U, positioner);
    });
    expect_error([](WireClient& client) {
        const auto positioner = client.positioner(1, 1);
        const auto surface = client.surface();
        const auto xdg_surface = client.next_id();
        client.send(client.shell(), 2, {}, xdg_surface, surface);
        client.send(xdg_surface, 2, {}, client.next_id(), xdg_surface, positioner);
    });
    expect_error([](WireClient& client) {
        const auto window = client.window();
        const auto positioner = client.next_id();
        client.send(client.shell(), 1, {}, positioner);
        const auto surface = client.surface();
        const auto xdg_surface = client.next_id();
        client.send(client.shell(), 2, {}, xdg_surface, surface);
        client.send(xdg_surface, 2, {}, client.next_id(), window.xdg_surface, positioner);
    });
    expect_error([](WireClient& client) {
        auto parent = client.window().xdg_surface;
        for (int i = 0; i < 20 && client.alive(); ++i) {
            parent = make_popup(client, parent).xdg_surface;
        }
    });
}

TEST(HostileRoles, popups_whose_parents_go_in_circles_are_not_followed) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, 0xff0000);
    const auto lower = make_popup(client, window.xdg_surface);
    const auto upper = make_popup(client, lower.xdg_surface);
    client.attach(upper.surface, client.solid(10, 10, 0x00ff00));
    client.commit(upper.surface);
    client.send(lower.popup, 0, {});
    const auto positioner = client.positioner(10, 10);
    const auto again = client.next_id();
    client.send(lower.xdg_surface, 2, {}, again, upper.xdg_surface, positioner);
    client.commit(lower.surface);
    client.acknowledge(lower.xdg_surface);
    client.attach(lower.surface, client.solid(10, 10, 0x0000ff));
    client.commit(lower.surface);
    client.pump();
    EXPECT_TRUE(client.alive());
    EXPECT_EQ(client.pixel(50, 50), 0xff0000U);
    client.compositor->resize({200, 100}, 150);
    client.compositor->pointer(5, 5);
    client.pump();
    EXPECT_TRUE(client.alive());
}

TEST(HostileRoles, subsurfaces_go_neither_in_circles_nor_too_deep) {
    expect_error([](WireClient& client) {
        const auto surface = client.surface();
        make_subsurface(client, surface, surface);
    });
    expect_error([](WireClient& client) {
        const auto a = client.surface();
        const auto b = client.surface();
        make_subsurface(client, a, b);
        make_subsurface(client, b, a);
    });
    expect_error([](WireClient& client) {
        auto parent = client.surface();
        for (int i = 0; i < 20; ++i) {
            const auto child = client.surface();
            make_subsurface(client, child, parent);
            parent = child;
        }
    });
    // A chain that grows from its lower end is only as long as there are objects.
    WireClient client(small());
    auto child = client.surface();
    std::vector<std::uint32_t> chain{child};
    for (int i = 0; i < 60; ++i) {
        const auto parent = client.surface();
        const auto link = make_subsurface(client, child, parent);
        client.send(link, 5, {});
        chain.push_back(child = parent);
    }
    for (const auto surface : chain) {
        client.attach(surface, client.solid(4, 4, 0));
        client.commit(surface);
    }
    client.pump();
    EXPECT_TRUE(client.alive());
    expect_error([](WireClient& other) {
        const auto a = other.surface();
        const auto link = make_subsurface(other, a, other.surface());
        other.send(link, 2, {}, other.surface());
    });
}

TEST(HostileNumbers, out_of_range_are_refused) {
    const auto with_positioner = [](std::uint16_t opcode, auto... values) {
        expect_error([&](WireClient& client) {
            client.send(client.positioner(1, 1), opcode, {}, values...);
        });
    };
    with_positioner(1, 0U, 1U);
    with_positioner(1, minus_one, 1U);
    with_positioner(1, huge, huge);
    with_positioner(2, huge, huge, huge, huge);
    with_positioner(2, lowest, lowest, 1U, 1U);
    with_positioner(2, 0U, 0U, minus_one, 1U);
    with_positioner(3, 9U);
    with_positioner(4, minus_one);
    with_positioner(6, lowest, 0U);

    const auto with_viewport = [](std::uint16_t opcode, auto... values) {
        expect_error([&](WireClient& client) {
            const auto surface = client.surface();
            const auto viewport = client.next_id();
            client.send(client.global("wp_viewporter"), 1, {}, viewport, surface);
            client.send(viewport, opcode, {}, values...);
            client.attach(surface, client.solid(10, 10, 0));
            client.commit(surface);
        });
    };
    with_viewport(1, 0U, 0U, 0U, 256U);
    with_viewport(1, lowest, 0U, 256U, 256U);
    with_viewport(1, 0U, 0U, 11U * 256, 256U);
    with_viewport(1, huge, huge, huge, huge);
    with_viewport(1, 0U, 0U, 128U, 256U);
    with_viewport(2, 0U, 1U);
    with_viewport(2, lowest, 1U);
    with_viewport(2, 1U, huge);

    const auto with_surface = [](std::uint16_t opcode, auto... values) {
        expect_error([&](WireClient& client) {
            const auto surface = client.surface();
            client.send(surface, opcode, {}, values...);
            client.attach(surface, client.solid(4, 4, 0));
            client.commit(surface);
        });
    };
    with_surface(7, 1U);
    with_surface(7, minus_one);
    with_surface(8, 0U);
    with_surface(8, lowest);
    with_surface(8, 8U);  // larger than the buffer: nothing would be left
    expect_error([](WireClient& client) {
        const auto pointer = client.next_id();
        client.send(client.seat(), 0, {}, pointer);
        const auto device = client.next_id();
        client.send(client.global("wp_cursor_shape_manager_v1"), 1, {}, device, pointer);
        client.send(device, 1, {}, 0U, 35U);
    });
    expect_error([](WireClient& client) { client.send(client.seat(), 2, {}, client.next_id()); });
}

TEST(HostileNumbers, extreme_damage_and_places_are_harmless) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, 0xff0000);
    const auto child = client.surface();
    const auto subsurface = make_subsurface(client, child, window.surface);
    client.send(subsurface, 5, {});
    const auto viewport = client.next_id();
    client.send(client.global("wp_viewporter"), 1, {}, viewport, child);
    const auto region = client.next_id();
    client.send(client.global("wl_compositor"), 1, {}, region);
    const auto buffer = client.solid(16, 16, 0x80808080, 0);
    const std::uint32_t extremes[] = {0, 1, 7, 8191, 16384, huge, huge - 1, lowest, minus_one};
    std::mt19937 random(11);
    const auto any = [&] { return extremes[random() % std::size(extremes)]; };
    for (int i = 0; i < 400; ++i) {
        client.send(window.surface, 2, {}, any(), any(), any(), any());
        client.send(window.surface, 9, {}, any(), any(), any(), any());
        client.send(child, 2, {}, any(), any(), any(), any());
        client.send(child, 9, {}, any(), any(), any(), any());
        client.send(subsurface, 1, {}, any(), any());
        client.send(region, i % 2 == 0 ? 1 : 2, {}, any(), any(), any(), any());
        client.send(child, 4, {}, region);
        client.send(window.surface, 5, {}, region);
        client.send(viewport, 2, {}, std::uint32_t{1} << (random() % 14),
                    std::uint32_t{1} << (random() % 14));
        client.send(window.xdg_surface, 3, {}, any(), any(), any() % 8000 + 1, any() % 8000 + 1);
        client.send(child, 1, {}, buffer, 0U, 0U);
        client.commit(child);
        client.commit(window.surface);
        client.pump();
        static_cast<void>(client.compositor->picture());
        client.compositor->pointer(static_cast<int>(random() % 100), 40);
        for (const Rectangle& r : client.compositor->take_damage()) {
            ASSERT_TRUE(r.x >= 0 && r.y >= 0 && r.width > 0 && r.height > 0);
            ASSERT_TRUE(r.x + r.width <= 100 && r.y + r.height <= 80);
        }
        if (i % 50 == 0) client.compositor->resize({100, 80}, 60 + i);
    }
    EXPECT_TRUE(client.alive());
}

TEST(HostileOrder, objects_may_go_in_any_order) {
    std::mt19937 random(5);
    for (int round = 0; round < 60; ++round) {
        WireClient client(small());
        const auto window = client.shown_window(100, 80, 0xff0000);
        const auto popup = make_popup(client, window.xdg_surface);
        client.attach(popup.surface, client.solid(10, 10, 0));
        client.commit(popup.surface);
        const auto child = client.surface();
        const auto subsurface = make_subsurface(client, child, window.surface);
        const auto viewport = client.next_id();
        client.send(client.global("wp_viewporter"), 1, {}, viewport, child);
        const auto scale = client.next_id();
        client.send(client.global("wp_fractional_scale_manager_v1"), 1, {}, scale, child);
        const auto decoration = client.next_id();
        client.send(client.global("zxdg_decoration_manager_v1"), 1, {}, decoration,
                    window.toplevel);
        const auto buffer = client.solid(10, 10, 0);
        client.attach(child, buffer);
        client.send(child, 3, {}, client.next_id());
        client.send(client.global("wp_presentation"), 1, {}, child, client.next_id());
        client.commit(child);
        const auto input = client.next_id();
        client.send(client.global("zwp_text_input_manager_v3"), 1, {}, input, client.seat());
        client.send(input, 1, {});
        client.send(input, 7, {});
        const auto pointer = client.next_id();
        client.send(client.seat(), 0, {}, pointer);
        client.compositor->pointer(5, 5);
        client.compositor->button(Button::left, true);
        std::vector<std::uint32_t> doomed{
            window.surface, window.toplevel, popup.popup, popup.surface,     child,
            subsurface,     viewport,        scale,       decoration,        input,
            client.seat(),  client.shell(),  buffer,      window.xdg_surface};
        std::shuffle(doomed.begin(), doomed.end(), random);
        for (const auto object : doomed) {
            // wl_seat.release is its fourth request; the others begin with destroy.
            client.send(object, object == client.seat() ? 3 : 0, {});
            client.pump();
            static_cast<void>(client.compositor->picture());
            client.compositor->pointer(static_cast<int>(random() % 100), 10);
            client.compositor->key(30, true);
            client.compositor->key(30, false);
            client.compositor->commit("あ");
            if (!client.alive()) break;
        }
        // Leaving while everything still exists is one more order.
        if (round % 2 == 0) client.socket.reset();
        client.compositor->dispatch();
        static_cast<void>(client.compositor->picture());
    }
}

TEST(HostileBytes, noise_ends_the_connection) {
    std::mt19937 random(9);
    for (int round = 0; round < 200; ++round) {
        WireClient client(small());
        // More than a message may have, so that what waits for its rest is ended too.
        std::vector<std::uint32_t> noise(4096);
        for (auto& word : noise) word = static_cast<std::uint32_t>(random());
        client.send_bytes(noise.data(), noise.size() * 4);
        client.pump();
        EXPECT_FALSE(client.alive());
    }
    // A message that says it is shorter than its head.
    WireClient client(small());
    const std::uint32_t head[] = {1, 4U << 16U, 0, 0};
    client.send_bytes(head, sizeof head);
    client.pump();
    EXPECT_FALSE(client.alive());
}

}  // namespace
}  // namespace shoji::compositor::testing
