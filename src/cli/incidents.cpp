// Incidents that a hunt has left in its state file.
#include "cli/analysis_files.h"
#include "cli/incident_list.h"

#include <utility>

namespace shoji::cli {

Exit run_incidents(const Context& context, const AnalysisRequest& request) {
    const auto analysis = read_analysis(context, request, StateFile::must_exist);
    if (!analysis) return context.output.fail(analysis.error());
    list_incidents(std::as_const(**analysis).incidents(), {}, context.output);
    return Exit::done;
}

Exit run_incident(const Context& context, std::uint64_t number, const AnalysisRequest& request) {
    const auto analysis = read_analysis(context, request, StateFile::must_exist);
    if (!analysis) return context.output.fail(analysis.error());
    return show_incident(std::as_const(**analysis).incidents(), number, {}, context.output);
}

}  // namespace shoji::cli
