#include "hub/orders.h"

#include "core/store/guarded.h"

namespace shoji::hub {
namespace {

using base::ErrorKind;
using store::bind_bytes;
using store::guarded;

constexpr std::array<std::string_view, 6> names{"waiting", "taken",   "done",
                                                "failed",  "refused", "withdrawn"};

HeldOrder read(SQLite::Statement& row) {
    HeldOrder order;
    order.number = row.getColumn(0).getInt64();
    order.host = row.getColumn(1).getString();
    order.received = row.getColumn(2).getInt64();
    order.who = row.getColumn(3).getString();
    order.standing = static_cast<Standing>(row.getColumn(4).getInt());
    order.changed = row.getColumn(5).getInt64();
    order.body = store::bytes_of(row.getColumn(6));
    order.answer = row.getColumn(7).getString();
    return order;
}

std::vector<HeldOrder> read_all(SQLite::Statement& rows) {
    std::vector<HeldOrder> orders;
    while (rows.executeStep()) orders.push_back(read(rows));
    return orders;
}

Standing standing_of(line::OrderState state) {
    switch (state) {
        case line::OrderState::taken:
            return Standing::taken;
        case line::OrderState::done:
            return Standing::done;
        case line::OrderState::failed:
            return Standing::failed;
        case line::OrderState::refused:
            return Standing::refused;
    }
    return Standing::refused;
}

}  // namespace

std::string_view name_of(Standing standing) {
    return names.at(static_cast<std::size_t>(standing));
}

base::Result<store::RowId> Orders::add(const std::string& host, const OrderId& id,
                                       std::span<const std::uint8_t> body, const std::string& who,
                                       store::Seconds now) {
    using Answer = base::Result<store::RowId>;
    return guarded(database_, "keeping an order", [&](SQLite::Database& connection) -> Answer {
        // What its host refused, for want of a second person, may come again; the host knows what
        // it has carried out.
        SQLite::Statement known(
            connection, "SELECT number FROM held_order WHERE identity = ? AND standing < 4");
        bind_bytes(known, 1, id);
        if (known.executeStep()) {
            const auto number = std::to_string(known.getColumn(0).getInt64());
            return base::worded(
                base::fail(ErrorKind::exists, "the order was handed in before, as {}", number),
                "admin.order_exists", {{"number", number}});
        }
        SQLite::Statement waiting(
            connection, "SELECT count(*) FROM held_order WHERE host = ? AND standing < 2");
        waiting.bind(1, host);
        waiting.executeStep();
        if (waiting.getColumn(0).getInt64() >= most_waiting) {
            return base::worded(base::fail(ErrorKind::full, "too many orders wait for {}", host),
                                "admin.orders_full", {{"name", host}});
        }
        SQLite::Statement insert(connection,
                                 "INSERT INTO held_order (host, identity, received, who, changed, "
                                 "body) VALUES (?, ?, ?3, ?4, ?3, ?5)");
        insert.bind(1, host);
        bind_bytes(insert, 2, id);
        insert.bind(3, now);
        insert.bind(4, who);
        bind_bytes(insert, 5, body);
        insert.exec();
        return connection.getLastInsertRowid();
    });
}

base::Result<std::vector<HeldOrder>> Orders::list(std::size_t most) {
    using Answer = base::Result<std::vector<HeldOrder>>;
    return guarded(database_, "listing orders", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement rows(
            connection,
            "SELECT * FROM (SELECT number, host, received, who, standing, changed, body, answer "
            "FROM held_order ORDER BY number DESC LIMIT ?) ORDER BY number");
        rows.bind(1, static_cast<std::int64_t>(most));
        return read_all(rows);
    });
}

base::Result<std::vector<HeldOrder>> Orders::open(const std::string& host, std::size_t most) {
    using Answer = base::Result<std::vector<HeldOrder>>;
    return guarded(database_, "reading orders", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement rows(
            connection,
            "SELECT number, host, received, who, standing, changed, body, answer FROM held_order "
            "WHERE host = ? AND standing < 2 ORDER BY number LIMIT ?");
        rows.bind(1, host);
        rows.bind(2, static_cast<std::int64_t>(most));
        return read_all(rows);
    });
}

base::Result<bool> Orders::settle(const std::string& host, const line::Report& report,
                                  store::Seconds now) {
    using Answer = base::Result<bool>;
    return guarded(database_, "keeping an order's end",
                   [&](SQLite::Database& connection) -> Answer {
                       SQLite::Statement update(
                           connection,
                           "UPDATE held_order SET standing = ?3, answer = ?4, changed = ?5 "
                           "WHERE number = ?1 AND host = ?2 AND standing < 2 "
                           "AND standing <> ?3");
                       update.bind(1, static_cast<std::int64_t>(report.number));
                       update.bind(2, host);
                       update.bind(3, static_cast<int>(standing_of(report.state)));
                       update.bind(4, std::string(report.answer.begin(), report.answer.end()));
                       update.bind(5, now);
                       return update.exec() == 1;
                   });
}

base::Result<void> Orders::withdraw(store::RowId number, store::Seconds now) {
    using Answer = base::Result<void>;
    return guarded(database_, "withdrawing an order", [&](SQLite::Database& connection) -> Answer {
        SQLite::Statement update(connection,
                                 "UPDATE held_order SET standing = 5, changed = ? WHERE number = ? "
                                 "AND standing = 0");
        update.bind(1, now);
        update.bind(2, number);
        if (update.exec() == 1) return {};
        const auto text = std::to_string(number);
        return base::worded(base::fail(ErrorKind::not_found, "no order {} waits", text),
                            "admin.no_order", {{"number", text}});
    });
}

base::Result<void> Orders::forget(store::Seconds before) {
    return guarded(database_, "forgetting orders", [&](SQLite::Database& connection) {
        SQLite::Statement remove(connection,
                                 "DELETE FROM held_order WHERE standing > 1 AND changed < ?");
        remove.bind(1, before);
        remove.exec();
    });
}

}  // namespace shoji::hub
