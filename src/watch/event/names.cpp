#include "watch/event/names.h"

namespace shoji::event {

Names::Names() {
    for (const auto name : own_fields) fields_.intern(name);
}

FieldId Names::field(std::string_view name) const {
    const auto number = fields_.find(name);
    return number ? FieldId{*number} : other_field;
}

std::string_view Names::name(FieldId id) const {
    return id == other_field ? std::string_view() : fields_.name(static_cast<std::uint32_t>(id));
}

SourceId Names::source(std::string_view name) const {
    const auto number = sources_.find(name);
    return number ? SourceId{*number} : no_source;
}

std::string_view Names::name(SourceId id) const {
    return id == no_source ? std::string_view() : sources_.name(static_cast<std::uint32_t>(id));
}

}  // namespace shoji::event
