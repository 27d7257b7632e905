#include "watch/shield/refusals.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace shoji::shield {
namespace {

std::string word_of(const Refusal& refusal) {
    switch (refusal.act) {
        case Act::signal:
            return refusal.detail > 0 ? fmt::format("signal-{}", refusal.detail) : "signal";
        case Act::trace:
            return "trace";
        case Act::limit:
            return "limit";
        case Act::file:
            return "file";
        case Act::map:
            return "map";
        case Act::program:
            return "program";
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
    const auto user = refusal.user == nobody ? "-" : std::to_string(refusal.user);
    // Of a folder that is a file system's own; no other name has it.
    const auto* file = refusal.file == "/" ? "" : refusal.file.c_str();
    return fmt::format("{} {} {} {}/{}", word_of(refusal), refusal.process, user, file, program);
}

void Refusals::take(const Refused& refused) {
    constexpr std::size_t most = 256;
    auto last = refused.last;
    if (sorts_.size() >= most && !sorts_.contains({last.act, last.detail, last.user})) {
        const auto act = last.act;
        last = Refusal();
        last.act = act;
        last.user = nobody;
    }
    auto& untold = sorts_[{last.act, last.detail, last.user}].untold;
    untold.last = std::move(last);
    untold.count += refused.count;
}

std::vector<Refused> Refusals::due(Time now) {
    constexpr auto pause = std::chrono::minutes(1);
    const auto rests = [&](const Sort& sort) { return sort.told && now - *sort.told < pause; };
    std::vector<Refused> due;
    for (auto& [key, sort] : sorts_) {
        if (sort.untold.count == 0 || rests(sort)) continue;
        sort.told = now;
        due.push_back(std::exchange(sort.untold, {}));
    }
    std::erase_if(sorts_, [&](const auto& entry) {
        return entry.second.untold.count == 0 && !rests(entry.second);
    });
    return due;
}

}  // namespace shoji::shield
