#include "screen/compositor/text_input.h"

#include "core/base/bytes.h"
#include "screen/compositor/limits.h"
#include "screen/compositor/server.h"
#include "text-input-unstable-v3-server-protocol.h"

#include <string>
#include <utility>

namespace shoji::compositor {
namespace {

constexpr int version = 1;

TextInput& input_of(wl_resource* resource) {
    return *object_of<TextInput>(resource);
}

// The text around the caret stays in the session: nobody outside has a need to know it.
const struct zwp_text_input_v3_interface text_input_requests = {
    .destroy = destroy_request,
    .enable = [](wl_client*, wl_resource* resource) { input_of(resource).enable(); },
    .disable = [](wl_client*,
                  wl_resource* resource) { input_of(resource).pending().enabled = false; },
    .set_surrounding_text = [](wl_client*, wl_resource*, const char*, std::int32_t,
                               std::int32_t) {},
    .set_text_change_cause = [](wl_client*, wl_resource*, std::uint32_t) {},
    .set_content_type =
        [](wl_client*, wl_resource* resource, std::uint32_t, std::uint32_t purpose) {
            const bool known = purpose <= ZWP_TEXT_INPUT_V3_CONTENT_PURPOSE_TERMINAL;
            input_of(resource).pending().purpose = static_cast<std::uint8_t>(known ? purpose : 0);
        },
    .set_cursor_rectangle =
        [](wl_client*, wl_resource* resource, std::int32_t x, std::int32_t y, std::int32_t width,
           std::int32_t height) {
            // A caret without width is still a place.
            input_of(resource).pending().caret =
                bounded(x, y, width == 0 ? 1 : width, height == 0 ? 1 : height);
        },
    .commit = [](wl_client*, wl_resource* resource) { input_of(resource).commit(); }};

void get_text_input(wl_client* client, wl_resource* resource, std::uint32_t id,
                    wl_resource* /*seat*/) {
    Server& server = object_of<ServerObject>(resource)->server;
    const auto input = std::make_shared<TextInput>(server);
    if (make_resource(client, zwp_text_input_v3_interface, version, id, &text_input_requests,
                      input) != nullptr) {
        server.text_inputs().add(input);
    }
}

const struct zwp_text_input_manager_v3_interface manager_requests = {
    .destroy = destroy_request, .get_text_input = get_text_input};

void bind_manager(wl_client* client, void* data, std::uint32_t bound, std::uint32_t id) {
    make_resource(client, zwp_text_input_manager_v3_interface, static_cast<int>(bound), id,
                  &manager_requests, std::make_shared<ServerObject>(*static_cast<Server*>(data)));
}

bool acceptable(std::string_view text) {
    return text.size() <= max_text_bytes && base::is_utf8(text) &&
           text.find('\0') == std::string_view::npos;
}

}  // namespace

void TextInput::enter(const Surface& surface) {
    if (surface.resource() != nullptr) zwp_text_input_v3_send_enter(resource(), surface.resource());
}

void TextInput::leave(const Surface& surface) {
    if (surface.resource() != nullptr) zwp_text_input_v3_send_leave(resource(), surface.resource());
}

void TextInput::reset() {
    state_ = {};
    pending_ = {};
    composing_ = false;
}

void TextInput::enable() {
    pending_ = {};
    pending_.enabled = true;
    enabled_anew_ = true;
}

void TextInput::commit() {
    ++commits_;
    state_ = pending_;
    if (!state_.enabled) state_ = {};
    if (std::exchange(enabled_anew_, false) && state_.enabled) server_.field_changed();
    // Chromium tells where the caret is only once its last commit was answered. An answer also ends
    // a composition, so that while one lasts its next step has to do.
    if (state_.enabled && !composing_) send_done();
}

void TextInput::destroyed() {
    state_ = {};
}

void TextInput::send_done() {
    zwp_text_input_v3_send_done(resource(), commits_);
}

void TextInput::send_preedit(std::string_view text, int cursor_begin, int cursor_end) {
    if (!acceptable(text)) return;
    const auto size = static_cast<int>(text.size());
    const bool hidden =
        cursor_begin < 0 || cursor_end < 0 || cursor_begin > size || cursor_end > size;
    const std::string copy(text);
    composing_ = !copy.empty();
    zwp_text_input_v3_send_preedit_string(resource(), copy.empty() ? nullptr : copy.c_str(),
                                          hidden ? -1 : cursor_begin, hidden ? -1 : cursor_end);
    send_done();
}

void TextInput::send_commit(std::string_view text) {
    if (!acceptable(text)) return;
    composing_ = false;
    zwp_text_input_v3_send_commit_string(resource(), std::string(text).c_str());
    send_done();
}

void TextInputs::offer(Server& server) {
    server.offer(zwp_text_input_manager_v3_interface, version, bind_manager);
}

void TextInputs::add(const std::shared_ptr<TextInput>& input) {
    inputs_.add(input);
    if (const auto surface = focus()) input->enter(*surface);
}

void TextInputs::set_focus(const std::shared_ptr<Surface>& surface) {
    const auto before = focus();
    if (before == surface) return;
    for (const auto& input : inputs_.living()) {
        if (before) input->leave(*before);
        input->reset();
        if (surface) input->enter(*surface);
    }
    focus_ = surface;
}

std::shared_ptr<TextInput> TextInputs::active() const {
    if (!focus()) return nullptr;
    for (auto& input : inputs_.living()) {
        if (input->state().enabled) return input;
    }
    return nullptr;
}

}  // namespace shoji::compositor
