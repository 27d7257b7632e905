#include "screen/compositor/windows.h"

#include "screen/compositor/toplevel.h"

#include <algorithm>

namespace shoji::compositor {

void Windows::add(const std::shared_ptr<Toplevel>& window) {
    remove(*window);
    stack_.push_back(window);
}

void Windows::remove(const Toplevel& window) {
    std::erase_if(stack_, [&](const std::weak_ptr<Toplevel>& weak) {
        const auto one = weak.lock();
        return !one || one.get() == &window;
    });
}

std::vector<std::shared_ptr<Toplevel>> Windows::shown() const {
    std::vector<std::shared_ptr<Toplevel>> all;
    for (const auto& weak : stack_) {
        auto window = weak.lock();
        if (window && window->shown_surface()) all.push_back(std::move(window));
    }
    return all;
}

std::vector<std::shared_ptr<Toplevel>> Windows::visible() const {
    auto all = shown();
    const auto base = std::find_if(all.rbegin(), all.rend(),
                                   [](const auto& window) { return !window->is_dialog(); });
    if (base != all.rend()) all.erase(all.begin(), base.base() - 1);
    return all;
}

std::shared_ptr<Toplevel> Windows::top() const {
    const auto all = shown();
    return all.empty() ? nullptr : all.back();
}

int Windows::count() const {
    const auto all = shown();
    return static_cast<int>(std::count_if(all.begin(), all.end(),
                                          [](const auto& window) { return !window->is_dialog(); }));
}

void Windows::activate_top() const {
    const auto all = shown();
    for (std::size_t i = 0; i < all.size(); ++i) all[i]->set_active(i + 1 == all.size());
}

}  // namespace shoji::compositor
