// The files that an analysis is made from: settings, lists, suppressions, and what was learnt and
// gathered before.
#pragma once

#include "cli/commands.h"
#include "watch/detect/analysis/analysis.h"

#include <memory>

namespace shoji::cli {

enum class StateFile {
    may_be_new,  // none: nothing was learnt so far
    must_exist,
};

// Warns of suppressions and lines of lists that cannot be used. A file that cannot be read, or is
// wrong as a whole, is an error that names it.
base::Result<std::unique_ptr<analysis::Analysis>> read_analysis(const Context& context,
                                                                const AnalysisRequest& request,
                                                                StateFile state);

// Replaces `file` in one step; it is the user's alone to read (mode 0600).
base::Result<void> save_analysis(const std::filesystem::path& file, analysis::Analysis& analysis);

}  // namespace shoji::cli
