#include "screen/gateway/loop.h"

#include <exception>
#include <string>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <spdlog/spdlog.h>

namespace shoji::gateway {

Task<> sleep_for(std::chrono::milliseconds time) {
    asio::steady_timer timer(co_await asio::this_coro::executor, time);
    boost::system::error_code ignored;
    co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void spawn(const asio::any_io_executor& executor, Task<> task, std::string_view what) {
    asio::co_spawn(executor, std::move(task),
                   [name = std::string(what)](const std::exception_ptr& thrown) {
                       if (!thrown) return;
                       try {
                           std::rethrow_exception(thrown);
                       } catch (const std::exception& error) {
                           spdlog::error("{}: {}", name, error.what());
                       }
                   });
}

}  // namespace shoji::gateway
