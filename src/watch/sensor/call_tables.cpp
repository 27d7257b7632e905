#include "watch/sensor/call_tables.h"

#include <algorithm>
#include <optional>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

namespace shoji::sensor {
namespace {

// The section of constants, and where in it the table stands.
struct Place {
    bpf_map* section = nullptr;
    std::vector<std::uint8_t> bytes;  // of the whole section
    std::size_t at = 0;
};

std::optional<std::size_t> offset_of(const btf* types, std::string_view name) {
    const int section = btf__find_by_name_kind(types, ".rodata", BTF_KIND_DATASEC);
    if (section < 0) return std::nullopt;
    const btf_type* type = btf__type_by_id(types, static_cast<unsigned>(section));
    for (unsigned i = 0; i < btf_vlen(type); ++i) {
        const btf_var_secinfo& place = btf_var_secinfos(type)[i];
        const btf_type* variable = btf__type_by_id(types, place.type);
        if (place.size == most_calls && name == btf__name_by_offset(types, variable->name_off)) {
            return place.offset;
        }
    }
    return std::nullopt;
}

base::Result<Place> find(bpf_object* object, std::string_view name) {
    Place place;
    bpf_map* map = nullptr;
    bpf_object__for_each_map(map, object) {
        if (std::string_view(bpf_map__name(map)).ends_with(".rodata")) place.section = map;
    }
    const auto at = offset_of(bpf_object__btf(object), name);
    std::size_t size = 0;
    const void* bytes =
        place.section == nullptr ? nullptr : bpf_map__initial_value(place.section, &size);
    if (bytes == nullptr || !at || *at > size || size - *at < most_calls) {
        return base::fail(base::ErrorKind::corrupt, "the object file has no table {}", name);
    }
    place.at = *at;
    const auto* first = static_cast<const std::uint8_t*>(bytes);
    place.bytes.assign(first, first + size);
    return place;
}

}  // namespace

bool takes_calls(const bpf_program* program) {
    return std::string_view(bpf_program__section_name(program)) == "tp_btf/sys_exit";
}

base::Result<std::vector<std::uint8_t>> call_table(bpf_object* object, std::string_view name) {
    auto place = find(object, name);
    if (!place) return base::Failure(place.error());
    const auto first = place->bytes.begin() + static_cast<std::ptrdiff_t>(place->at);
    return std::vector<std::uint8_t>(first, first + most_calls);
}

base::Result<void> set_call_table(bpf_object* object, std::string_view name,
                                  const std::vector<std::uint8_t>& table) {
    auto place = find(object, name);
    if (!place) return base::Failure(place.error());
    const auto count = std::min(table.size(), most_calls);
    std::copy_n(table.begin(), count,
                place->bytes.begin() + static_cast<std::ptrdiff_t>(place->at));
    const int failed =
        bpf_map__set_initial_value(place->section, place->bytes.data(), place->bytes.size());
    if (failed != 0) return base::fail_errno(-failed, "setting the table of system calls");
    return {};
}

}  // namespace shoji::sensor
