#include "watch/detect/exfiltration/testing/days.h"
#include "watch/detect/exfiltration/testing/random_activities.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace shoji::exfiltration;

// Of activities; a state may be longer.
constexpr std::size_t most_bytes = 2000;

Settings small() {
    auto settings = testing::settings();
    settings.learning_days = 1;
    settings.own_days = 2;
    settings.most_subjects = 4;
    settings.most_pairs = 8;
    settings.most_programs = 4;
    settings.most_places = 8;
    settings.most_domains = 4;
    settings.most_chains = 2;
    settings.most_protocols = 4;
    settings.most_inputs = 2;
    return settings;
}

}  // namespace

// The bytes are loaded as they are; then they are activities, among which the state is saved,
// damaged where the bytes say so, and loaded.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    testing::Watch watch(small());
    if (watch.detector.load({data, size})) return 0;
    std::size_t at = 0;
    const auto next = [&]() -> std::uint64_t {
        const std::uint64_t low = at < size ? data[at++] : 0U;
        return low | (at < size ? std::uint64_t{data[at++]} << 8U : 0U);
    };
    // Saving is most of the work: so often is enough for one input.
    constexpr int most_saves = 8;
    int saves = 0;
    size = std::min(size, most_bytes);
    testing::RandomActivities activities;
    while (at < size && watch.alerts.size() < 1000) {
        if (next() % 32 != 0 || ++saves > most_saves) {
            watch.see(activities.make(next));
            continue;
        }
        auto saved = watch.detector.save();
        testing::Watch loaded(small());
        if (!loaded.detector.load(saved) || loaded.detector.save() != saved) std::abort();
        const auto where = 16 + next() * 7 % (saved.size() - 16);
        saved[where] = static_cast<std::uint8_t>(next());
        // Refused or not, what follows must be harmless.
        (void)watch.detector.load(saved).has_value();
    }
    return 0;
}
