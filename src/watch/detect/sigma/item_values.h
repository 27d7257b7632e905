// The values of a detection's item as pipelines see them: what contains, startswith and endswith
// ask for stands in the text as wildcards. Values under modifiers that make something else of a
// text (expressions, networks, numbers, encodings, windash, fieldref, times) are opaque.
#pragma once

#include "watch/detect/sigma/draft.h"
#include "watch/detect/sigma/glob.h"

#include <string>
#include <string_view>
#include <vector>

namespace shoji::sigma {

struct ItemValue {
    enum class Kind : std::uint8_t { text, number, boolean, null, opaque };

    Kind kind = Kind::text;
    Glob glob;        // of a text
    yaml::Node node;  // of everything else

    static ItemValue of_text(Glob glob) { return {Kind::text, std::move(glob), {}}; }
    // A scalar as it stands in YAML; Sigma's wildcards and escapes are read.
    static ItemValue of(const yaml::Node& node);

    // As pySigma writes a text for its expressions: wildcards as they are, '*' and '?' that are
    // meant with a backslash before them, a backslash as it is.
    [[nodiscard]] std::string plain() const;
};

std::vector<ItemValue> values_of(const DetectionItem& item);
// In the item's place. Modifiers that say how a value is to be read go, unless opaque ones are
// left.
void set_values(DetectionItem& item, const std::vector<ItemValue>& values);

bool has_modifier(const DetectionItem& item, std::string_view name);
void drop_modifier(DetectionItem& item, std::string_view name);

// A glob as Sigma writes it, so that Glob::parse reads the same.
std::string written(const Glob& glob);

}  // namespace shoji::sigma
