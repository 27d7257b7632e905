#include "core/policy/check.h"
#include "core/policy/json.h"
#include "core/policy/plan.h"

#include <cstdlib>

#include <boost/json.hpp>

// Whatever is read is checked and planned without harm, and what is sound is read back as it was.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::policy;
    const auto read = configuration_from_text({reinterpret_cast<const char*>(data), size});
    if (!read) return 0;
    const bool sound = check(*read).empty();
    const auto again = configuration_from_text(boost::json::serialize(to_json(*read)));
    if (sound && (!again || *again != *read)) std::abort();
    if (sound && apply({}, plan({}, *read)) != sorted(*read)) std::abort();
    for (const Destination& destination : read->destinations) {
        for (const Origin& origin : destination.origins) {
            const auto parsed = origin_from_url(to_url(origin));
            if (sound && (!parsed || parsed->host != origin.host)) std::abort();
        }
    }
    return 0;
}
