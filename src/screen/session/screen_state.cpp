#include "screen/session/screen_state.h"

#include <algorithm>

namespace shoji::session {
namespace {

std::uint16_t bounded(int value, int most) {
    return static_cast<std::uint16_t>(std::clamp(value, 0, most));
}

template <class News>
void take(News& news, std::vector<wire::FromSession>& taken) {
    if (news.news) taken.emplace_back(news.message);
    news.news = false;
}

}  // namespace

void ScreenState::on_damage() {
    damaged_ = true;
    ever_damaged_ = true;
}

void ScreenState::on_cursor(std::uint8_t shape) {
    cursor_.set({std::min(shape, wire::maximum_cursor)});
}

void ScreenState::on_caret(const compositor::Rectangle& caret) {
    caret_.set({bounded(caret.x, wire::maximum_side - 1), bounded(caret.y, wire::maximum_side - 1),
                bounded(caret.width, wire::maximum_side),
                bounded(caret.height, wire::maximum_side)});
}

void ScreenState::on_text_input(bool enabled, std::uint8_t purpose) {
    text_input_.set({enabled, std::min(purpose, wire::maximum_purpose)});
}

void ScreenState::on_windows(int count, bool full_screen) {
    windows_.set({static_cast<std::uint8_t>(bounded(count, 255)), full_screen});
}

void ScreenState::everything_is_news() {
    cursor_.news = true;
    caret_.news = caret_.message.width > 0;  // else there has been none
    text_input_.news = true;
    windows_.news = true;
    damaged_ = true;
}

std::vector<wire::FromSession> ScreenState::take_news() {
    std::vector<wire::FromSession> taken;
    take(windows_, taken);
    take(cursor_, taken);
    take(text_input_, taken);
    take(caret_, taken);
    return taken;
}

}  // namespace shoji::session
