// What the tests of a taken-over client share: numbers that no honest one sends, and steps that
// several of them begin with.
#pragma once

#include "screen/compositor/wire_client.h"

#include <cstdint>
#include <functional>

#include <gtest/gtest.h>

namespace shoji::compositor::testing {

inline constexpr std::uint32_t huge = 0x7fffffff;
inline constexpr std::uint32_t lowest = 0x80000000;
inline constexpr std::uint32_t minus_one = 0xffffffff;

inline Compositor::Options small() {
    return {{100, 80}, 120, Layout::jp};
}

// The client breaks a rule; it is told which, and is gone.
inline void expect_error(const std::function<void(WireClient&)>& misbehave) {
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
inline Popup make_popup(WireClient& client, std::uint32_t parent) {
    const auto positioner = client.positioner(10, 10);
    Popup made{client.surface(), client.next_id(), 0};
    client.send(client.shell(), 2, {}, made.xdg_surface, made.surface);
    made.popup = client.next_id();
    client.send(made.xdg_surface, 2, {}, made.popup, parent, positioner);
    client.commit(made.surface);
    client.acknowledge(made.xdg_surface);
    return made;
}

inline std::uint32_t make_subsurface(WireClient& client, std::uint32_t child,
                                     std::uint32_t parent) {
    const auto id = client.next_id();
    client.send(client.global("wl_subcompositor"), 1, {}, id, child, parent);
    return id;
}

}  // namespace shoji::compositor::testing
