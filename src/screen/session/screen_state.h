// What a viewer has to know besides the picture: the newest of each, and which of it is news.
#pragma once

#include "screen/compositor/compositor.h"
#include "screen/wire/wire.h"

#include <vector>

namespace shoji::session {

class ScreenState final : public compositor::Listener {
  public:
    void on_damage() override;
    void on_cursor(std::uint8_t shape) override;
    void on_caret(const compositor::Rectangle& caret) override;
    void on_text_input(bool enabled, std::uint8_t purpose) override;
    void on_windows(int count, bool full_screen) override;
    void on_client_gone() override { client_gone_ = true; }

    // A new viewer knows nothing.
    void everything_is_news();
    // What has changed since it was taken last. Many changes of one thing are one message.
    std::vector<wire::FromSession> take_news();

    [[nodiscard]] bool damaged() const { return damaged_; }
    void damage_is_sent() { damaged_ = false; }
    // Without a viewer the page draws once, so that the first viewer finds it ready; then it rests.
    [[nodiscard]] bool page_may_draw_unseen() const { return !ever_damaged_; }
    [[nodiscard]] bool client_gone() const { return client_gone_; }

  private:
    template <class Message>
    struct News {
        Message message;
        bool news = false;
        void set(const Message& now) {
            message = now;
            news = true;
        }
    };

    News<wire::Cursor> cursor_;
    News<wire::Caret> caret_;
    News<wire::TextInput> text_input_;
    News<wire::Windows> windows_;
    bool damaged_ = false;
    bool ever_damaged_ = false;
    bool client_gone_ = false;
};

}  // namespace shoji::session
