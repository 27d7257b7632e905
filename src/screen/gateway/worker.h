// Threads for what blocks, so that the loop never does.
#pragma once

#include "screen/gateway/loop.h"

#include <type_traits>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/thread_pool.hpp>

namespace shoji::gateway {

class Worker {
  public:
    explicit Worker(std::size_t threads) : threads_(threads) {}
    Worker(const Worker&) = delete;
    Worker& operator=(const Worker&) = delete;
    ~Worker() { join(); }

    // Calls `work` on one of the threads; the caller goes on on the loop with what it returned.
    // `work` must own what it uses.
    template <class Work>
    Task<std::invoke_result_t<Work>> run(Work work) {
        auto job = [work = std::move(work)]() mutable -> Task<std::invoke_result_t<Work>> {
            co_return work();
        };
        return asio::co_spawn(threads_, std::move(job), asio::use_awaitable);
    }

    // Waits for what is running.
    void join() {
        threads_.stop();
        threads_.join();
    }

  private:
    asio::thread_pool threads_;
};

}  // namespace shoji::gateway
