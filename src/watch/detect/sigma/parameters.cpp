#include "watch/detect/sigma/parameters.h"

#include "watch/detect/sigma/fold.h"

namespace shoji::sigma {

using base::Result;

Result<std::string> Parameters::text(std::string_view name) {
    const auto member = need(name);
    if (!member) return base::Failure(member.error());
    if (!(*member)->is_scalar()) return wrong(**member, "{}: '{}' needs a text", what_, name);
    return (*member)->text;
}

Result<std::string> Parameters::text(std::string_view name, std::string_view otherwise) {
    if (find(name) == nullptr) return std::string(otherwise);
    return text(name);
}

Result<bool> Parameters::flag(std::string_view name, bool otherwise) {
    const auto* member = find(name);
    if (member == nullptr) return otherwise;
    if (member->kind != yaml::Kind::boolean) {
        return wrong(*member, "{}: '{}' is true or false", what_, name);
    }
    return fold(member->text) == "true";
}

Result<std::vector<std::string>> Parameters::list(std::string_view name) {
    const auto member = need(name);
    if (!member) return base::Failure(member.error());
    if ((*member)->kind == yaml::Kind::mapping) {
        return wrong(**member, "{}: '{}' needs a list", what_, name);
    }
    if ((*member)->is_scalar()) return std::vector{(*member)->text};
    std::vector<std::string> list;
    for (const auto& item : (*member)->items) {
        if (!item.is_scalar()) return wrong(item, "{}: '{}' needs a list of texts", what_, name);
        list.push_back(item.text);
    }
    return list;
}

Result<void> Parameters::finish() const {
    for (const auto& [key, value] : node_.members) {
        if (!used_.contains(key)) return wrong(value, "{} has no '{}'", what_, key);
    }
    return {};
}

}  // namespace shoji::sigma
