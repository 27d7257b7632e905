#include "watch/shield/refusals.h"

#include <filesystem>
#include <system_error>

#include <fmt/format.h>

namespace shoji::shield {
namespace {

std::string word_of(const Refusal& refusal) {
    switch (refusal.act) {
        case Act::signal:
            return fmt::format("signal-{}", refusal.detail);
        case Act::trace:
            return "trace";
        case Act::limit:
            return "limit";
        case Act::file:
            return "file";
        case Act::map:
            return "map";
    }
    return "other";
}

}  // namespace

std::string describe(const Refusal& refusal) {
    std::string program = refusal.program;
    if (refusal.process > 0) {
        std::error_code gone;
        const auto image =
            std::filesystem::read_symlink(fmt::format("/proc/{}/exe", refusal.process), gone);
        if (!gone) program = image.native();
    }
    if (program.empty()) program.push_back('-');
    return fmt::format("{} {} {} {}", word_of(refusal), refusal.process, refusal.user, program);
}

void Refusals::take(const Refusal& refusal, std::uint64_t times) {
    auto& untold = kinds_[{refusal.act, refusal.detail}].untold;
    untold.last = refusal;
    untold.count += times;
}

std::vector<Refused> Refusals::due(Time now) {
    constexpr auto pause = std::chrono::minutes(1);
    std::vector<Refused> due;
    for (auto& [key, kind] : kinds_) {
        const bool rests = kind.told && now - *kind.told < pause;
        if (kind.untold.count == 0 || rests) continue;
        kind.told = now;
        due.push_back(std::exchange(kind.untold, {}));
    }
    return due;
}

}  // namespace shoji::shield
