#include "cli/fields_left_out.h"

namespace shoji::cli {

void FieldsLeftOut::add(const std::string& file, std::uint64_t count) {
    if (count == 0) return;
    if (named_.size() < most_named) {
        named_.emplace_back(file, count);
    } else {
        ++more_files_;
        more_ += count;
    }
}

bool FieldsLeftOut::warn(TerminalOutput& output) const {
    for (const auto& [file, count] : named_) {
        output.warn("hunt.fields_left_out", {{"file", file}, {"count", std::to_string(count)}});
    }
    if (more_files_ > 0) {
        output.warn("hunt.fields_left_out.more",
                    {{"files", std::to_string(more_files_)}, {"count", std::to_string(more_)}});
    }
    return !named_.empty();
}

}  // namespace shoji::cli
