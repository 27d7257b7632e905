#include "watch/event/json_reader.h"

#include "watch/event/time.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>

#include <simdjson.h>

namespace shoji::event {
namespace {

namespace od = simdjson::ondemand;
using base::ErrorKind;

static_assert(json_padding >= simdjson::SIMDJSON_PADDING);

// Where in a document the walk is.
enum class Scope : std::uint8_t {
    top,
    event,           // inside "Event"
    system,          // inside "System"
    system_element,  // inside one of its elements
    data,            // names stand as they are
    user_data,       // inside "UserData": one element whose contents are data
    winlog,
    other,  // names are joined by dots
};

struct Inner {
    Scope scope;
    std::string_view key;
    Scope inside;
};
constexpr Inner envelopes[] = {
    {Scope::top, "Event", Scope::event},          {Scope::top, "winlog", Scope::winlog},
    {Scope::top, "event_data", Scope::data},      {Scope::top, "EventData", Scope::data},
    {Scope::event, "System", Scope::system},      {Scope::event, "EventData", Scope::data},
    {Scope::event, "UserData", Scope::user_data}, {Scope::winlog, "event_data", Scope::data},
    {Scope::winlog, "user_data", Scope::data},    {Scope::top, "System", Scope::system},
    {Scope::top, "UserData", Scope::user_data},
};

struct Renamed {
    Scope scope;
    std::string_view key;
    std::string_view name;
};
constexpr Renamed renames[] = {
    {Scope::winlog, "event_id", "EventID"},
    {Scope::winlog, "channel", "Channel"},
    {Scope::winlog, "provider_name", "Provider_Name"},
    {Scope::winlog, "computer_name", "Computer"},
    {Scope::winlog, "record_id", "EventRecordID"},
    {Scope::top, "event_id", "EventID"},
    {Scope::top, "log_name", "Channel"},
    {Scope::top, "computer_name", "Computer"},
    {Scope::top, "record_number", "EventRecordID"},
    {Scope::top, "source_name", "Provider_Name"},
    {Scope::top, "Hostname", "Computer"},
    {Scope::top, "SourceName", "Provider_Name"},
    {Scope::top, "RecordNumber", "EventRecordID"},
};

std::string_view trimmed(std::string_view token) {
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ')
        token.remove_suffix(1);
    return token;
}

}  // namespace

class JsonReader::State {
  public:
    State(const Names& names, const WindowsSources& windows) : names_(names), windows_(windows) {}

    base::Result<void> read(std::string_view text, Event& event) {
        event.clear();
        event_ = &event;
        prefix_.clear();
        time_ = other_field;
        try {
            od::document document =
                parser_.iterate(text.data(), text.size(), text.size() + json_padding);
            walk(document.get_object(), Scope::top, 0);
            const char* rest = nullptr;
            if (document.current_location().get(rest) == simdjson::SUCCESS) {
                return base::fail(ErrorKind::invalid, "something stands after the JSON object");
            }
        } catch (const simdjson::simdjson_error& error) {
            event.clear();
            return base::fail(ErrorKind::invalid, "not a JSON object: {}", error.what());
        }
        finish();
        return {};
    }

  private:
    static Scope inside(Scope scope, std::string_view key) {
        if (scope == Scope::data) return Scope::other;
        if (scope == Scope::user_data) return Scope::data;
        if (scope == Scope::system) return Scope::system_element;
        if (scope == Scope::system_element && key == "#attributes") return Scope::system_element;
        for (const auto& one : envelopes) {
            if (one.scope == scope && one.key == key) return one.inside;
        }
        return Scope::other;
    }

    // The key as it stands in the text, which is nearly always how it is meant.
    static std::string_view key_of(simdjson::simdjson_result<od::field>& member) {
        const char* raw = od::raw_json_string(member.key()).raw();
        const char* end = raw;
        while (*end != '"' && *end != '\\') ++end;
        if (*end == '"') return {raw, static_cast<std::size_t>(end - raw)};
        return member.unescaped_key();
    }

    void walk(od::object object, Scope scope, std::size_t depth) {
        if (depth > most_depth) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
        for (auto member : object) {
            take(member.value(), key_of(member), scope, depth);
        }
    }

    void take(od::value value, std::string_view key, Scope scope, std::size_t depth) {
        switch (value.type()) {
            case od::json_type::object:
                return take_object(value.get_object(), key, scope, depth);
            case od::json_type::array: {
                if (depth > most_depth) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
                for (auto item : value.get_array()) take(item.value(), key, scope, depth + 1);
                return;
            }
            case od::json_type::string:
                return add(key, scope, Type::text, value.get_string());
            case od::json_type::number:
                return add(key, scope, Type::number, trimmed(value.raw_json_token()));
            case od::json_type::boolean:
                return add(key, scope, Type::boolean, value.get_bool() ? "true" : "false");
            case od::json_type::null:
                if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
                return add(key, scope, Type::null, {});
        }
    }

    void take_object(od::object object, std::string_view key, Scope scope, std::size_t depth) {
        const Scope inner = inside(scope, key);
        const std::size_t length = prefix_.size();
        if (inner == Scope::system_element) {
            if (scope == Scope::system) prefix_ = key;
        } else if (inner == Scope::other) {
            if (!prefix_.empty()) prefix_ += '.';
            prefix_ += key;
        }
        if (prefix_.size() > most_name) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
        walk(object, inner, depth + 1);
        prefix_.resize(std::min(prefix_.size(), length));
        if (scope == Scope::system) prefix_.clear();
    }

    // The field's name as the event gives it.
    std::string_view name_of(std::string_view key, Scope scope) {
        switch (scope) {
            case Scope::data:
                return key == "#text" ? "Data" : without_blanks(key);
            case Scope::system:
            case Scope::event:
                return key;
            case Scope::system_element:
                return key == "#text" ? event_->keep(prefix_) : joined('_', key);
            case Scope::other:
                if (key == "#text") return event_->keep(prefix_);
                return joined('.', key);
            default:
                break;
        }
        for (const auto& one : renames) {
            if (one.scope == scope && one.key == key) return one.name;
        }
        return key;
    }

    // Windows Defender calls a field 'Source Name' that Sigma calls SourceName.
    std::string_view without_blanks(std::string_view key) {
        if (key.find(' ') == std::string_view::npos) return key;
        std::string name(key);
        std::erase(name, ' ');
        return event_->keep(name);
    }

    std::string_view joined(char by, std::string_view key) {
        const std::size_t length = prefix_.size();
        prefix_ += by;
        prefix_ += key;
        const auto name = event_->keep(prefix_);
        prefix_.resize(length);
        return name;
    }

    void add(std::string_view key, Scope scope, Type type, std::string_view value) {
        const auto name = name_of(key, scope);
        const auto id = names_.field(name);
        if (id >= field::first_time && id <= field::last_time) time_ = std::min(time_, id);
        event_->add({id, type, name, value});
    }

    // What the event says of itself.
    void finish() {
        const auto record = event_->value(field::record_id);
        std::from_chars(record.data(), record.data() + record.size(), event_->record);
        if (time_ != other_field) event_->time = parse_time(event_->value(time_)).value_or(0);
        windows_.describe(*event_);
    }

    static constexpr std::size_t most_name = 1024;

    const Names& names_;
    const WindowsSources& windows_;
    od::parser parser_;
    Event* event_ = nullptr;
    std::string prefix_;
    FieldId time_ = other_field;  // the best one seen that holds a time
};

JsonReader::JsonReader(const Names& names, const WindowsSources& windows)
    : state_(std::make_unique<State>(names, windows)) {}
JsonReader::~JsonReader() = default;

base::Result<void> JsonReader::read(std::string_view text, Event& event) {
    if (text.size() > most_bytes) {
        event.clear();
        return base::fail(ErrorKind::full, "{} bytes; at most {} are read", text.size(),
                          most_bytes);
    }
    return state_->read(text, event);
}

}  // namespace shoji::event
