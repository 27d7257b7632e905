// Orders on their way to the hosts. Each is said on each connection until the host has told its
// end; a host carries none out twice.
#include "hub/collector.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace shoji::hub {

using base::Failure;
using base::Result;

Result<store::RowId> Collector::add_order(const std::string& host, const OrderId& id,
                                          std::span<const std::uint8_t> body,
                                          const std::string& who, const Moment& now) {
    const auto known = std::ranges::find_if(sensors_, [&](const auto& entry) {
        return entry.second.sensor.name == host && entry.second.sensor.revoked == 0;
    });
    if (known == sensors_.end()) {
        return base::worded(base::fail(base::ErrorKind::not_found, "there is no sensor '{}'", host),
                            "admin.no_sensor", {{"name", host}});
    }
    auto number = orders_.add(host, id, body, who, now.seconds());
    if (number && known->second.link) send_orders(links_.at(*known->second.link));
    return number;
}

// As many as may be without an end.
void Collector::send_orders(Link& link) {
    if (!link.said_hello || link.ends) return;
    const auto open = orders_.open(sensors_.at(link.sensor).sensor.name, line::maximum_orders);
    if (!open) return spdlog::error("{}", open.error().message);
    for (const auto& order : *open) {
        const auto number = static_cast<std::uint64_t>(order.number);
        if (link.orders.size() >= line::maximum_orders || !link.orders.insert(number).second) {
            continue;
        }
        link.answers.emplace_back(line::Order{number, order.body});
    }
}

void Collector::take(LinkId /*id*/, Link& link, const line::Report& report, const Moment& now) {
    if (!link.said_hello) return end(link, line::Reason::broken_rule);
    const std::string& host = sensors_.at(link.sensor).sensor.name;
    const auto settled = orders_.settle(host, report, now.seconds());
    // It is said again on the next connection, and answered again.
    if (!settled) return spdlog::error("{}", settled.error().message);
    if (report.state == line::OrderState::taken) return;
    link.orders.erase(report.number);
    if (*settled) {
        const Values values{{"host", host}, {"number", std::to_string(report.number)}};
        if (report.state == line::OrderState::done) {
            raise(host, "order_done", incident::Level::informational, values, now);
        } else {
            raise(host, report.state == line::OrderState::failed ? "order_failed" : "order_refused",
                  incident::Level::medium, values, now);
        }
    }
    send_orders(link);
}

}  // namespace shoji::hub
