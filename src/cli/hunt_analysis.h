// A hunt with the analysis: what the detectors tell of its logs becomes hits of the timeline, and
// all hits become incidents.
#pragma once

#include "cli/commands.h"
#include "watch/detect/analysis/analysis.h"
#include "watch/hunt/hunt.h"

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace shoji::cli {

class HuntAnalysis {
  public:
    // Before the first event is read: `names` get those that it asks for. The names and the files
    // must outlive it.
    static base::Result<std::unique_ptr<HuntAnalysis>> make(
        const Context& context, const AnalysisRequest& request, event::Names& names,
        const std::vector<std::filesystem::path>& files, unsigned int threads);

    [[nodiscard]] hunt::Recording& recording() { return recording_; }

    // Once the hunt is over. Hits of the analysis get numbers of rules from `first_rule` on:
    // headings() are theirs. Of those below wish.least, and beyond wish.most_hits, there are none.
    // Hits of rules and correlations that are suppressed are marked.
    base::Result<void> play(const hunt::Wish& wish, std::uint32_t first_rule,
                            text::Language language, hunt::Timeline& timeline,
                            std::atomic<std::uint64_t>& progress);

    [[nodiscard]] const std::vector<sigma::Heading>& headings() const { return headings_; }
    [[nodiscard]] const incident::Gatherer& incidents() const {
        return std::as_const(*analysis_).incidents();
    }
    // Says what was not looked at; true when something was not, or was forgotten.
    bool warn_of_losses(TerminalOutput& output) const;
    // Where the request wants it.
    base::Result<void> save() const;

  private:
    HuntAnalysis(std::unique_ptr<analysis::Analysis> analysis, std::filesystem::path state,
                 event::Names& names, const std::vector<std::filesystem::path>& files,
                 unsigned int threads);

    void mark(std::span<hunt::Hit> hits, const hunt::SuppressedHit& suppressed) const;
    std::uint32_t heading_of(const incident::Alert& alert, text::Language language);

    std::unique_ptr<analysis::Analysis> analysis_;
    std::filesystem::path state_;
    analysis::Lens lens_;
    hunt::Recording recording_;
    std::vector<sigma::Heading> headings_;
    std::map<std::string, std::uint32_t> by_heading_;  // id, level and tags
};

}  // namespace shoji::cli
