// The events of a host as its sensors delivered them: batches, unread. Who asks unpacks them.
#include "core/base/random.h"
#include "hub/admin.h"
#include "watch/detect/incident/names.h"

#include <boost/json/array.hpp>

namespace shoji::hub {
namespace {

namespace json = boost::json;

constexpr std::size_t most_answer = std::size_t{4} << 20U;  // bytes of bodies

}  // namespace

// A host that was enrolled anew has several sensors: the oldest first, one an answer.
Admin::Answer Admin::events(const Request& request) {
    const auto host = incident::host_key(request.name);
    json::array list;
    store::RowId last = request.after;
    bool known = false;
    bool more = false;
    for (const auto& one : collector_.sensors()) {
        if (incident::host_key(one.sensor.name) != host) continue;
        known = true;
        if (!list.empty()) {
            more = true;
            break;
        }
        const auto page = collector_.records().events(one.sensor.id, request.after,
                                                      request.query.since, most_answer);
        if (!page) return base::Failure(page.error());
        for (const auto& row : page->rows) {
            last = row.id;
            list.push_back(json::object{{"first", row.batch.first},
                                        {"count", row.batch.count},
                                        {"packed", row.batch.packed},
                                        {"size", row.batch.size},
                                        {"body", base::to_hex(row.batch.body)}});
        }
        more = page->more;
        if (more) break;
    }
    if (!known) {
        return base::worded(
            base::fail(base::ErrorKind::not_found, "there is no sensor of {}", request.name),
            "admin.no_sensor", {{"name", request.name}});
    }
    return json::object{{"batches", std::move(list)}, {"last", last}, {"more", more}};
}

}  // namespace shoji::hub
