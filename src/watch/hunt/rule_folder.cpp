#include "watch/hunt/rule_folder.h"

#include "watch/detect/sigma/rule_reader.h"
#include "watch/hunt/mapped_file.h"

#include <algorithm>
#include <system_error>

namespace shoji::hunt {
namespace {

namespace fs = std::filesystem;
using base::ErrorKind;

bool is_rule_file(const fs::path& path) {
    return path.extension() == ".yml" || path.extension() == ".yaml";
}

base::Result<std::vector<fs::path>> files_below(const fs::path& path) {
    std::error_code error;
    if (fs::is_regular_file(path, error)) return std::vector{path};
    std::vector<fs::path> files;
    fs::recursive_directory_iterator entry(path, error);
    for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
        std::error_code ignored;
        if (is_rule_file(entry->path()) && entry->is_regular_file(ignored)) {
            files.push_back(entry->path());
        }
    }
    if (error) return unreadable(path, error.value());
    std::ranges::sort(files);
    return files;
}

void read_file(const fs::path& path, const sigma::Reading& reading, RuleFolder& folder) {
    const auto file = MappedFile::open(path);
    if (!file) return folder.problems.push_back({path.string(), "", file.error().message});
    const auto documents = sigma::yaml::read(file->text());
    if (!documents)
        return folder.problems.push_back({path.string(), "", documents.error().message});
    for (const auto& document : *documents) {
        auto rules = sigma::read_rule(document, reading);
        if (!rules) {
            folder.problems.push_back(
                {path.string(), std::string(document.text_of("title")), rules.error().message});
            continue;
        }
        for (auto& rule : *rules) {
            folder.rules.push_back(std::move(rule));
            folder.rule_files.push_back(path.string());
        }
    }
}

}  // namespace

base::Result<RuleFolder> read_rule_folder(const fs::path& path, const sigma::Reading& reading) {
    const auto files = files_below(path);
    if (!files) return base::Failure(files.error());
    if (files->empty()) {
        return base::worded(
            base::fail(ErrorKind::not_found, "no rule (*.yml) is in {}", path.string()),
            "rules.none", {{"path", path.string()}});
    }
    RuleFolder folder;
    folder.files = files->size();
    for (const auto& file : *files) read_file(file, reading, folder);
    return folder;
}

}  // namespace shoji::hunt
