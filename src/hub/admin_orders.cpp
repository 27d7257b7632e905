// What administrators ask about orders.
#include "core/base/random.h"
#include "hub/admin.h"

#include <boost/json/array.hpp>
#include <spdlog/spdlog.h>

namespace shoji::hub {
namespace {

namespace json = boost::json;

constexpr std::size_t most_listed = 200;
constexpr std::size_t most_list_answer = std::size_t{4} << 20U;  // bytes of orders and answers

}  // namespace

// What stops an attack waits for no journal: the order itself is kept, and its host records it.
void Admin::note(const std::string& who, const std::string& what) {
    const auto recorded =
        record({journal::Action::configuration, journal::Outcome::allowed, who, "", what, ""});
    if (!recorded) {
        spdlog::error("the journal does not know of '{}' by {}: {}", what, who,
                      recorded.error().message);
    }
}

Admin::Answer Admin::add_order(const Request& request, const std::string& who, const Moment& now) {
    const auto number =
        collector_.add_order(request.name, request.order_id, request.order, who, now);
    if (!number) return base::Failure(number.error());
    note(who, fmt::format("order {} for {} handed in", *number, request.name));
    return json::object{{"number", *number}};
}

Admin::Answer Admin::withdraw_order(std::uint64_t number, const std::string& who,
                                    const Moment& now) {
    if (auto done = collector_.orders().withdraw(static_cast<store::RowId>(number), now.seconds());
        !done) {
        return base::Failure(done.error());
    }
    note(who, fmt::format("order {} withdrawn", number));
    return json::object{};
}

// The newest, as far as the answer's size allows; the oldest of them first.
Admin::Answer Admin::list_orders() {
    const auto orders = collector_.orders().list(most_listed);
    if (!orders) return base::Failure(orders.error());
    std::vector<json::object> found;
    std::size_t bytes = 0;
    for (auto one = orders->rbegin(); one != orders->rend(); ++one) {
        bytes += 2 * one->body.size() + one->answer.size();
        if (bytes > most_list_answer) break;
        const auto standing = name_of(one->standing);
        found.push_back({{"number", one->number},
                         {"host", one->host},
                         {"received", one->received},
                         {"who", one->who},
                         {"standing", json::string_view(standing.data(), standing.size())},
                         {"changed", one->changed},
                         {"order", base::to_hex(one->body)},
                         {"answer", one->answer}});
    }
    json::array list;
    for (auto one = found.rbegin(); one != found.rend(); ++one) list.push_back(std::move(*one));
    return list;
}

}  // namespace shoji::hub
