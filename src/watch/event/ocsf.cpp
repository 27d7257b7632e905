#include "watch/event/ocsf.h"

#include "watch/event/json_text.h"
#include "watch/event/ocsf_values.h"

#include <algorithm>
#include <charconv>
#include <unordered_map>

#include <fmt/format.h>

namespace shoji::event {
namespace {

using ocsf::Sort;

std::string value_of(const Field& field) {
    if (field.type == Type::null) return "null";
    if (field.type == Type::boolean && (field.value == "true" || field.value == "false")) {
        return std::string(field.value);
    }
    if (field.type == Type::number && is_json_number(field.value)) return std::string(field.value);
    return as_json(field.value);
}

// What Windows and Sysmon write for nothing.
bool says_nothing(const Field& field) {
    return field.value.empty() || field.value == "-" || field.type == Type::null;
}

// The heads say these.
bool is_in_head(FieldId id) {
    return id == field::event_id || id == field::channel || id == field::provider ||
           id == field::computer || id == field::record_id;
}

// Whether the words of `list`, of which '|' joins those that one of is enough, are all there.
template <class Has>
bool has_all(std::string_view list, Has&& has) {
    while (!list.empty()) {
        auto choice = list.substr(0, list.find(' '));
        list.remove_prefix(std::min(choice.size() + 1, list.size()));
        bool any = false;
        while (!choice.empty()) {
            const auto word = choice.substr(0, choice.find('|'));
            choice.remove_prefix(std::min(word.size() + 1, choice.size()));
            any = any || has(word);
        }
        if (!any) return false;
    }
    return true;
}

// The name of the object that the path is in: "process" of "actor.process.pid".
std::string_view object_of(std::string_view path, std::string_view& whole) {
    const auto last = path.rfind('.');
    if (last == std::string_view::npos) return {};
    whole = path.substr(0, last);
    const auto before = whole.rfind('.');
    return before == std::string_view::npos ? whole : whole.substr(before + 1);
}

// Objects without what they need are no objects of their kind.
void drop_incomplete(std::vector<OcsfView::Entry>& entries) {
    const auto has = [&](std::string_view object, std::string_view member) {
        return std::ranges::any_of(entries, [&](const OcsfView::Entry& entry) {
            return entry.path.size() == object.size() + 1 + member.size() &&
                   entry.path.starts_with(object) && entry.path.ends_with(member) &&
                   entry.path[object.size()] == '.';
        });
    };
    std::vector<std::string> incomplete;  // "actor.process."
    for (const auto& entry : entries) {
        for (std::string_view path = entry.path; !path.empty();) {
            std::string_view whole;
            const auto name = object_of(path, whole);
            path = whole;
            for (const auto& object : ocsf::objects) {
                if (object.name != name) continue;
                std::string one_of(object.one_of);
                std::ranges::replace(one_of, ' ', '|');
                if (!has_all(one_of, [&](std::string_view member) { return has(whole, member); })) {
                    incomplete.push_back(std::string(whole) + ".");
                }
            }
        }
    }
    std::erase_if(entries, [&](const OcsfView::Entry& entry) {
        return std::ranges::any_of(
            incomplete, [&](const std::string& object) { return entry.path.starts_with(object); });
    });
}

std::uint32_t event_number(const Event& event) {
    const auto text = event.value(field::event_id);
    std::uint32_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

}  // namespace

JsonTree fields_as_json(const Event& event, const std::vector<bool>& without) {
    std::unordered_map<std::string_view, std::vector<std::size_t>> by_name;
    std::vector<std::string_view> order;
    const auto fields = event.fields();
    for (std::size_t i = 0; i < fields.size(); ++i) {
        if (i < without.size() && without[i]) continue;
        auto& places = by_name[fields[i].name];
        if (places.empty()) order.push_back(fields[i].name);
        places.push_back(i);
    }
    JsonTree tree;
    for (const auto name : order) {
        const auto& places = by_name[name];
        std::string json;
        for (const auto place : places) {
            json += (json.empty() ? "" : ",") + value_of(fields[place]);
        }
        tree.put_member(name, places.size() == 1 ? json : "[" + json + "]");
    }
    return tree;
}

OcsfView::OcsfView(Names& names)
    : names_(names),
      windows_(names.add_source("windows")),
      linux_(names.add_source("linux")),
      macos_(names.add_source("macos")) {
    for (const auto& sort : ocsf::sorts) {
        Known known{&sort, other_field};
        if (!sort.where.empty()) known.where = names.add_field(sort.where);
        sorts_.emplace_back(names.add_source(sort.service), known);
    }
    for (const auto& attribute : ocsf::attributes()) {
        attributes_[attribute.shape].emplace_back(names.add_field(attribute.field), &attribute);
    }
}

const Sort* OcsfView::sort_of(const Event& event) const {
    const auto number = event_number(event);
    for (const auto& [source, known] : sorts_) {
        const bool fits = known.sort->event != 0
                              ? source == event.source.service && number == known.sort->event
                              : std::ranges::find(event.source.categories, source) !=
                                    event.source.categories.end();
        if (!fits) continue;
        if (known.sort->where.empty() || event.value(known.where) == known.sort->is) {
            return known.sort;
        }
    }
    return nullptr;
}

std::vector<OcsfView::Entry> OcsfView::entries(const Event& event, const Sort& sort) const {
    std::vector<Entry> entries;
    const auto known = attributes_.find(sort.shape);
    if (known == attributes_.end()) return entries;
    for (const auto& [id, attribute] : known->second) {
        const auto* field = event.find(id);
        if (field == nullptr || says_nothing(*field)) continue;
        const auto index = static_cast<std::size_t>(field - event.fields().data());
        for (auto& [path, json] : ocsf::parts_of(*attribute, field->value)) {
            if (std::ranges::find(entries, path, &Entry::path) != entries.end()) continue;
            entries.push_back({std::move(path), std::move(json), index});
        }
    }
    drop_incomplete(entries);
    return entries;
}

OcsfView::Mapped OcsfView::mapped(const Event& event) const {
    Mapped mapped;
    const auto fields = event.fields();
    std::vector<bool> used(fields.size());
    for (std::size_t i = 0; i < fields.size(); ++i) used[i] = is_in_head(fields[i].id);
    if (const auto* sort = sort_of(event)) {
        JsonTree attributes;
        auto taken = used;
        auto activity = sort->activity;
        for (auto& entry : entries(event, *sort)) {
            if (entry.path == "http_request.http_method") {
                activity = ocsf::activity_of_method(fields[entry.field].value);
            }
            attributes.put(entry.path, std::move(entry.json));
            taken[entry.field] = true;
        }
        for (const auto& constant : ocsf::constants) {
            if (constant.shape != sort->shape) continue;
            if (constant.event != 0 && constant.event != sort->event) continue;
            const auto object = constant.path.substr(0, constant.path.rfind('.'));
            const bool is_part = object.size() < constant.path.size();
            if (is_part && !constant.alone && !attributes.has(object)) continue;
            attributes.put(constant.path, std::string(constant.json));
        }
        const auto& of = ocsf::classes[static_cast<std::size_t>(sort->of)];
        if (has_all(of.required, [&](std::string_view name) { return attributes.has(name); })) {
            mapped.of = &of;
            mapped.activity = activity;
            mapped.attributes = std::move(attributes);
            used = std::move(taken);
        }
    }
    // A second name for what is said already (windows_sources.h).
    for (std::size_t i = 0; i < fields.size(); ++i) {
        for (std::size_t j = 0; j < i && !used[i]; ++j) {
            used[i] = used[j] && !fields[i].value.empty() &&
                      fields[i].value.data() == fields[j].value.data() &&
                      fields[i].value.size() == fields[j].value.size();
        }
    }
    mapped.unmapped = fields_as_json(event, used);
    return mapped;
}

void OcsfView::put_device(const Event& event, JsonTree& tree) const {
    const auto computer = event.value(field::computer);
    if (!computer.empty()) tree.put("device.hostname", as_json(computer));
    tree.put("device.type_id", "0");
    struct System {
        SourceId product;
        std::string_view name;
        std::string_view type;
    };
    for (const auto& [product, name, type] :
         {System{windows_, "Windows", "100"}, System{linux_, "Linux", "200"},
          System{macos_, "macOS", "300"}}) {
        if (event.source.product != product) continue;
        tree.put("device.os.name", as_json(name));
        tree.put("device.os.type_id", std::string(type));
    }
}

JsonTree OcsfView::head(const Event& event, const Mapped& mapped) const {
    constexpr Time millisecond = 1'000'000;
    const auto& of = *mapped.of;
    JsonTree tree;
    tree.put("class_uid", std::to_string(of.uid));
    tree.put("class_name", as_json(of.name));
    tree.put("category_uid", std::to_string(of.category));
    tree.put("activity_id", std::to_string(mapped.activity));
    tree.put("type_uid", std::to_string(std::uint64_t{of.uid} * 100 + mapped.activity));
    tree.put("severity_id", "1");
    tree.put("time", std::to_string(event.time / millisecond));
    tree.put("metadata.version", as_json(version));
    const auto provider = event.value(field::provider);
    const auto product = event.source.product == no_source ? "" : names_.name(event.source.product);
    tree.put("metadata.product.name", as_json(!provider.empty()  ? provider
                                              : !product.empty() ? product
                                                                 : "unknown"));
    if (event.source.product == windows_) tree.put("metadata.product.vendor_name", "\"Microsoft\"");
    if (!provider.empty()) tree.put("metadata.log_provider", as_json(provider));
    const auto channel = event.value(field::channel);
    if (!channel.empty()) tree.put("metadata.log_name", as_json(channel));
    const auto number = event.value(field::event_id);
    if (!number.empty()) tree.put("metadata.event_code", as_json(number));
    if (event.record != 0) tree.put("metadata.sequence", std::to_string(event.record));
    if (of.uid != 0) tree.put("metadata.profiles", R"(["host"])");
    if (of.windows) {
        tree.put("metadata.extensions",
                 fmt::format(R"([{{"name":"win","uid":"2","version":"{}"}}])", version));
    }
    if (of.uid != 0) put_device(event, tree);
    return tree;
}

std::string OcsfView::event(const Event& event) const {
    auto mapped = this->mapped(event);
    auto tree = head(event, mapped);
    tree.merge(std::move(mapped.attributes));
    tree.put("unmapped", std::move(mapped.unmapped));
    std::string json;
    tree.write(json);
    return json;
}

std::string OcsfView::evidence(const Event& event) const {
    auto mapped = this->mapped(event);
    auto tree = std::move(mapped.attributes);
    // Of the members of 'evidences', its extension 'win' among it.
    auto others =
        tree.take_others({"actor", "process", "file", "src_endpoint", "dst_endpoint",
                          "connection_info", "query", "script", "job", "http_request",
                          "http_response", "user", "reg_key", "reg_value", "win_service"});
    put_device(event, tree);
    others.merge(std::move(mapped.unmapped));
    tree.put("data", std::move(others));
    std::string json;
    tree.write(json);
    return json;
}

}  // namespace shoji::event
