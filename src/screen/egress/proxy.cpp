#include "screen/egress/proxy.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <spdlog/spdlog.h>
#include <sys/timerfd.h>

namespace shoji::egress {
namespace {

// After an accept that failed for want of descriptors or memory.
constexpr std::chrono::milliseconds breather{100};

// A kernel timer at an absolute time, since a timer of this process would have to wake up now and
// then to see whether somebody has set the wall clock.
int timer_at(clockid_t clock, std::uint64_t seconds) {
    const int timer = ::timerfd_create(clock, TFD_CLOEXEC | TFD_NONBLOCK);
    itimerspec when{};
    when.it_value.tv_sec = static_cast<time_t>(seconds);
    ::timerfd_settime(timer, TFD_TIMER_ABSTIME, &when, nullptr);
    return timer;
}

// Ends of connections are no news; only what nobody expected is.
void log_exception(const std::exception_ptr& exception) {
    if (!exception) return;
    try {
        std::rethrow_exception(exception);
    } catch (const std::exception& error) {
        spdlog::error("a connection ended: {}", error.what());
    }
}

}  // namespace

Proxy::Proxy(const asio::any_io_executor& executor, Inherited inherited, AllowList allow_list,
             Expiry expiry, Resolver resolver, const Limits& limits)
    : context_{.allow_list = std::move(allow_list),
               .expiry = expiry,
               .limits = limits,
               .resolver = std::move(resolver),
               .reporter = Reporter(executor, std::move(inherited.reports), limits)},
      acceptor_(executor, Tcp::v4(), inherited.listener.release()),
      wall_timer_(executor),
      running_timer_(executor) {
    acceptor_.non_blocking(true);
    if (!expiry.ends()) return;
    // Zero would disarm a timer: what lies in the past fires at once.
    wall_timer_.assign(
        timer_at(CLOCK_REALTIME, std::max<std::uint64_t>(1, expiry.wall_deadline())));
    running_timer_.assign(
        timer_at(CLOCK_BOOTTIME, std::max<std::uint64_t>(1, expiry.running_deadline())));
}

void Proxy::start() {
    context_.reporter.start();
    if (context_.expiry.ends()) {
        end_at_expiry(wall_timer_);
        end_at_expiry(running_timer_);
    }
    asio::co_spawn(acceptor_.get_executor(), accept(), log_exception);
}

void Proxy::stop() {
    context_.reporter.flush();
}

void Proxy::end_at_expiry(asio::posix::stream_descriptor& timer) {
    timer.async_wait(asio::posix::stream_descriptor::wait_read, [this](const ErrorCode& error) {
        if (error || !context_.expired()) return;
        const auto live = *live_;  // closing takes pairs out
        for (const auto& [pointer, weak] : live) {
            if (const auto pair = weak.lock()) pair->close();
        }
    });
}

Awaitable<void> Proxy::accept() {
    asio::steady_timer pause(acceptor_.get_executor());
    while (true) {
        auto [error, client] = co_await acceptor_.async_accept(as_result);
        if (error == asio::error::operation_aborted) co_return;
        if (!error) {
            take(std::move(client));
        } else if (error != asio::error::connection_aborted) {
            pause.expires_after(breather);
            co_await pause.async_wait(as_result);
        }
    }
}

void Proxy::take(Tcp::socket client) {
    if (live_->size() >= context_.limits.connections) {
        context_.reporter.refused(control::RefusalReason::too_many, control::Scheme::https, {}, 0);
        ErrorCode ignored;  // whether the answer arrives or not, the connection ends
        client.non_blocking(true, ignored);
        client.write_some(asio::buffer(refusal_answer(control::RefusalReason::too_many)), ignored);
        return;
    }
    std::shared_ptr<Pair> pair(
        new Pair(std::move(client), context_.limits, context_.reporter, context_.scratch),
        [live = live_](Pair* gone) {
            live->erase(gone);
            delete gone;
        });
    live_->emplace(pair.get(), pair);
    asio::co_spawn(acceptor_.get_executor(), serve(std::move(pair), context_), log_exception);
}

}  // namespace shoji::egress
