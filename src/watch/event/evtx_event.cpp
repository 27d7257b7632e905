#include "watch/event/evtx_event.h"

#include <algorithm>

namespace shoji::event {
namespace {

// Levels of elements: Event, then System, EventData or UserData, then what they hold.
constexpr std::size_t part_level = 2;
constexpr std::size_t field_level = 3;

}  // namespace

void EvtxEvent::add(std::string_view name, Type type, std::string_view value) {
    const auto id = names_.field(name);
    const auto kept = id == other_field ? event_.keep(name) : names_.name(id);
    event_.add({id, type, kept, event_.keep(value)});
}

void EvtxEvent::start_element(std::string_view name) {
    if (!open_.empty()) open_.back().has_children = true;
    open_.push_back({std::string(name), {}, {}, Type::null, false, false});
    if (open_.size() != part_level) return;
    part_ = name == "System"                                   ? Part::system
            : name == "EventData" || name == "BinaryEventData" ? Part::event_data
            : name == "UserData"                               ? Part::user_data
                                                               : Part::other;
}

void EvtxEvent::attribute(std::string_view name, std::string_view value) {
    if (open_.size() < part_level || name == "xmlns") return;
    Element& element = open_.back();
    if (part_ == Part::system && open_.size() == field_level) {
        // TimeCreated's SystemTime and Provider's Name are known by these names.
        return add(element.name + '_' + std::string(name), Type::text, value);
    }
    if (name == "Name") element.data_name = value;
}

void EvtxEvent::content(Type type, std::string_view text) {
    if (open_.empty()) return;
    Element& element = open_.back();
    element.type = element.has_content ? Type::text : type;
    element.has_content = true;
    element.text += text;
}

std::string EvtxEvent::name_of(const Element& element) const {
    if (part_ == Part::event_data && !element.data_name.empty()) {
        std::string name = element.data_name;
        std::erase(name, ' ');  // Windows Defender's 'Source Name' is Sigma's SourceName
        return name;
    }
    // What is deeper than usual says so.
    constexpr std::size_t user_level = 4;
    std::string name;
    for (std::size_t i = part_ == Part::user_data ? user_level : field_level; i < open_.size();
         ++i) {
        name += open_[i - 1].name + '.';
    }
    return name + element.name;
}

void EvtxEvent::end_element() {
    if (open_.empty()) return;
    const Element& element = open_.back();
    const bool is_field =
        open_.size() >= field_level && part_ != Part::other && !element.has_children;
    const bool attributes_only = part_ == Part::system && !element.has_content;
    if (is_field && !attributes_only) {
        const bool missing =
            element.type == Type::null && element.text.empty() && element.has_content;
        add(name_of(element),
            missing               ? Type::null
            : element.has_content ? element.type
                                  : Type::text,
            element.text);
    }
    open_.pop_back();
}

}  // namespace shoji::event
