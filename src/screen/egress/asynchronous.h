// The names of Boost.Asio that the egress uses. All of it runs on one thread.
//
// A co_await never stands in a condition: GCC 12 then may lay out the coroutine's frame in two
// different ways, and the program ends in an illegal instruction. Its value gets a name first.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace shoji::egress {

namespace asio = boost::asio;

using Tcp = asio::ip::tcp;
using ErrorCode = boost::system::error_code;
template <class T>
using Awaitable = asio::awaitable<T>;

// co_await yields a tuple that begins with the error code, and throws nothing.
inline constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

}  // namespace shoji::egress
