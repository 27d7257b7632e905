#include "core/journal/sample_test.h"

namespace shoji::journal {

Record sample_record(std::size_t number) {
    return {static_cast<Action>(number % (last_action + 1)),
            static_cast<Outcome>(number % 3),
            "職員" + std::to_string(number),
            "terminal-7 (lgwan)",
            R"(demo "見本" \)",
            number % 2 == 0 ? "" : "route:staff-demo"};
}

Stamp sample_stamp(std::uint64_t sequence, const Digest& previous) {
    const std::chrono::microseconds after{sequence * 1'234'567};
    return {sequence,
            previous,
            std::chrono::sys_days{std::chrono::year{2026} / 7 / 1} + after,
            {0xaa, 0xbb},
            std::chrono::microseconds{5'000'000} + after};
}

std::vector<Line> sample_journal(const SigningKey& key, std::size_t records,
                                 std::size_t checkpoint_every) {
    std::vector<Line> lines;
    const auto stamp = [&] {
        return sample_stamp(lines.size() + 1, lines.empty() ? Digest{} : lines.back().digest);
    };
    lines.push_back(make_line(stamp(), Notice{Event::opened, "0 lines"}));
    for (std::size_t i = 0; i < records; ++i) {
        lines.push_back(make_line(stamp(), Submitted{1001, sample_record(i)}));
        if ((i + 1) % checkpoint_every == 0) lines.push_back(make_checkpoint(stamp(), key));
    }
    lines.push_back(make_checkpoint(stamp(), key));
    return lines;
}

}  // namespace shoji::journal
