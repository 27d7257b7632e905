// What administrators do about incidents: closing one, and what they do not want to be told.
#include "hub/collector.h"

#include <spdlog/spdlog.h>

namespace shoji::hub {

using base::Failure;
using base::Result;

Result<void> Collector::save_incidents() {
    if (auto saved = records_.save({gathered_, gatherer_.save()}); !saved) return saved;
    saved_ = gathered_;
    return {};
}

Result<void> Collector::close_incident(std::uint64_t number) {
    if (!gatherer_.close(number)) {
        return base::worded(
            base::fail(base::ErrorKind::not_found, "there is no open incident {}", number),
            "admin.no_open_incident", {{"number", std::to_string(number)}});
    }
    return save_incidents();
}

Result<void> Collector::set_suppressions(const std::string& text, const std::string& who,
                                         const Moment& now) {
    auto suppressions = incident::Suppressions::parse(text);
    if (!suppressions) return Failure(suppressions.error());
    if (!suppressions->problems().empty()) {
        return base::fail(base::ErrorKind::invalid,
                          "the suppression at line {} cannot be used; none is changed",
                          suppressions->problems().front().line);
    }
    if (auto saved = records_.save(Records::SuppressionText{now.seconds(), who, text}); !saved) {
        return saved;
    }
    gatherer_.set_suppressions(std::move(*suppressions));
    return {};
}

Result<void> Collector::restore_suppressions() {
    const auto stored = records_.suppressions();
    if (!stored) return Failure(stored.error());
    auto suppressions = incident::Suppressions::parse(stored->text);
    if (!suppressions) return Failure(suppressions.error());
    for (const auto& problem : suppressions->problems()) {
        spdlog::error("the suppression at line {} cannot be used any more", problem.line);
    }
    gatherer_.set_suppressions(std::move(*suppressions));
    return {};
}

}  // namespace shoji::hub
