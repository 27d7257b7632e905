// Tells the gateway what was refused and how much has passed: packets of control's FromEgress on
// the newest connection to the reports socket. Without a gateway, refusals wait in a bounded book.
// When nothing happens, nothing runs.
#pragma once

#include "core/base/file_descriptor.h"
#include "screen/control/control.h"
#include "screen/egress/asynchronous.h"
#include "screen/egress/limits.h"
#include "screen/egress/report_book.h"

#include <cstdint>
#include <optional>
#include <string>

namespace shoji::egress {

class Reporter {
  public:
    // `listener`: a listening SOCK_SEQPACKET socket.
    Reporter(const asio::any_io_executor& executor, base::FileDescriptor listener,
             const Limits& limits);

    void start();
    void refused(control::RefusalReason reason, control::Scheme scheme, const std::string& host,
                 std::uint16_t port);
    void passed_out(std::size_t bytes);
    void passed_in(std::size_t bytes);
    void connected();
    // Sends what waits, as far as the connection takes it at once.
    void flush();

    [[nodiscard]] const control::Traffic& traffic() const { return traffic_; }

  private:
    void accept();
    void attach();
    void watch_peer();
    void detach();
    void schedule_refusals();
    void schedule_traffic();
    void send_refusals();
    void send_traffic();
    bool send(const control::FromEgress& message);

    asio::posix::stream_descriptor listener_;
    std::optional<asio::posix::stream_descriptor> peer_;
    Limits limits_;
    ReportBook book_;
    control::Traffic traffic_;
    asio::steady_timer refusals_timer_;
    asio::steady_timer traffic_timer_;
    std::chrono::steady_clock::time_point last_refusals_;
    bool refusals_scheduled_ = false;
    bool traffic_scheduled_ = false;
    bool traffic_untold_ = false;
    bool waiting_for_room_ = false;
};

}  // namespace shoji::egress
