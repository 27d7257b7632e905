// The gateway's one thread of work: coroutines on one Asio loop. Whatever blocks (the disk,
// argon2id) runs in a Worker. Nothing here is safe to touch from another thread unless it says so.
//
// GCC 12 destroys some temporaries of an awaiting expression twice. So a co_await never stands
// inside ?:, && or ||, and what it is given is never a lambda with captures or a braced list: such
// a thing has a name, and is moved.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace shoji::gateway {

namespace asio = boost::asio;

template <class T = void>
using Task = asio::awaitable<T>;

// Lets coroutines wait for a change of something: check, wait, check again.
class Signal {
  public:
    explicit Signal(const asio::any_io_executor& executor)
        : timer_(executor, std::chrono::steady_clock::time_point::max()) {}

    // Wakes whoever waits now.
    void notify() { timer_.cancel(); }
    Task<> wait() { return wait_until(std::chrono::steady_clock::time_point::max()); }
    // Also returns when the time is over. A second waiter wakes the first.
    Task<> wait_for(std::chrono::milliseconds limit) {
        return wait_until(std::chrono::steady_clock::now() + limit);
    }

  private:
    Task<> wait_until(std::chrono::steady_clock::time_point moment) {
        timer_.expires_at(moment);
        boost::system::error_code woken;
        co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }

    asio::steady_timer timer_;
};

// One value that one coroutine waits for and that something else sets.
template <class T>
class Promise {
  public:
    explicit Promise(const asio::any_io_executor& executor) : set_(executor) {}

    void set(T value) {
        if (value_) return;
        value_ = std::move(value);
        set_.notify();
    }
    // None when the time was over first.
    Task<std::optional<T>> wait(std::chrono::milliseconds limit) {
        if (!value_) co_await set_.wait_for(limit);
        co_return std::move(value_);
    }

  private:
    Signal set_;
    std::optional<T> value_;
};

Task<> sleep_for(std::chrono::milliseconds time);

// Runs a coroutine by itself. An exception that leaves it (memory is short) is logged with `what`.
void spawn(const asio::any_io_executor& executor, Task<> task, std::string_view what);

}  // namespace shoji::gateway
