// A taken-over client, at memory: what it shares, what it makes the compositor keep, and what it
// leaves unread. Nothing of it ends in a crash, nor in memory that grows.
#include "screen/compositor/hostile_client.h"

#include <fstream>

#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::compositor::testing {
namespace {

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

}  // namespace
}  // namespace shoji::compositor::testing
