#include "watch/event/json_log.h"

#include "watch/event/shoji_journal.h"
#include "watch/event/utf8_repair.h"

namespace shoji::event {

bool JsonLog::next(Event& event) {
    while (const auto document = documents_.next()) {
        ++number_;
        if (!read(*document, event)) continue;
        if (event.record == 0) event.record = number_;
        if (event.source.product == no_source && !describe_shoji_journal(names_, event)) {
            products_.describe(event);
        }
        return true;
    }
    if (documents_.is_cut() && !end_told_) {
        damages_.add(documents_.offset(), 0, "the list of events does not end");
        end_told_ = true;
    }
    return false;
}

bool JsonLog::read(std::string_view document, Event& event) {
    const auto read = reader_.read(document, event);
    if (read) return true;
    if (read_repaired(document, event)) return true;
    damages_.add(documents_.offset(), document.size(), read.error());
    return false;
}

// One broken byte does not cost the event.
bool JsonLog::read_repaired(std::string_view document, Event& event) {
    if (document.size() > JsonReader::most_bytes) return false;
    repaired_.clear();
    const auto replaced = repair_utf8(document, repaired_);
    const auto surrogates = repair_surrogates(repaired_);
    if (replaced + surrogates == 0) return false;
    const auto size = repaired_.size();
    repaired_.append(json_padding, '\0');
    if (!reader_.read({repaired_.data(), size}, event)) return false;
    if (replaced > 0) {
        damages_.add(documents_.offset(), 0, "{} bytes that are no UTF-8 were read as U+FFFD",
                     replaced);
    }
    if (surrogates > 0) {
        damages_.add(documents_.offset(), 0, "{} halves of surrogate pairs were read as U+FFFD",
                     surrogates);
    }
    return true;
}

}  // namespace shoji::event
