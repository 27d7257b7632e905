#include "watch/hunt/rule_set.h"

#include "watch/detect/sigma/yaml.h"
#include "watch/event/log_sources.h"
#include "watch/hunt/mapped_file.h"
#include "watch/hunt/rule_cache.h"
#include "watch/hunt/rule_listing.h"

#include <algorithm>
#include <future>

#include <malloc.h>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;
using base::Result;

base::Failure of_file(const fs::path& path, const base::Error& error) {
    if (!error.key.empty()) return base::Failure(error);
    return base::inside(base::Words::of("{} cannot be used", path.string()), error);
}

Result<sigma::Pipeline> read_pipelines(const RuleRequest& request, RuleSet& set) {
    std::vector<sigma::Pipeline> pipelines;
    for (const auto& path : request.pipelines) {
        const auto file = MappedFile::open(path);
        if (!file) return of_file(path, file.error());
        auto pipeline = sigma::read_pipeline(file->text());
        if (!pipeline) return of_file(path, pipeline.error());
        for (const auto& notice : pipeline->notices)
            set.notices.emplace_back(path.string(), notice);
        pipelines.push_back(std::move(*pipeline));
    }
    return sigma::joined(std::move(pipelines));
}

Result<sigma::Placeholders> read_placeholders(std::string_view text) {
    const auto documents = sigma::yaml::read(text);
    if (!documents) return base::Failure(documents.error());
    sigma::Placeholders placeholders;
    for (const auto& document : *documents) {
        if (document.kind != sigma::yaml::Kind::mapping) {
            return sigma::wrong(document, "names and their lists are needed");
        }
        for (const auto& [name, value] : document.members) {
            if (value.kind == sigma::yaml::Kind::mapping) {
                return sigma::wrong(value, "'{}' needs a list of values", name);
            }
            auto& list = placeholders[name];
            if (value.is_scalar()) list.push_back(value.text);
            for (const auto& one : value.items) {
                if (!one.is_scalar()) return sigma::wrong(one, "'{}' needs a list of values", name);
                list.push_back(one.text);
            }
        }
    }
    return placeholders;
}

Result<sigma::Placeholders> placeholders_of(const RuleRequest& request) {
    if (request.placeholders.empty()) return sigma::Placeholders();
    const auto file = MappedFile::open(request.placeholders);
    if (!file) return of_file(request.placeholders, file.error());
    auto placeholders = read_placeholders(file->text());
    if (!placeholders) return of_file(request.placeholders, placeholders.error());
    return placeholders;
}

void compile_correlations(RuleSet& set) {
    if (set.folder.correlations.empty()) return;
    std::vector<sigma::Referable> referables;
    for (std::uint32_t number = 0; number < set.folder.rule_files.size(); ++number) {
        referables.push_back({&set.plan->rule(number), number, set.folder.rule_files[number]});
    }
    std::vector<sigma::CorrelationPlan::Problem> problems;
    const auto& drafts = set.folder.correlations;
    set.correlations = sigma::CorrelationPlan::compile(drafts, referables, set.names, problems);
    for (const auto& problem : problems) {
        const auto& draft = drafts[problem.correlation];
        set.folder.problems.push_back(
            {draft.file, draft.rule.title, problem.error, RuleProblem::About::correlation});
    }
}

Result<void> compile(RuleSet& set) {
    auto plan = sigma::Plan::compile(std::move(set.folder.rules), set.names);
    if (!plan) return base::Failure(plan.error());
    set.plan = std::move(*plan);
    set.folder.rules.clear();
    compile_correlations(set);
    // Compiling takes twice the memory that the plan keeps.
    ::malloc_trim(0);
    return {};
}

}  // namespace

// What logs are of is known before rules ask for it.
RuleSet::RuleSet() {
    event::add_log_sources(names);
}

Result<std::unique_ptr<RuleSet>> read_rule_set(const RuleRequest& request) {
    const RuleCache cache(request);
    // What is kept is read while the files are listed; whether it is of use is known afterwards.
    auto loading = std::async(std::launch::async, [&] { return cache.load(); });
    const auto listing = list_rules(request.rules);
    auto kept = loading.get();
    if (!listing) return base::Failure(listing.error());
    if (kept && kept->state == listing->state) return std::move(kept->set);
    kept.reset();
    auto set = std::make_unique<RuleSet>();
    const auto pipeline = read_pipelines(request, *set);
    if (!pipeline) return base::Failure(pipeline.error());
    const auto placeholders = placeholders_of(request);
    if (!placeholders) return base::Failure(placeholders.error());
    const std::vector<fs::path> files(listing->paths.begin(), listing->paths.end());
    set->folder =
        read_rule_folder(files, {set->names, *placeholders},
                         request.pipelines.empty() ? nullptr : &*pipeline, request.wanted);
    if (auto compiled = compile(*set); !compiled) return base::Failure(compiled.error());
    cache.save(*set, *listing);
    return set;
}

}  // namespace shoji::hunt
