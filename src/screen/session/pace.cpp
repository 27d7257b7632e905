#include "screen/session/pace.h"

#include <algorithm>
#include <array>

namespace shoji::session {
namespace {

using std::chrono::milliseconds;

// The first is a little under a sixtieth of a second, as the compositor's own.
constexpr std::array<milliseconds, 5> intervals{
    milliseconds(16), milliseconds(33), milliseconds(66), milliseconds(125), milliseconds(250)};
constexpr std::size_t slowest_moving = 3;
constexpr std::chrono::seconds attention(1);  // after input

constexpr milliseconds period(250);
// Less work than this says nothing.
constexpr milliseconds least_work(1);
// Back a step after so long without want; forgotten after so long without work.
constexpr std::chrono::seconds easing(2);
// Or a step on trial after so long without worse than a little want: others that work all the time,
// on the same machine but not for Shoji, would keep it slow for ever otherwise. Where a trial ends
// in want, as among many sessions that share the machine, the next one waits twice as long.
constexpr std::chrono::seconds first_patience(30);
constexpr std::chrono::seconds most_patience(480);
// Elapsed time a unit of processor time. Between the two is a little want. High enough that the
// session's own browser, which works at the same time, is not taken for others.
constexpr double starved = 2.0;
constexpr double at_ease = 1.5;

}  // namespace

void Pace::worked(Duration elapsed, Duration processor, Time now) {
    if (now - worked_ > easing) {
        step_ = 0;
        on_trial_ = false;
        patience_ = first_patience;
        since_ = now;
        elapsed_ = processor_ = {};
        eased_ = now;
    }
    worked_ = now;
    elapsed_ += elapsed;
    processor_ += processor;
    if (now - since_ >= period && processor_ >= least_work) judge(now);
}

void Pace::judge(Time now) {
    const double share =
        static_cast<double>(elapsed_.count()) / static_cast<double>(processor_.count());
    since_ = now;
    // What was before fades, by half in a little over half a second.
    elapsed_ = elapsed_ * 3 / 4;
    processor_ = processor_ * 3 / 4;
    if (share > at_ease) eased_ = now;
    if (share > starved) {
        if (on_trial_) patience_ = std::min<Duration>(2 * patience_, most_patience);
        on_trial_ = false;
        starved_ = now;
        step_ = std::min(step_ + 1, intervals.size() - 1);
        return;
    }
    const bool time_enough = now - eased_ >= easing;
    if (step_ == 0 || (!time_enough && now - starved_ < patience_)) return;
    --step_;
    eased_ = starved_ = now;
    on_trial_ = !time_enough;
    if (time_enough) patience_ = first_patience;
}

Pace::Pace() : patience_(first_patience) {}

Duration Pace::interval(Time now) const {
    if ((typed_ && now - *typed_ < attention) || now - worked_ > easing) return intervals.front();
    const bool moving = moved_ && now - *moved_ < attention;
    return intervals[moving ? std::min(step_, slowest_moving) : step_];
}

}  // namespace shoji::session
