// Which of Sigma's log sources an event of Windows belongs to: its service by its channel, its
// category by channel and event number. Source: Sigma's "Log Sources" appendix (taxonomy 2.1).
#pragma once

#include "watch/event/event.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace shoji::event {

class WindowsSources {
  public:
    // What a channel was found to be the last time, since most events are of the channel of the
    // one before: each reader has its own.
    class Last;

    explicit WindowsSources(Names& names);

    // Sets the event's source from its fields Channel and EventID, and adds the fields that Sigma's
    // category calls otherwise than this log does. True when it is of Windows, or of Sysmon for
    // Linux, which its provider tells as well.
    bool describe(Event& event, Last& last) const;
    // The same of one event alone.
    bool describe(Event& event) const;

  private:
    struct Category {
        std::array<SourceId, LogSource::most_categories> of{no_source, no_source, no_source};
        std::vector<std::pair<FieldId, std::size_t>> other_names;  // to index in names_
    };
    struct Service {
        SourceId id;
        SourceId product;
        std::unordered_map<std::uint32_t, Category> categories;
    };
    // Channels are named without regard to case.
    struct CaselessHash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const;
    };
    struct CaselessEqual {
        using is_transparent = void;
        bool operator()(std::string_view one, std::string_view other) const;
    };
    [[nodiscard]] const Service* service_of(std::string_view channel, Last& last) const;
    void add_categories(Names& names);
    void add_other_names(Names& names);

    SourceId windows_;
    SourceId linux_;
    SourceId registry_add_;
    SourceId registry_delete_;
    SourceId registry_event_;
    std::unordered_map<std::string, Service, CaselessHash, CaselessEqual> by_channel_;
    std::vector<std::pair<FieldId, std::string>> names_;  // the second names
};

class WindowsSources::Last {
    friend class WindowsSources;
    std::string channel_;
    const Service* service_ = nullptr;  // null: none has this channel
};

}  // namespace shoji::event
