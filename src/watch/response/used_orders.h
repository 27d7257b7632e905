// Which orders were used, and what became of them: a file for each in a folder of root's, on disk
// before the order is carried out. A crash in between leaves it undone, never done twice.
//
// They are forgotten by the times that are signed, not by the clock, which may go back: a week
// behind the newest order that was used ("newest": when that was issued) none is taken any more.
#pragma once

#include "watch/response/order.h"

#include <filesystem>
#include <optional>
#include <string>

namespace shoji::response {

struct OrderEnd {
    enum class Kind : std::uint8_t { done = 1, failed, refused };
    Kind kind = Kind::refused;
    std::string answer;  // JSON as control_server.h's answer() gives it

    bool operator==(const OrderEnd&) const = default;
};

class UsedOrders {
  public:
    explicit UsedOrders(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // What cannot be told counts as used.
    [[nodiscard]] bool contains(const OrderId& id) const;
    // Of the very order that was used by that id; none where it was another one, or none. One whose
    // end was not written, as after a crash, has failed.
    [[nodiscard]] std::optional<OrderEnd> end_of(const Order& order) const;

    // `denied` where it was issued more than a week before the newest that was used.
    [[nodiscard]] base::Result<void> check_age(const Order& order) const;
    // Also forgets those that check_age() refuses.
    base::Result<void> use_up(const Order& order);
    // Precondition: it was used.
    base::Result<void> settle(const Order& order, const OrderEnd& end);

  private:
    [[nodiscard]] std::filesystem::path path_of(const OrderId& id) const;
    [[nodiscard]] base::Result<std::int64_t> newest() const;
    void forget_old(std::int64_t latest) const;

    std::filesystem::path folder_;
};

}  // namespace shoji::response
