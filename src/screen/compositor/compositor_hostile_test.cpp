// A taken-over client: each sequence that breaks a rule ends in a protocol error or a
// disconnection, and neither in a crash nor in memory that grows.
#include "screen/compositor/limits.h"
#include "screen/compositor/wire_client.h"

#include <fstream>
#include <functional>
#include <limits>
#include <random>

#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::compositor::testing {
namespace {

constexpr std::uint32_t huge = 0x7fffffff;
constexpr std::uint32_t lowest = 0x80000000;
constexpr std::uint32_t minus_one = 0xffffffff;

Compositor::Options small() {
    return {{100, 80}, 120, Layout::jp};
}

std::size_t resident_kilobytes() {
    std::ifstream file("/proc/self/statm");
    std::size_t all = 0;
    std::size_t resident = 0;
    file >> all >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) / 1024;
}

// Sanitizers keep freed memory for a while.
#if defined(__SANITIZE_ADDRESS__)
constexpr std::size_t allowance_kilobytes = 512U * 1024;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
constexpr std::size_t allowance_kilobytes = 512U * 1024;
#else
constexpr std::size_t allowance_kilobytes = 0;
#endif
#else
constexpr std::size_t allowance_kilobytes = 0;
#endif

void expect_no_growth(std::size_t before, std::size_t megabytes) {
    EXPECT_LT(resident_kilobytes(), before + megabytes * 1024 + allowance_kilobytes);
}

// The client breaks a rule; it is told which, and is gone.
void expect_error(const std::function<void(WireClient&)>& misbehave) {
    WireClient client(small());
    misbehave(client);
    client.pump();
    EXPECT_FALSE(client.alive());
    EXPECT_TRUE(client.error().has_value());
    EXPECT_EQ(client.listener.gone, 1);
}

struct Popup {
    std::uint32_t surface;
    std::uint32_t xdg_surface;
    std::uint32_t popup;
};
Popup make_popup(WireClient& client, std::uint32_t parent) {
    const auto positioner = client.positioner(10, 10);
    Popup made{client.surface(), client.next_id(), 0};
    client.send(client.shell(), 2, {}, made.xdg_surface, made.surface);
    made.popup = client.next_id();
    client.send(made.xdg_surface, 2, {}, made.popup, parent, positioner);
    client.commit(made.surface);
    client.acknowledge(made.xdg_surface);
    return made;
}

std::uint32_t make_subsurface(WireClient& client, std::uint32_t child, std::uint32_t parent) {
    const auto id = client.next_id();
    client.send(client.global("wl_subcompositor"), 1, {}, id, child, parent);
    return id;
}

TEST(HostileMemory, pools_must_be_memory_and_of_a_sane_size) {
    const auto memory = WireClient::memory(4096);
    for (const std::uint32_t size : {0U, minus_one, lowest, huge}) {
        expect_error([&](WireClient& client) { client.pool(memory, size); });
    }
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const base::FileDescriptor reading(pipe_ends[0]);
    const base::FileDescriptor writing(pipe_ends[1]);
    expect_error([&](WireClient& client) { client.pool(reading, 4096); });
    const base::FileDescriptor null(::open("/dev/zero", O_RDWR | O_CLOEXEC));
    expect_error([&](WireClient& client) { client.pool(null, 4096); });
    // No descriptor at all.
    expect_error([&](WireClient& client) {
        client.send(client.global("wl_shm"), 0, {}, client.next_id(), 4096U);
    });
}

TEST(HostileMemory, buffers_must_lie_in_their_pool) {
    struct Layout {
        std::uint32_t offset, width, height, stride, format;
    };
    for (const Layout& layout : std::vector<Layout>{{0, 32, 33, 128, 1},
                                                    {1, 32, 32, 128, 1},
                                                    {minus_one, 1, 1, 4, 1},
                                                    {lowest, 1, 1, 4, 1},
                                                    {0, 0, 1, 4, 1},
                                                    {0, 1, 0, 4, 1},
                                                    {0, minus_one, 1, 4, 1},
                                                    {0, 1, lowest, 4, 1},
                                                    {0, 32, 32, 127, 1},
                                                    {0, 32, 32, 0, 1},
                                                    {0, 32, 32, minus_one, 1},
                                                    {huge, huge, huge, huge, 1},
                                                    {0, 8193, 1, 32772, 1},
                                                    {0, 1, 8193, 0, 1},
                                                    {0, 0x40000001, 1, 4, 1},
                                                    {0, 32, 32, 128, 2}}) {
        expect_error([&](WireClient& client) {
            const auto pool = client.pool(WireClient::memory(4096), 4096);
            client.send(pool, 0, {}, client.next_id(), layout.offset, layout.width, layout.height,
                        layout.stride, layout.format);
        });
    }
}

TEST(HostileMemory, a_pool_that_is_shorter_than_it_says_is_an_error_when_it_is_read) {
    expect_error([](WireClient& client) {
        const auto window = client.window();
        const auto memory = WireClient::memory(4096);
        const auto buffer = client.buffer(client.pool(memory, 100 * 80 * 4), 100, 80);
        client.attach(window.surface, buffer);
        client.commit(window.surface);
    });
}

TEST(HostileMemory, a_pool_that_shrinks_later_is_an_error_and_no_signal) {
    expect_error([](WireClient& client) {
        const auto memory = WireClient::memory(100 * 80 * 4);
        const auto buffer = client.buffer(client.pool(memory, 100 * 80 * 4), 100, 80);
        const auto window = client.window();
        client.attach(window.surface, buffer);
        client.commit(window.surface);
        client.pump();
        EXPECT_TRUE(client.alive());
        EXPECT_EQ(::ftruncate(memory.get(), 0), 0);
        client.attach(window.surface, buffer);
        client.commit(window.surface);
    });
}

// Such memory is mapped, which is safe only because it cannot become shorter any more.
TEST(HostileMemory, a_pool_that_can_be_sealed_cannot_shrink_later) {
    WireClient client(small());
    const base::FileDescriptor memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    ASSERT_EQ(::ftruncate(memory.get(), 200 * 80 * 4), 0);
    const auto pool = client.pool(memory, 100 * 80 * 4);
    const auto window = client.window();
    client.attach(window.surface, client.buffer(pool, 100, 80));
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.pixel(1, 1), 0U);
    EXPECT_EQ(::ftruncate(memory.get(), 0), -1);
    // A part of it grows into what is there.
    client.send(pool, 2, {}, std::uint32_t{200 * 80 * 4});
    const std::uint32_t red = 0xff0000;
    EXPECT_EQ(::pwrite(memory.get(), &red, 4, 0), 4);
    client.attach(window.surface, client.buffer(pool, 100, 80));
    client.commit(window.surface);
    client.pump();
    EXPECT_EQ(client.pixel(0, 0), red);
    EXPECT_TRUE(client.alive());
}

TEST(HostileMemory, a_sealed_pool_that_grows_beyond_its_memory_is_an_error_when_it_is_read) {
    expect_error([](WireClient& client) {
        const base::FileDescriptor memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
        ASSERT_EQ(::ftruncate(memory.get(), 4096), 0);
        const auto pool = client.pool(memory, 4096);
        client.send(pool, 2, {}, std::uint32_t{100 * 80 * 4});
        const auto window = client.window();
        client.attach(window.surface, client.buffer(pool, 100, 80));
        client.commit(window.surface);
    });
}

TEST(HostileMemory, a_pool_may_only_grow) {
    for (const std::uint32_t size : {4095U, 0U, minus_one, huge}) {
        expect_error([&](WireClient& client) {
            const auto pool = client.pool(WireClient::memory(4096), 4096);
            client.send(pool, 2, {}, size);
        });
    }
}

TEST(HostileMemory, all_surfaces_together_have_a_budget) {
    expect_error([](WireClient& client) {
        const base::FileDescriptor memory(::memfd_create("sparse", MFD_CLOEXEC));
        ASSERT_EQ(::ftruncate(memory.get(), 2048 * 2048 * 4), 0);
        const auto buffer = client.buffer(client.pool(memory, 2048 * 2048 * 4), 2048, 2048);
        for (int i = 0; i < 12 && client.alive(); ++i) {
            const auto surface = client.surface();
            client.attach(surface, buffer);
            client.commit(surface);
            client.pump();
        }
    });
}

TEST(HostileCounts, of_every_kind_of_object_are_bounded) {
    const std::vector<std::function<void(WireClient&)>> makers = {
        [](WireClient& client) { client.surface(); },
        [](WireClient& client) {
            client.send(client.global("wl_compositor"), 1, {}, client.next_id());
        },
        [](WireClient& client) { client.positioner(1, 1); },
        [](WireClient& client) { client.send(client.seat(), 0, {}, client.next_id()); },
        [](WireClient& client) { client.send(client.seat(), 1, {}, client.next_id()); },
        [](WireClient& client) { client.send(1, 1, {}, client.next_id()); },
        [](WireClient& client) { client.bind("wl_output", 4); },
        [](WireClient& client) { client.bind("zwp_text_input_manager_v3", 1); },
        [](WireClient& client) {
            client.send(client.global("wl_data_device_manager"), 0, {}, client.next_id());
        },
        [](WireClient& client) {
            client.send(client.global("zwp_text_input_manager_v3"), 1, {}, client.next_id(),
                        client.seat());
        },
        [](WireClient& client) { client.pool(WireClient::memory(4), 4); },
    };
    for (std::size_t i = 0; i < makers.size(); ++i) {
        WireClient client(small());
        int made = 0;
        for (; made < 3000 && client.alive(); ++made) {
            makers[i](client);
            if (made % 16 == 0) client.pump();
        }
        client.pump();
        EXPECT_FALSE(client.alive()) << "maker " << i;
        EXPECT_LE(made, 600) << "maker " << i;
    }
}

TEST(HostileCounts, frame_callbacks_that_are_never_answered_are_bounded) {
    expect_error([](WireClient& client) {
        const auto surface = client.surface();
        for (int i = 0; i < 2000 && client.alive(); ++i) {
            client.send(surface, 3, {}, client.next_id());
            client.commit(surface);
            client.pump();
        }
    });
}

TEST(HostileCounts, ids_that_are_never_used_again_do_not_grow_the_table) {
    WireClient client(small());
    const auto before = resident_kilobytes();
    int made = 0;
    for (; made < 200000 && client.alive(); ++made) {
        const auto surface = client.surface();
        client.send(surface, 0, {});
        if (made % 64 == 0) {
            client.pump();
            client.events.clear();
        }
    }
    EXPECT_FALSE(client.alive());
    EXPECT_LE(made, 70000);
    expect_no_growth(before, 16);
}

TEST(HostileCounts, remade_objects_leave_nothing_behind) {
    WireClient client(small());
    const auto window = client.shown_window(100, 80, 0);
    const auto surface = client.surface();
    const auto round = [&] {
        const auto first_id = client.last_id;
        const auto subsurface = make_subsurface(client, surface, window.surface);
        const auto viewport = client.next_id();
        client.send(client.global("wp_viewporter"), 1, {}, viewport, surface);
        const auto scale = client.next_id();
        client.send(client.global("wp_fractional_scale_manager_v1"), 1, {}, scale, surface);
        const auto keyboard = client.next_id();
        client.send(client.seat(), 1, {}, keyboard);
        client.send(subsurface, 0, {});
        client.send(viewport, 0, {});
        client.send(scale, 0, {});
        client.send(keyboard, 0, {});
        client.pump();
        client.events.clear();
        client.received.clear();
        client.last_id = first_id;
    };
    for (int i = 0; i < 200; ++i) round();
    const auto before = resident_kilobytes();
    for (int i = 0; i < 3000; ++i) round();
    EXPECT_TRUE(client.alive());
    expect_no_growth(before, 4);
}

TEST(HostileReader, a_client_that_does_not_read_is_disconnected) {
    WireClient client(small());
    const auto before = resident_kilobytes();
    // Each wl_display.sync is answered with two events, and its id is free again at once.
    const std::uint32_t id = client.last_id + 1;
    std::vector<std::uint32_t> syncs;
    for (int i = 0; i < 64; ++i) syncs.insert(syncs.end(), {1U, 12U << 16U, id});
    for (int round = 0; round < 10000 && client.alive(); ++round) {
        client.send_bytes(syncs.data(), syncs.size() * 4);
        client.compositor->dispatch();
    }
    EXPECT_FALSE(client.alive());
    expect_no_growth(before, 8);
}

TEST(HostileReader, input_for_a_client_that_does_not_read_is_lost_and_not_kept) {
    WireClient client(small());
    client.send(client.seat(), 0, {}, client.next_id());
    client.send(client.seat(), 1, {}, client.next_id());
    client.shown_window(100, 80, 0);
    const auto before = resident_kilobytes();
    for (int i = 0; i < 30000; ++i) {
        client.compositor->pointer(i % 100, i % 80);
        client.compositor->key(30, true);
        client.compositor->wheel(0, 120);
        client.compositor->key(30, false);
    }
    EXPECT_TRUE(client.alive());
    expect_no_growth(before, 4);
    client.pump();
    client.compositor->key(30, true);
    client.pump();
    EXPECT_TRUE(client.alive());
}

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
