// A resident's record goes into a session of the screen about every six minutes: a name and a
// My Number that is made up here.
#include "core/guard/my_number.h"
#include "watch/detect/city/attack/exfiltration.h"

#include <array>

namespace shoji::city {
namespace {

class SessionInput : public AttackSource {
  public:
    SessionInput(const World& world, const Attack& attack, std::uint64_t number)
        : AttackSource(world, attack, number) {}

    void act(event::Activity& activity) override {
        sign(activity);
        std::array<std::uint8_t, 11> digits{};
        text_ = "氏名 山田 個人番号 ";
        for (auto& digit : digits) {
            digit = static_cast<std::uint8_t>(random().below(10));
            text_ += static_cast<char>('0' + digit);
        }
        text_ += static_cast<char>('0' + guard::check_digit(digits));
        activity.kind = event::ActivityKind::screen_input;
        activity.domain = world().popular(3).name;
        activity.text = text_;
        activity.bytes_out = text_.size();
        again_after(interval(6 * minutes, 50));
    }

  private:
    std::string text_;
};

}  // namespace

std::unique_ptr<Source> make_session_input(const World& world, const Attack& attack,
                                           std::uint64_t number) {
    return std::make_unique<SessionInput>(world, attack, number);
}

}  // namespace shoji::city
