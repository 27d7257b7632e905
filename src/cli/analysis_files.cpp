#include "cli/analysis_files.h"

#include "cli/files.h"
#include "cli/told.h"
#include "core/base/random.h"
#include "watch/hunt/mapped_file.h"

#include <chrono>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
using base::Result;

base::Failure bad_file(const fs::path& path, const base::Error& error) {
    if (!error.key.empty()) return base::Failure(error);
    return base::inside(base::Words::of("{} cannot be used", path.string()), error);
}

// What `read` makes of the file's text.
template <class Read>
auto read_text(const fs::path& path, Read&& read) -> decltype(read(std::string_view())) {
    const auto file = hunt::MappedFile::open(path);
    if (!file) return bad_file(path, file.error());
    auto result = read(file->text());
    if (!result) return bad_file(path, result.error());
    return result;
}

Result<beacon::DomainList> read_domains(const Context& context, const fs::path& path) {
    if (path.empty()) return beacon::DomainList();
    auto list = read_text(path, beacon::DomainList::read);
    if (list && list->bad_lines() > 0) {
        context.output.warn("analysis.bad_lines", {{"file", path.string()},
                                                   {"count", std::to_string(list->bad_lines())}});
    }
    return list;
}

Result<analysis::Lists> read_lists(const Context& context, const AnalysisRequest& request) {
    const auto or_installed = [&](const fs::path& given, const char* name) {
        return given.empty() ? context.lists / name : given;
    };
    analysis::Lists lists;
    auto destinations = read_text(or_installed(request.destinations, "destinations.txt"),
                                  exfiltration::NameList::parse);
    if (!destinations) return base::Failure(destinations.error());
    lists.destinations = std::move(*destinations);
    auto intrusion =
        read_text(or_installed(request.intrusion_lists, "intrusion.txt"), intrusion::Lists::parse);
    if (!intrusion) return base::Failure(intrusion.error());
    lists.intrusion = std::move(*intrusion);
    auto young = read_domains(context, request.young_domains);
    if (!young) return base::Failure(young.error());
    lists.young = std::move(*young);
    auto known = read_domains(context, request.known_domains);
    if (!known) return base::Failure(known.error());
    lists.known = std::move(*known);
    return lists;
}

Result<analysis::Settings> read_settings(const fs::path& path) {
    auto settings = path.empty()
                        ? Result<analysis::Settings>(analysis::Settings())
                        : read_text(path, [&](std::string_view text) {
                              return analysis::parse_settings(text, path.filename().string());
                          });
    if (!settings) return settings;
    base::fill_random(settings->exfiltration.secret);
    std::array<std::uint8_t, sizeof settings->beacon.key> key{};
    base::fill_random(key);
    settings->beacon.key = base::ByteReader(key).read<std::uint64_t>();
    return settings;
}

Result<incident::Suppressions> read_suppressions(const Context& context, const fs::path& path) {
    if (path.empty()) return incident::Suppressions();
    auto suppressions = read_text(path, incident::Suppressions::parse);
    if (!suppressions) return suppressions;
    for (const auto& problem : suppressions->problems()) {
        context.output.warn("incident.suppression.problem",
                            {{"line", std::to_string(problem.line)},
                             {"message", told(problem.what, context.output.language())}});
    }
    return suppressions;
}

}  // namespace

Result<std::unique_ptr<analysis::Analysis>> read_analysis(const Context& context,
                                                          const AnalysisRequest& request,
                                                          StateFile state) {
    auto settings = read_settings(request.settings);
    if (!settings) return base::Failure(settings.error());
    auto lists = read_lists(context, request);
    if (!lists) return base::Failure(lists.error());
    auto suppressions = read_suppressions(context, request.suppressions);
    if (!suppressions) return base::Failure(suppressions.error());
    auto analysis = std::make_unique<analysis::Analysis>(std::move(*settings), std::move(*lists),
                                                         std::move(*suppressions));
    const auto know_the_time = [&] {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        analysis->set_present(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
    };
    know_the_time();
    std::error_code unknown;
    const bool is_new = request.state.empty() || !fs::exists(request.state, unknown);
    if (is_new && state == StateFile::may_be_new) return analysis;
    const auto loaded = read_text(request.state, [&](std::string_view text) {
        return analysis->load({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    });
    if (!loaded) return base::Failure(loaded.error());
    know_the_time();
    return analysis;
}

Result<void> save_analysis(const fs::path& file, analysis::Analysis& analysis) {
    constexpr mode_t mode = 0600;  // it holds secrets, and what people did
    const auto state = analysis.save();
    return write_file(file, {reinterpret_cast<const char*>(state.data()), state.size()}, mode, {});
}

}  // namespace shoji::cli
