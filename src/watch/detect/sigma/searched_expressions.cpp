#include "watch/detect/sigma/searched_expressions.h"

#include <algorithm>
#include <ctime>

namespace shoji::sigma {
namespace {

double seconds_of_this_thread() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    constexpr double nanoseconds = 1e9;
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / nanoseconds;
}

}  // namespace

base::Result<SearchedExpressions> search_for(const std::vector<Searchable>& expressions,
                                             double& seconds_left) {
    SearchedExpressions found;
    std::vector<std::string> texts;
    for (std::size_t i = 0; i < expressions.size(); ++i) {
        if (expressions[i].size > most_searched_size) {
            found.left_out.push_back(i);
            continue;
        }
        found.searched.push_back(i);
        texts.push_back(expressions[i].text);
    }
    constexpr std::size_t first_step = 16;
    constexpr double quick = 0.25;  // of all that is left: twice as many take four times as long
    std::size_t taken = 0;
    bool is_quick = seconds_left > 0;
    for (std::size_t step = first_step; taken < texts.size() && is_quick; step *= 2) {
        taken = std::min(step, texts.size());
        const double start = seconds_of_this_thread();
        auto matcher = ManyMatcher::of_expressions(
            {texts.begin(), texts.begin() + static_cast<std::ptrdiff_t>(taken)});
        if (!matcher) return base::Failure(matcher.error());
        found.matcher = std::move(*matcher);
        const double seconds = seconds_of_this_thread() - start;
        is_quick = seconds < quick * seconds_left;
        seconds_left -= seconds;
    }
    const auto rest = found.searched.begin() + static_cast<std::ptrdiff_t>(taken);
    found.left_out.insert(found.left_out.end(), rest, found.searched.end());
    found.searched.erase(rest, found.searched.end());
    return found;
}

}  // namespace shoji::sigma
