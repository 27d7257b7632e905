#include "cli/ocsf_finding.h"

#include "watch/event/json_text.h"
#include "watch/event/json_tree.h"

#include <algorithm>

#include <fmt/format.h>

namespace shoji::cli {
namespace {

// "attack.t1059.001" with its technique, "attack.execution" as a tactic; other tags are none.
std::string attack_of(std::string_view tag) {
    constexpr std::string_view prefix = "attack.";
    if (!tag.starts_with(prefix) || tag.size() == prefix.size()) return {};
    std::string name(tag.substr(prefix.size()));
    const bool numbered = name.size() > 1 && name[1] >= '0' && name[1] <= '9';
    if (!numbered) return fmt::format(R"({{"tactic":{{"name":{}}}}})", event::as_json(name));
    if (name.front() != 't') return {};  // a group or software
    name.front() = 'T';
    const auto dot = name.find('.');
    const auto technique = fmt::format(R"("technique":{{"uid":{}}})",
                                       event::as_json(std::string_view(name).substr(0, dot)));
    if (dot == std::string::npos) return "{" + technique + "}";
    return fmt::format(R"({{{},"sub_technique":{{"uid":{}}}}})", technique, event::as_json(name));
}

void put_text(event::JsonTree& tree, std::string_view path, std::string_view text) {
    if (!text.empty()) tree.put(path, event::as_json(text));
}

}  // namespace

std::string ocsf_attacks(const std::vector<std::string>& tags) {
    std::string list;
    for (const auto& tag : tags) {
        const auto attack = attack_of(tag);
        if (!attack.empty()) list += (list.empty() ? "" : ",") + attack;
    }
    return list.empty() ? list : "[" + list + "]";
}

std::string FindingWriter::evidence(const hunt::Hit& hit) {
    if (hit.fields.empty()) return {};
    event_.clear();
    event_.time = hit.time;
    event_.record = hit.record;
    for (const auto& field : hit.fields) {
        event_.add({names_.field(field.name), field.type, field.name, field.value});
    }
    event_.source = {};
    if (!windows_.describe(event_)) {
        event_.source.product = names_.source(hit.product);
        const auto count = std::min(hit.categories.size(), event_.source.categories.size());
        for (std::size_t i = 0; i < count; ++i) {
            event_.source.categories.at(i) = names_.source(hit.categories[i]);
        }
    }
    return view_.evidence(event_);
}

std::string FindingWriter::line(const hunt::Hit& hit, const Finds& finds) {
    constexpr event::Time millisecond = 1'000'000;
    const auto& rule = finds.heading(hit);
    const auto& file = finds.files[hit.file].native();
    const auto time = std::to_string(hit.time / millisecond);
    event::JsonTree tree;
    tree.put("class_uid", "2004");
    tree.put("class_name", "\"Detection Finding\"");
    tree.put("category_uid", "2");
    tree.put("activity_id", "1");
    tree.put("type_uid", "200401");
    tree.put("severity_id", std::to_string(static_cast<int>(rule.level) + 1));
    const auto* suppression = finds.suppression(hit);
    tree.put("status_id", suppression == nullptr ? "1" : "3");  // new, or suppressed
    if (suppression != nullptr) {
        tree.put("comment", event::as_json(suppression->owner + ": " + suppression->reason));
    }
    tree.put("is_alert", "true");
    tree.put("time", time);
    tree.put("message", event::as_json(rule.title));
    tree.put("metadata.version", event::as_json(event::OcsfView::version));
    tree.put("metadata.product.name", "\"Shoji\"");
    put_text(tree, "metadata.log_name", hit.channel);
    put_text(tree, "metadata.event_code", hit.event_id);
    tree.put("finding_info.uid",
             event::as_json(fmt::format("{}/{}/{}", rule.id.empty() ? rule.title : rule.id, file,
                                        hit.record)));
    tree.put("finding_info.title", event::as_json(rule.title));
    put_text(tree, "finding_info.desc", rule.description);
    if (hit.time != 0) tree.put("finding_info.first_seen_time", time);
    tree.put("finding_info.analytic.type_id", "1");
    tree.put("finding_info.analytic.type", "\"Rule\"");
    tree.put("finding_info.analytic.name", event::as_json(rule.title));
    put_text(tree, "finding_info.analytic.uid", rule.id);
    if (auto attacks = ocsf_attacks(rule.tags); !attacks.empty()) {
        tree.put("finding_info.attacks", std::move(attacks));
    }
    put_text(tree, "device.hostname", hit.computer);
    tree.put("device.type_id", "0");
    if (const auto seen = evidence(hit); !seen.empty()) tree.put("evidences", "[" + seen + "]");
    tree.put("unmapped.file", event::as_json(file));
    tree.put("unmapped.record", std::to_string(hit.record));
    tree.put("unmapped.details", event::as_json(hit.details));
    std::string json;
    tree.write(json);
    return json;
}

}  // namespace shoji::cli
