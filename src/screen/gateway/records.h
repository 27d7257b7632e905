// The store on a thread of its own: calls are made one after another.
#pragma once

#include "core/store/store.h"
#include "screen/gateway/worker.h"

namespace shoji::gateway {

class Records {
  public:
    explicit Records(std::unique_ptr<store::Store> store) : store_(std::move(store)), worker_(1) {}

    // `work` takes a store::Store& and returns a base::Result. It must own what it uses.
    template <class Work>
    Task<std::invoke_result_t<Work, store::Store&>> run(Work work) {
        return worker_.run(
            [store = store_.get(), work = std::move(work)]() mutable { return work(*store); });
    }

    void join() { worker_.join(); }

  private:
    std::unique_ptr<store::Store> store_;
    Worker worker_;
};

}  // namespace shoji::gateway
