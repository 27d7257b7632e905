// Maps of the kernel's programs that say of each key that it is there.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <string>
#include <vector>

#include <bpf/bpf.h>

namespace shoji::response {

// `wanted` and no others, the new ones first: what is blocked stays so all the while. `full` where
// it finds no room.
template <class Keys>
base::Result<void> set_keys(int map, const Keys& wanted, std::size_t room) {
    using Key = typename Keys::value_type;
    const std::uint8_t yes = 1;
    for (const Key& key : wanted) {
        if (bpf_map_update_elem(map, &key, &yes, BPF_ANY) != 0) {
            return base::worded(
                base::fail(base::ErrorKind::full, "more than {} files are blocked", room),
                "response.block.full", {{"limit", std::to_string(room)}});
        }
    }
    std::vector<Key> present;
    Key key{};
    for (int none = bpf_map_get_next_key(map, nullptr, &key); none == 0;
         none = bpf_map_get_next_key(map, &present.back(), &key)) {
        present.push_back(key);
    }
    for (const Key& one : present) {
        if (!wanted.contains(one)) bpf_map_delete_elem(map, &one);
    }
    return {};
}

}  // namespace shoji::response
