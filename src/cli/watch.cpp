// Rules over logs, without an installation.
#include "cli/commands.h"
#include "cli/fields_left_out.h"
#include "cli/files.h"
#include "cli/hunt_analysis.h"
#include "cli/incident_list.h"
#include "cli/ocsf_finding.h"
#include "cli/ocsf_incident.h"
#include "cli/profile.h"
#include "cli/rules.h"
#include "cli/timeline.h"
#include "cli/told.h"
#include "core/base/printable.h"
#include "watch/event/time.h"
#include "watch/hunt/rule_set.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <optional>
#include <thread>

#include <boost/json/serialize.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;

std::string percent(std::uint64_t part, std::uint64_t whole) {
    return std::to_string(whole == 0 ? 100 : std::min<std::uint64_t>(100, part * 100 / whole));
}

// Shows how far something is, at once and then once a while, until it is over.
class ProgressLine {
  public:
    ProgressLine(const Context& context, const std::function<void(TerminalOutput&)>& show) {
        if (!context.shows_progress || context.output.json()) return;
        show(context.output);
        thread_ = std::jthread([&output = context.output, show](const std::stop_token& stop) {
            constexpr std::chrono::milliseconds pause{200};
            while (!stop.stop_requested()) {
                std::this_thread::sleep_for(pause);
                show(output);
            }
            output.end_progress();
        });
    }

  private:
    std::jthread thread_;
};

std::uint64_t bytes_of(const std::vector<std::filesystem::path>& files) {
    std::uint64_t bytes = 0;
    for (const auto& file : files) {
        std::error_code unknown;
        const auto size = std::filesystem::file_size(file, unknown);
        if (!unknown) bytes += size;
    }
    return bytes;
}

void show_summary(TerminalOutput& output, std::string_view title,
                  const std::vector<Tally>& tallies) {
    constexpr std::size_t most = 10;
    if (tallies.empty()) return;
    std::vector<std::vector<std::string>> rows;
    for (std::size_t i = 0; i < std::min(most, tallies.size()); ++i) {
        rows.push_back({std::to_string(tallies[i].hits),
                        shown_level(tallies[i].level, output.language()), tallies[i].name});
    }
    output.say("cli.blank");
    output.table({"hunt.hits", "hunt.level", title}, rows);
    if (tallies.size() > most) {
        output.say("hunt.more", {{"count", std::to_string(tallies.size() - most)}});
    }
}

json::object summary_json(const Finds& finds) {
    return {{"summary",
             json::object{{"events", finds.timeline.events},
                          {"files", finds.files.size()},
                          {"hits", finds.timeline.hits.size()},
                          {"withoutSource", finds.timeline.without_source},
                          {"localTimes", finds.timeline.local_times},
                          {"skippedFiles", finds.skipped == nullptr ? 0 : finds.skipped->count}}}};
}

void show_table(const Finds& finds, const Profile& profile, TerminalOutput& output) {
    std::vector<std::string> header;
    std::vector<std::vector<std::string>> rows;
    for (const auto& column : profile.columns) {
        constexpr std::size_t most = 100;
        header.push_back(base::printable(heading_of(column, finds, output.language()), most));
    }
    for (const auto& hit : finds.timeline.hits) {
        auto& row = rows.emplace_back();
        for (const auto& column : profile.columns) {
            row.push_back(shown_cell(column, hit, finds, output.language()));
        }
    }
    // A heading that is no key of the catalogue is shown as it is.
    output.table(std::vector<std::string_view>(header.begin(), header.end()), rows);
}

// What was read but may not be meant so. No loss; and no line among those of hits.
void warn_of_sources(const Finds& finds, TerminalOutput& output) {
    if (const auto count = finds.timeline.without_source; count > 0) {
        output.warn("hunt.without_source", {{"count", std::to_string(count)}});
    }
    if (const auto count = finds.timeline.local_times; count > 0) {
        output.warn("hunt.local_times",
                    {{"count", std::to_string(count)}, {"zone", finds.zone.name()}});
    }
}

void show_ocsf(const Finds& finds, TerminalOutput& output) {
    FindingWriter writer;
    for (const auto& hit : finds.timeline.hits) output.line(writer.line(hit, finds));
    if (finds.incidents == nullptr) return;
    for (const auto* incident : finds.incidents->opened()) {
        output.line(ocsf_incident({*incident, *finds.incidents}, output.language()));
    }
}

// `profile`: null for the usual columns.
void show(const Finds& finds, const Profile* profile, bool ocsf, TerminalOutput& output) {
    if (ocsf) return show_ocsf(finds, output);
    if (output.json()) {
        for (const auto& hit : finds.timeline.hits) {
            output.line(json::serialize(to_json(hit, finds, profile)));
        }
        if (finds.incidents != nullptr) {
            list_incidents(*finds.incidents, finds.zone, output);
            list_unused_suppressions(*finds.incidents, finds.zone, output);
            output.line(json::serialize(summary_json(finds)));
        }
        return warn_of_sources(finds, output);
    }
    const auto& columns = profile == nullptr ? table_profile() : *profile;
    show_table(finds, with_suppressions(columns, finds), output);
    show_summary(output, "hunt.by_rule", by_rule(finds));
    show_summary(output, "hunt.by_computer", by_computer(finds));
    show_summary(output, "hunt.by_technique", by_technique(finds));
    if (finds.incidents != nullptr) {
        output.say("cli.blank");
        list_incidents(*finds.incidents, finds.zone, output);
        list_unused_suppressions(*finds.incidents, finds.zone, output);
    }
    output.say("cli.blank");
    output.say("hunt.summary", {{"events", std::to_string(finds.timeline.events)},
                                {"files", std::to_string(finds.files.size())},
                                {"hits", std::to_string(finds.timeline.hits.size())}});
    warn_of_sources(finds, output);
    if (const auto count = finds.suppressed(); count > 0) {
        output.say("hunt.suppressed", {{"count", std::to_string(count)}});
    }
}

// Of files in folders that are no logs by their names. Those may be anything: no loss.
void tell_skipped(const hunt::SkippedFiles& skipped, TerminalOutput& output) {
    if (skipped.count == 0) return;
    std::string names;
    for (const auto& path : skipped.told) names += (names.empty() ? "" : ", ") + path.native();
    if (skipped.count > skipped.told.size()) names += ", …";
    output.warn("hunt.skipped", {{"count", std::to_string(skipped.count)}, {"names", names}});
}

// Says what was not read or not kept; true when something was.
bool warn_of_losses(const Finds& finds, TerminalOutput& output) {
    const auto& timeline = finds.timeline;
    for (const auto& loss : timeline.told) {
        output.warn("hunt.loss", {{"file", finds.files[loss.file].native()},
                                  {"message", told(loss.what, output.language())}});
    }
    if (timeline.losses > 0) output.warn("hunt.lost", {{"count", std::to_string(timeline.losses)}});
    if (timeline.hits_left_out > 0) {
        output.warn("hunt.hits_left_out", {{"count", std::to_string(timeline.hits_left_out)}});
    }
    FieldsLeftOut left_out;
    for (const auto& [file, count] : timeline.fields_left_out) {
        left_out.add(finds.files[file].native(), count);
    }
    const bool less = left_out.warn(output);
    if (timeline.observations_left_out > 0) {
        output.warn("hunt.observations_left_out",
                    {{"count", std::to_string(timeline.observations_left_out)}});
    }
    if (timeline.hits_without_fields > 0) {
        output.warn("hunt.hits_without_fields",
                    {{"count", std::to_string(timeline.hits_without_fields)}});
    }
    const auto& correlating = timeline.correlation_losses;
    if (correlating.groups + correlating.events > 0) {
        output.warn("hunt.correlation_losses", {{"groups", std::to_string(correlating.groups)},
                                                {"events", std::to_string(correlating.events)}});
    }
    return less || timeline.losses + timeline.hits_left_out + timeline.observations_left_out +
                           timeline.hits_without_fields + correlating.all() >
                       0;
}

// A report takes the place of an older one, and of nothing else: neither of a device, a pipe or a
// link, nor of a log that is evidence.
base::Result<void> can_be_report(const std::filesystem::path& path,
                                 const std::vector<std::filesystem::path>& logs) {
    std::error_code error;
    const auto status = std::filesystem::symlink_status(path, error);
    if (path.empty() || status.type() == std::filesystem::file_type::not_found) return {};
    const auto refused = [&](std::string_view key) {
        return base::worded(
            base::fail(base::ErrorKind::invalid, "{} is not overwritten", path.native()), key,
            {{"file", path.native()}});
    };
    if (status.type() != std::filesystem::file_type::regular) return refused("hunt.report.no_file");
    const bool is_log = std::ranges::any_of(logs, [&](const auto& log) {
        std::error_code unknown;
        return std::filesystem::equivalent(log, path, unknown);
    });
    if (is_log) return refused("hunt.report.is_log");
    return {};
}

base::Result<void> write_reports(const HuntRequest& request, const Finds& finds,
                                 const Profile* profile, text::Language language) {
    constexpr mode_t mode = 0600;  // what people did is nobody else's to read
    const auto columns = [&](const Profile& usual) {
        return with_suppressions(profile == nullptr ? usual : *profile, finds);
    };
    if (!request.csv.empty()) {
        const auto text = to_csv(finds, columns(csv_profile()));
        if (auto written = write_file(request.csv, text, mode, {}); !written) return written;
    }
    if (request.html.empty()) return {};
    return write_file(request.html, to_html(finds, language, columns(table_profile())), mode, {});
}

base::Result<hunt::Timeline> hunt_through(const Context& context, const hunt::RuleSet& rules,
                                          const std::vector<std::filesystem::path>& files,
                                          const hunt::Wish& wish, HuntAnalysis* analysis,
                                          hunt::Progress& progress) {
    auto timeline = [&] {
        const ProgressLine line(context, [&, bytes = bytes_of(files)](TerminalOutput& output) {
            output.progress("hunt.progress", {{"percent", percent(progress.bytes, bytes)},
                                              {"events", std::to_string(progress.events)},
                                              {"hits", std::to_string(progress.hits)}});
        });
        return hunt::hunt(*rules.plan, rules.names, rules.windows, files, wish, progress);
    }();
    if (!timeline || analysis == nullptr) return timeline;
    const auto first = rules.plan->statistics().rules + rules.correlations.steps().size();
    const ProgressLine line(context, [&](TerminalOutput& output) {
        output.progress("hunt.progress.analysis", {{"records", std::to_string(progress.analysed)}});
    });
    auto played = analysis->play(wish, static_cast<std::uint32_t>(first), context.output.language(),
                                 *timeline, progress.analysed);
    if (!played) return base::Failure(played.error());
    return timeline;
}

}  // namespace

Exit run_hunt(const Context& context, const HuntRequest& request) {
    auto& output = context.output;
    const auto zone = event::TimeZone::named(request.time_zone.empty() ? "UTC" : request.time_zone);
    if (!zone) return output.fail(Exit::usage, "hunt.bad_zone", {{"zone", request.time_zone}});
    const auto since =
        request.since.empty() ? event::Time{} : event::parse_time(request.since, *zone);
    if (!since) return output.fail(Exit::usage, "hunt.bad_since", {{"since", request.since}});
    std::optional<Profile> profile;
    if (!request.profile.empty()) {
        auto read = read_profile(request.profile, request.profiles);
        if (!read) return output.fail(read.error());
        profile = std::move(*read);
    } else if (!request.profiles.empty()) {
        return output.fail(Exit::usage, "hunt.profile.none");
    }
    auto wanted = request.rules;
    if (!request.no_cache) wanted.cache = context.cache;
    const auto rules = hunt::read_rule_set(wanted);
    if (!rules) return output.fail(rules.error());
    warn_of_rules(**rules, output);
    event::LogSource source;
    if (!request.source.empty()) {
        const auto said = event::read_source(request.source, (*rules)->names);
        if (!said) return output.fail(Exit::usage, "hunt.bad_source", {{"source", request.source}});
        source = *said;
    }
    hunt::SkippedFiles skipped;
    const auto files = hunt::log_files(request.logs, &skipped);
    if (!files) return output.fail(files.error());
    if (files->empty()) return output.fail(Exit::not_found, "hunt.no_files");
    for (const auto& report : {request.csv, request.html}) {
        if (const auto able = can_be_report(report, *files); !able)
            return output.fail(able.error());
    }
    hunt::Wish wish;
    wish.least = request.least;
    wish.since = *since;
    wish.threads = request.threads > 0 ? static_cast<unsigned int>(request.threads)
                                       : std::max(1U, std::thread::hardware_concurrency());
    wish.correlations = &(*rules)->correlations;
    if (!request.time_zone.empty()) wish.reading.zone = *zone;
    wish.reading.source = source;
    wish.fields = request.ocsf || (profile && profile->needs_fields());
    std::unique_ptr<HuntAnalysis> analysis;
    if (request.analyses()) {
        auto made =
            HuntAnalysis::make(context, request.analysis, (*rules)->names, *files, wish.threads);
        if (!made) return output.fail(made.error());
        analysis = std::move(*made);
        wish.recording = &analysis->recording();
    }
    hunt::Progress progress;
    auto timeline = hunt_through(context, **rules, *files, wish, analysis.get(), progress);
    if (!timeline) return output.fail(timeline.error());
    Finds finds{*timeline, *(*rules)->plan, *files, &(*rules)->correlations};
    finds.zone = *zone;
    finds.skipped = &skipped;
    if (analysis) {
        finds.analysis = &analysis->headings();
        finds.incidents = &analysis->incidents();
        if (auto saved = analysis->save(); !saved) return output.fail(saved.error());
    }
    const auto* columns = profile ? &*profile : nullptr;
    if (request.incident > 0) {
        const auto shown = show_incident(*finds.incidents, request.incident, *zone, output);
        if (shown != Exit::done) return shown;
    } else {
        show(finds, columns, request.ocsf, output);
    }
    if (auto written = write_reports(request, finds, columns, output.language()); !written) {
        return output.fail(written.error());
    }
    if (!output.flush()) return output.fail(Exit::failed, "cli.error.output");
    tell_skipped(skipped, output);
    bool lost = warn_of_losses(finds, output);
    if (analysis && analysis->warn_of_losses(output)) lost = true;
    return lost ? Exit::negative : Exit::done;
}

}  // namespace shoji::cli
