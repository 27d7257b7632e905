// The living ones among objects that a client makes and destroys as it likes.
#pragma once

#include "screen/compositor/resource.h"

#include <memory>
#include <vector>

namespace shoji::compositor {

template <class T>
class WeakList {
  public:
    // Becomes the last one, also when it is in the list already.
    void add(const std::shared_ptr<T>& object) {
        // Cleared here, so that a client which makes and destroys many cannot make it grow.
        std::erase_if(objects_, [&](const std::weak_ptr<T>& one) {
            return one.expired() || one.lock() == object;
        });
        objects_.push_back(object);
    }
    // Those whose resource exists, in the order in which they were added.
    [[nodiscard]] std::vector<std::shared_ptr<T>> living() const {
        std::vector<std::shared_ptr<T>> all;
        for (const auto& weak : objects_) {
            auto object = weak.lock();
            if (object && object->resource() != nullptr) all.push_back(std::move(object));
        }
        return all;
    }

  private:
    std::vector<std::weak_ptr<T>> objects_;
};

}  // namespace shoji::compositor
