// One event from the XML of a record of Windows' event log.
#pragma once

#include "watch/event/evtx_xml.h"

#include <string>
#include <vector>

namespace shoji::event {

// Fills an event: the elements and attributes of System as Channel, Provider_Name …; the data of
// EventData by their names; the elements of UserData by theirs.
class EvtxEvent final : public XmlVisitor {
  public:
    EvtxEvent(const Names& names, Event& event) : names_(names), event_(event) {}

    void start_element(std::string_view name) override;
    void attribute(std::string_view name, std::string_view value) override;
    void content(Type type, std::string_view text) override;
    void end_element() override;

  private:
    enum class Part : std::uint8_t { other, system, event_data, user_data };
    struct Element {
        std::string name;
        std::string data_name;  // its attribute Name
        std::string text;
        Type type = Type::null;
        bool has_content = false;
        bool has_children = false;
    };

    void add(std::string_view name, Type type, std::string_view value);
    [[nodiscard]] std::string name_of(const Element& element) const;

    const Names& names_;
    Event& event_;
    Part part_ = Part::other;
    std::vector<Element> open_;
};

}  // namespace shoji::event
