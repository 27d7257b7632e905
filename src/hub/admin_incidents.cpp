// What administrators do about incidents. Each takes something out of people's sight: it is done
// only with a record that says who answers for it and why.
#include "core/base/random.h"
#include "hub/admin.h"

#include <boost/json/array.hpp>

namespace shoji::hub {
namespace {

namespace json = boost::json;

journal::Record record_of(const std::string& who, const std::string& what, const Request& request) {
    return {journal::Action::configuration,    journal::Outcome::allowed, who, "", what,
            request.by + ": " + request.reason};
}

std::string hex_of(std::string_view text) {
    return base::to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
}

}  // namespace

Admin::Answer Admin::close_incident(const Request& request, const std::string& who) {
    const auto* incident = collector_.gatherer().find(request.number);
    const bool is_open = incident != nullptr && incident->id == request.number &&
                         incident->state == incident::State::open;
    if (is_open) {
        const auto what = fmt::format("incident {} closed", request.number);
        if (auto recorded = record(record_of(who, what, request)); !recorded) {
            return base::Failure(recorded.error());
        }
    }
    if (auto closed = collector_.close_incident(request.number); !closed) {
        return base::Failure(closed.error());
    }
    return json::object{};
}

Admin::Answer Admin::list_suppressions() {
    const auto stored = collector_.records().suppressions();
    if (!stored) return base::Failure(stored.error());
    json::array counts;
    for (const auto& one : collector_.gatherer().suppressed()) {
        counts.push_back(json::object{{"suppression", hex_of(one.suppression)},
                                      {"rule", one.rule},
                                      {"held", one.held},
                                      {"late", one.late},
                                      {"last", one.last}});
    }
    return json::object{{"changed", stored->changed},
                        {"who", stored->who},
                        {"text", hex_of(stored->text)},
                        {"counts", std::move(counts)}};
}

Admin::Answer Admin::set_suppressions(const Request& request, const std::string& who,
                                      const Moment& now) {
    // Before the record: what cannot be used is no change.
    const auto parsed = incident::Suppressions::parse(request.text);
    if (parsed && parsed->problems().empty()) {
        const auto what = fmt::format("{} suppressions set", parsed->all().size());
        if (auto recorded = record(record_of(who, what, request)); !recorded) {
            return base::Failure(recorded.error());
        }
    }
    if (auto set = collector_.set_suppressions(request.text, request.by, now); !set) {
        return base::Failure(set.error());
    }
    return json::object{};
}

}  // namespace shoji::hub
