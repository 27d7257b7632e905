#include "core/policy/json.h"

#include "core/base/printable.h"
#include "core/policy/check.h"
#include "core/policy/json_text.h"

#include <algorithm>
#include <limits>

#include <boost/json.hpp>

namespace shoji::policy {
namespace {

using base::Error;
using base::ErrorKind;
using base::Failure;
using base::Result;
namespace json = boost::json;

json::value write(const Name& name) {
    return {{"ja", name.ja}, {"en", name.en}};
}

template <class T>
json::value write_named(const T& item) {
    return {{"id", item.id}, {"name", write(item.name)}};
}

json::value write(const Zone& zone) {
    return write_named(zone);
}

json::value write(const Role& role) {
    return write_named(role);
}

json::value write(const Origin& origin) {
    return {{"scheme", to_text(origin.scheme)},
            {"host", origin.host},
            {"port", origin.port},
            {"internal", origin.internal}};
}

json::value write(const Route& route) {
    return {{"id", route.id},
            {"from_zone", route.from_zone},
            {"role", route.role},
            {"destination", route.destination}};
}

template <class T>
json::array write_list(const std::vector<T>& items);

json::value write(const Destination& destination) {
    return {{"id", destination.id},
            {"name", write(destination.name)},
            {"zone", destination.zone},
            {"origins", write_list(destination.origins)},
            {"reason", destination.reason},
            {"approver", destination.approver},
            {"approved", to_text(destination.approved)},
            {"expires", to_text(destination.expires)}};
}

template <class T>
json::array write_list(const std::vector<T>& items) {
    json::array list;
    list.reserve(items.size());
    for (const auto& item : items) list.push_back(write(item));
    return list;
}

// Takes the members of one object; the first error stays, and what is read after it is empty.
class ObjectReader {
  public:
    ObjectReader(const json::value& value, std::string where, std::optional<Error>& error)
        : object_(value.if_object()), where_(std::move(where)), error_(error) {
        if (object_ == nullptr) refuse("", "must be an object");
    }

    // Call when all members are taken: what is left over is unknown.
    void finish() {
        if (object_ == nullptr) return;
        for (const auto& [key, value] : *object_) {
            if (std::ranges::find(known_, std::string_view(key)) == known_.end()) {
                refuse(base::printable(key, 40), "is not known");
            }
        }
    }

    void take(std::string_view key, std::string& into) {
        const json::value* value = find(key);
        if (value == nullptr) return refuse(key, "is missing");
        if (!value->is_string()) return refuse(key, "must be a string");
        into = value->get_string();
    }

    void take(std::string_view key, Day& into) {
        std::string text;
        take(key, text);
        if (error_) return;
        const auto day = day_from(text);
        if (!day) return refuse(key, "must be a date such as 2026-03-31");
        into = *day;
    }

    void take(std::string_view key, Name& into) {
        const json::value* value = find(key);
        if (value == nullptr) return refuse(key, "is missing");
        ObjectReader name(*value, place(key), error_);
        name.take("ja", into.ja);
        name.take("en", into.en);
        name.finish();
    }

    void take(std::string_view key, Scheme& into) {
        std::string text;
        take(key, text);
        if (error_) return;
        if (text != "http" && text != "https") return refuse(key, "must be http or https");
        into = text == "http" ? Scheme::http : Scheme::https;
    }

    void take_optional(std::string_view key, bool& into) {
        const json::value* value = find(key);
        if (value == nullptr) return;
        if (!value->is_bool()) return refuse(key, "must be true or false");
        into = value->get_bool();
    }

    void take_optional(std::string_view key, std::uint16_t& into) {
        const json::value* value = find(key);
        if (value == nullptr) return;
        json::error_code problem;
        const auto number = value->to_number<std::uint16_t>(problem);
        if (problem || value->is_double()) return refuse(key, "must be from 0 to 65535");
        into = number;
    }

    template <class T, class Read>
    void take_list(std::string_view key, std::vector<T>& into, Read read) {
        const json::value* value = find(key);
        if (value == nullptr) return;
        const json::array* list = value->if_array();
        if (list == nullptr) return refuse(key, "must be a list");
        for (std::size_t i = 0; i < list->size() && !error_; ++i) {
            ObjectReader item((*list)[i], fmt::format("{}[{}]", place(key), i), error_);
            into.push_back(read(item));
            item.finish();
        }
    }

  private:
    const json::value* find(std::string_view key) {
        known_.push_back(key);
        return object_ == nullptr || error_ ? nullptr : object_->if_contains(key);
    }

    [[nodiscard]] std::string place(std::string_view key) const {
        return where_.empty() || key.empty() ? where_ + std::string(key)
                                             : fmt::format("{}.{}", where_, key);
    }

    void refuse(std::string_view key, std::string_view why) {
        if (error_) return;
        const std::string name = place(key);
        error_ = Error{ErrorKind::invalid,
                       fmt::format("configuration: {} {}", name.empty() ? "the whole" : name, why)};
    }

    const json::object* object_;
    std::string where_;
    std::optional<Error>& error_;
    std::vector<std::string_view> known_;
};

template <class T>
T read_named(ObjectReader& reader) {
    T item;
    reader.take("id", item.id);
    reader.take("name", item.name);
    return item;
}

Origin read_origin(ObjectReader& reader) {
    Origin origin;
    reader.take("scheme", origin.scheme);
    reader.take("host", origin.host);
    origin.port = default_port(origin.scheme);
    reader.take_optional("port", origin.port);
    reader.take_optional("internal", origin.internal);
    return origin;
}

Destination read_destination(ObjectReader& reader) {
    Destination destination;
    reader.take("id", destination.id);
    reader.take("name", destination.name);
    reader.take("zone", destination.zone);
    reader.take_list("origins", destination.origins, read_origin);
    reader.take("reason", destination.reason);
    reader.take("approver", destination.approver);
    reader.take("approved", destination.approved);
    reader.take("expires", destination.expires);
    return destination;
}

Route read_route(ObjectReader& reader) {
    Route route;
    reader.take("id", route.id);
    reader.take("from_zone", route.from_zone);
    reader.take("role", route.role);
    reader.take("destination", route.destination);
    return route;
}

}  // namespace

json::value to_json(const Configuration& configuration) {
    return {{"zones", write_list(configuration.zones)},
            {"roles", write_list(configuration.roles)},
            {"destinations", write_list(configuration.destinations)},
            {"routes", write_list(configuration.routes)}};
}

Result<Configuration> configuration_from(const json::value& value) {
    std::optional<Error> error;
    Configuration configuration;
    ObjectReader reader(value, "", error);
    reader.take_list("zones", configuration.zones, read_named<Zone>);
    reader.take_list("roles", configuration.roles, read_named<Role>);
    reader.take_list("destinations", configuration.destinations, read_destination);
    reader.take_list("routes", configuration.routes, read_route);
    reader.finish();
    if (error) return Failure(*error);
    return configuration;
}

Result<Configuration> configuration_from_text(std::string_view text) {
    if (text.size() > maximum_json) {
        return base::fail(ErrorKind::full, "configuration: {} bytes, the limit is {}", text.size(),
                          maximum_json);
    }
    constexpr std::size_t deepest = 32;
    auto value = parse_json(text, {maximum_json, deepest});
    if (!value) return base::Failure(std::move(value.error()).context("configuration"));
    return configuration_from(*value);
}

}  // namespace shoji::policy
