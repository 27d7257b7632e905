#include "watch/detect/sigma/parameters.h"

namespace shoji::sigma {

using base::Result;

Result<std::string> Parameters::text(std::string_view name) {
    const auto member = need(name);
    if (!member) return base::Failure(member.error());
    if (!(*member)->is_scalar()) return wrong_at(**member, "'{}' needs a text", name);
    return (*member)->text;
}

Result<std::string> Parameters::text(std::string_view name, std::string_view otherwise) {
    if (find(name) == nullptr) return std::string(otherwise);
    return text(name);
}

Result<bool> Parameters::flag(std::string_view name, bool otherwise) {
    const auto* member = find(name);
    if (member == nullptr) return otherwise;
    const auto wanted = yaml::boolean_of(*member);
    if (!wanted) return wrong_at(*member, "'{}' is true or false", name);
    return *wanted;
}

Result<std::vector<std::string>> Parameters::list(std::string_view name) {
    const auto member = need(name);
    if (!member) return base::Failure(member.error());
    if ((*member)->kind == yaml::Kind::mapping) {
        return wrong_at(**member, "'{}' needs a list", name);
    }
    if ((*member)->is_scalar()) return std::vector{(*member)->text};
    std::vector<std::string> list;
    for (const auto& item : (*member)->items) {
        if (!item.is_scalar()) return wrong_at(item, "'{}' needs a list of texts", name);
        list.push_back(item.text);
    }
    return list;
}

Result<void> Parameters::finish() const {
    for (const auto& [key, value] : node_.members) {
        if (!used_.contains(key)) return wrong_at(value, "there is no '{}'", key);
    }
    return {};
}

}  // namespace shoji::sigma
