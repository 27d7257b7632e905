#include "watch/event/json_log.h"

#include "watch/event/shoji_journal.h"

namespace shoji::event {

bool JsonLog::next(Event& event) {
    while (const auto document = documents_.next()) {
        ++number_;
        const auto read = reader_.read(*document, event);
        if (read) {
            if (event.record == 0) event.record = number_;
            if (event.source.product == no_source) describe_shoji_journal(names_, event);
            return true;
        }
        damages_.add(documents_.offset(), document->size(), read.error().message);
    }
    return false;
}

}  // namespace shoji::event
