#include "watch/station/process_start.h"

#include <charconv>

namespace shoji::station {

ProcessStart start_in(std::string_view guid) {
    ProcessStart all;
    const auto first = guid.find('-');
    const auto second = guid.rfind('-');
    if (first == std::string_view::npos || first == second) return all;
    const auto number = guid.substr(first + 1, second - first - 1);
    const auto start = guid.substr(second + 1);
    std::from_chars(number.data(), number.data() + number.size(), all.process, 16);
    std::from_chars(start.data(), start.data() + start.size(), all.nanoseconds, 16);
    return all;
}

}  // namespace shoji::station
