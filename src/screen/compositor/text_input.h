// zwp_text_input_v3: text from the viewer's input method, and where its candidates belong. Text
// goes this way only and is never turned into keys.
#pragma once

#include "screen/compositor/surface.h"
#include "screen/compositor/weak_list.h"

#include <cstdint>
#include <memory>
#include <string_view>

namespace shoji::compositor {

class TextInput : public Object {
  public:
    struct State {
        bool enabled = false;
        std::uint8_t purpose = 0;  // enum zwp_text_input_v3.content_purpose
        Rectangle caret;           // in the focused surface, logical
    };

    explicit TextInput(Server& server) : server_(server) {}

    void enter(const Surface& surface);
    void leave(const Surface& surface);
    void reset();
    [[nodiscard]] const State& state() const { return state_; }

    // Requests.
    [[nodiscard]] State& pending() { return pending_; }
    void enable();
    void commit();

    // Does nothing when the page has no field that takes text.
    void send_preedit(std::string_view text, int cursor_begin, int cursor_end);
    void send_commit(std::string_view text);

  protected:
    void destroyed() override;

  private:
    void send_done();

    Server& server_;
    State pending_;
    State state_;
    bool enabled_anew_ = false;
    bool composing_ = false;
    std::uint32_t commits_ = 0;
};

class TextInputs {
  public:
    static void offer(Server& server);
    void add(const std::shared_ptr<TextInput>& input);
    void set_focus(const std::shared_ptr<Surface>& surface);
    // The enabled one; null when no field takes text.
    [[nodiscard]] std::shared_ptr<TextInput> active() const;
    [[nodiscard]] std::shared_ptr<Surface> focus() const { return focus_.lock(); }

  private:
    WeakList<TextInput> inputs_;
    std::weak_ptr<Surface> focus_;
};

}  // namespace shoji::compositor
