#include "watch/hunt/rule_folder.h"

#include "watch/detect/sigma/draft.h"
#include "watch/detect/sigma/filter.h"
#include "watch/hunt/mapped_file.h"
#include "watch/hunt/rule_listing.h"

#include <algorithm>
#include <iterator>
#include <set>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;

using About = RuleProblem::About;

// A filter, and which of the rules that it names have been seen.
struct KnownFilter {
    sigma::Filter filter;
    std::string file;
    std::size_t line = 0;
    std::set<std::string> seen;
};

// The error with the line where its document begins, if it names none.
base::Error with_line(base::Error error, std::size_t line) {
    const auto place = base::at_line(line);
    const bool has_one = std::ranges::any_of(
        error.words, [&](const base::Words& words) { return words.sentence == place.sentence; });
    return has_one ? error : std::move(error).inside(place);
}

class FolderReader {
  public:
    FolderReader(const sigma::Reading& reading, const sigma::Pipeline* pipeline, Wanted wanted)
        : reading_(reading), pipeline_(pipeline), wanted_(wanted) {}

    RuleFolder read(const std::vector<fs::path>& files) {
        read_all(files);
        if (!filters_.empty()) {
            applying_ = true;
            folder_ = {};
            read_all(files);
        }
        if (pipeline_ != nullptr) pipe_correlations();
        for (const auto& filter : filters_) check(filter);
        std::ranges::move(filter_problems_, std::back_inserter(folder_.problems));
        folder_.files = files.size();
        return std::move(folder_);
    }

  private:
    void read_all(const std::vector<fs::path>& files) {
        for (const auto& file : files) read_file(file);
    }

    void read_file(const fs::path& path) {
        const auto file = MappedFile::open(path);
        if (!file) return folder_.problems.push_back({path.string(), "", file.error()});
        const auto documents = sigma::yaml::read(file->text());
        if (!documents) {
            return folder_.problems.push_back({path.string(), "", documents.error()});
        }
        for (const auto& document : *documents) {
            if (sigma::is_filter(document)) {
                if (!applying_) take_filter(document, path.string());
            } else if (sigma::is_correlation(document)) {
                take_correlation(document, path.string());
            } else if (applying_ || filters_.empty()) {
                take_rule(document, path.string());
            }
        }
    }

    void take_filter(const sigma::yaml::Node& document, const std::string& path) {
        auto filter = sigma::read_filter(document, reading_);
        if (filter) {
            filters_.push_back({std::move(*filter), path, document.line, {}});
        } else {
            filter_problems_.push_back({path, std::string(document.text_of("title")),
                                        with_line(filter.error(), document.line), About::filter});
        }
    }

    void take_correlation(const sigma::yaml::Node& document, const std::string& path) {
        auto rule = sigma::read_correlation(document);
        if (rule) {
            folder_.correlations.push_back({std::move(*rule), path});
        } else {
            folder_.problems.push_back({path, std::string(document.text_of("title")),
                                        with_line(rule.error(), document.line),
                                        About::correlation});
        }
    }

    void take_rule(const sigma::yaml::Node& document, const std::string& path) {
        auto rules = compile(document);
        if (!rules) {
            return folder_.problems.push_back({path, std::string(document.text_of("title")),
                                               with_line(rules.error(), document.line)});
        }
        ++folder_.documents;
        for (auto& rule : *rules) {
            if (wanted_ != nullptr && !wanted_(rule.source)) continue;
            folder_.rules.push_back(std::move(rule));
            folder_.rule_files.push_back(path);
        }
    }

    base::Result<std::vector<sigma::Rule>> compile(const sigma::yaml::Node& document) {
        auto draft = sigma::read_draft(document);
        if (!draft) return base::Failure(draft.error());
        for (auto& known : filters_) {
            for (const auto& name : known.filter.rules) {
                if (draft->heading.is_called(name)) known.seen.insert(name);
            }
            if (known.filter.is_for(*draft)) sigma::apply(known.filter, *draft);
        }
        if (pipeline_ != nullptr) {
            if (auto applied = sigma::apply(*pipeline_, *draft); !applied) {
                return base::Failure(applied.error());
            }
        }
        return sigma::compile(*draft, reading_);
    }

    // The log sources of the rules that the correlation refers to in the end.
    std::vector<sigma::RuleSource> referenced(const sigma::CorrelationRule& correlation) const {
        std::vector<sigma::RuleSource> sources;
        std::vector<std::string> open = correlation.rules;
        std::set<std::string> done;
        while (!open.empty()) {
            const auto name = std::move(open.back());
            open.pop_back();
            if (!done.insert(name).second) continue;
            for (const auto& rule : folder_.rules) {
                if (rule.is_called(name)) sources.push_back(rule.source);
            }
            for (const auto& other : folder_.correlations) {
                if (!other.rule.is_called(name)) continue;
                open.insert(open.end(), other.rule.rules.begin(), other.rule.rules.end());
            }
        }
        return sources;
    }

    void pipe_correlations() {
        std::vector<sigma::CorrelationPlan::Draft> piped;
        for (const auto& draft : folder_.correlations) {
            auto copy = draft;
            const auto sources = referenced(draft.rule);
            if (auto applied = sigma::apply(*pipeline_, copy.rule, sources); applied) {
                piped.push_back(std::move(copy));
            } else {
                folder_.problems.push_back({draft.file, draft.rule.title,
                                            with_line(applied.error(), draft.rule.line),
                                            About::correlation});
            }
        }
        folder_.correlations = std::move(piped);
    }

    void check(const KnownFilter& known) {
        bool all = true;
        for (const auto& name : known.filter.rules) {
            if (known.seen.contains(name)) continue;
            all = false;
            auto failure =
                base::because(base::ErrorKind::not_found,
                              "it is for '{}', and no rule that is read is called so", name);
            filter_problems_.push_back({known.file, known.filter.heading.title,
                                        with_line(std::move(failure.value()), known.line),
                                        About::filter});
        }
        if (all) ++folder_.filters;
    }

    const sigma::Reading& reading_;
    const sigma::Pipeline* pipeline_;
    Wanted wanted_;
    std::vector<KnownFilter> filters_;
    std::vector<RuleProblem> filter_problems_;
    bool applying_ = false;  // the filters are all known
    RuleFolder folder_;
};

}  // namespace

base::Result<std::vector<fs::path>> rule_files(const std::vector<fs::path>& paths) {
    const auto listing = list_rules(paths);
    if (!listing) return base::Failure(listing.error());
    return std::vector<fs::path>(listing->paths.begin(), listing->paths.end());
}

RuleFolder read_rule_folder(const std::vector<fs::path>& files, const sigma::Reading& reading,
                            const sigma::Pipeline* pipeline, Wanted wanted) {
    return FolderReader(reading, pipeline, wanted).read(files);
}

}  // namespace shoji::hunt
