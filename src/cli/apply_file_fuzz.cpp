#include "cli/apply_file.h"
#include "core/policy/check.h"
#include "core/policy/json.h"

#include <cstdlib>

#include <boost/json.hpp>

// The file of `shoji apply`: what is read and sound is the same after a journey as JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji;
    const auto read = cli::configuration_from_toml({reinterpret_cast<const char*>(data), size});
    if (!read || !policy::check(*read).empty()) return 0;
    const auto again =
        policy::configuration_from_text(boost::json::serialize(policy::to_json(*read)));
    if (!again || *again != *read) std::abort();
    return 0;
}
