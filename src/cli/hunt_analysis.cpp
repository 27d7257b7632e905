#include "cli/hunt_analysis.h"

#include "cli/analysis_files.h"
#include "cli/incident_page.h"

#include <algorithm>
#include <tuple>

#include <fmt/format.h>

namespace shoji::cli {
namespace {

std::string lower(std::string text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return text;
}

std::filesystem::path temporary_folder() {
    std::error_code unknown;
    auto folder = std::filesystem::temp_directory_path(unknown);
    return unknown ? "/tmp" : folder;
}

}  // namespace

HuntAnalysis::HuntAnalysis(std::unique_ptr<analysis::Analysis> analysis,
                           std::filesystem::path state, event::Names& names,
                           const std::vector<std::filesystem::path>& files, unsigned int threads)
    : analysis_(std::move(analysis)),
      state_(std::move(state)),
      lens_(names),
      recording_(lens_, files, {threads, std::size_t{256} << 20, temporary_folder()}) {}

base::Result<std::unique_ptr<HuntAnalysis>> HuntAnalysis::make(
    const Context& context, const AnalysisRequest& request, event::Names& names,
    const std::vector<std::filesystem::path>& files, unsigned int threads) {
    auto analysis = read_analysis(context, request, StateFile::may_be_new);
    if (!analysis) return base::Failure(analysis.error());
    return std::unique_ptr<HuntAnalysis>(
        new HuntAnalysis(std::move(*analysis), request.state, names, files, threads));
}

base::Result<void> HuntAnalysis::play(const hunt::Wish& wish, std::uint32_t first_rule,
                                      text::Language language, hunt::Timeline& timeline,
                                      std::atomic<std::uint64_t>& progress) {
    const auto found = [&](const hunt::AnalysisFind& find) {
        const auto& alert = find.alert;
        if (alert.level < wish.least) return;
        if (timeline.hits.size() >= wish.most_hits) {
            ++timeline.hits_left_out;
            return;
        }
        timeline.hits.push_back({alert.time,
                                 first_rule + heading_of(alert, language),
                                 find.file,
                                 find.record,
                                 0,
                                 0,
                                 alert.host,
                                 {},
                                 {},
                                 alert_words(alert, language)});
    };
    // Those of the analysis come behind them until all are put in order.
    const auto count = timeline.hits.size();
    const auto suppressed = [&](const hunt::SuppressedHit& hit) {
        mark(std::span(timeline.hits).first(count), hit);
    };
    if (auto played = recording_.play(*analysis_, {found, suppressed}, progress); !played) {
        return played;
    }
    std::ranges::sort(timeline.hits, {}, &hunt::Hit::place_in_order);
    return {};
}

// `hits`: those of rules and correlations, in their order. What the hunt was not asked to show is
// not among them.
void HuntAnalysis::mark(std::span<hunt::Hit> hits, const hunt::SuppressedHit& suppressed) const {
    const auto all = incidents().suppressions().all();
    const auto key = std::tie(suppressed.time, suppressed.at.file, suppressed.record,
                              suppressed.at.place, suppressed.rule);
    for (auto& hit : std::ranges::equal_range(hits, key, {}, &hunt::Hit::place_in_order)) {
        hit.suppressed = static_cast<std::uint32_t>(suppressed.by - all.data()) + 1;
    }
}

std::uint32_t HuntAnalysis::heading_of(const incident::Alert& alert, text::Language language) {
    sigma::Heading heading;
    heading.id = fmt::format("{}.{}", incident::name_of(alert.detector), alert.rule);
    heading.title = alert_title(alert, language);
    heading.level = alert.level;
    auto name = fmt::format("{} {}", heading.id, sigma::name_of(heading.level));
    for (const auto& technique : alert.techniques) {
        heading.tags.push_back("attack." + lower(technique));
        name += ' ' + technique;
    }
    const auto [known, is_new] =
        by_heading_.emplace(std::move(name), static_cast<std::uint32_t>(headings_.size()));
    if (is_new) headings_.push_back(std::move(heading));
    return known->second;
}

bool HuntAnalysis::warn_of_losses(TerminalOutput& output) const {
    const auto warn = [&](std::string_view key, std::uint64_t count) {
        if (count > 0) output.warn(key, {{"count", std::to_string(count)}});
        return count > 0;
    };
    const bool untimed = warn("analysis.untimed", recording_.untimed());
    const bool cut = warn("analysis.cut", recording_.cut());
    warn("analysis.seen_before", analysis_->seen_before());
    const bool lost = warn("analysis.lost", analysis_->losses().grave());
    return untimed || cut || lost;
}

base::Result<void> HuntAnalysis::save() const {
    if (state_.empty()) return {};
    return save_analysis(state_, *analysis_);
}

}  // namespace shoji::cli
