#include "watch/event/json_reader.h"

#include "watch/event/json_keys.h"
#include "watch/event/time.h"

#include <algorithm>
#include <charconv>
#include <string_view>

#include <simdjson.h>

namespace shoji::event {
namespace {

namespace od = simdjson::ondemand;
using base::ErrorKind;

static_assert(json_padding >= simdjson::SIMDJSON_PADDING);

std::string_view trimmed(std::string_view token) {
    while (!token.empty() && static_cast<unsigned char>(token.back()) <= ' ')
        token.remove_suffix(1);
    return token;
}

}  // namespace

class JsonReader::State {
  public:
    State(const Names& names, const WindowsSources& windows) : keys_(names), windows_(windows) {}

    base::Result<void> read(std::string_view text, Event& event) {
        event.clear();
        event_ = &event;
        end_ = text.data() + text.size();
        time_ = other_field;
        try {
            od::document document =
                parser_.iterate(text.data(), text.size(), text.size() + json_padding);
            keys_.top().likely = 0;
            walk(document.get_object(), keys_.top(), 0);
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
    // The key as it stands in the text, which is nearly always how it is meant.
    static std::string_view key_of(simdjson::simdjson_result<od::field>& member) {
        const char* raw = od::raw_json_string(member.key()).raw();
        const char* end = raw;
        while (*end != '"' && *end != '\\') ++end;
        if (*end == '"') return {raw, static_cast<std::size_t>(end - raw)};
        return member.unescaped_key();
    }

    void walk(od::object object, JsonKeys::Object& shape, std::size_t depth) {
        if (depth > most_depth) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
        for (auto member : object) {
            const char* raw = od::raw_json_string(member.key()).raw();
            if (auto* key = JsonKeys::likely_key(shape, {raw, end_})) {
                take(member.value(), {shape, *key, key->text}, depth);
                continue;
            }
            const auto text = key_of(member);
            take(member.value(), {shape, keys_.key(shape, text), text}, depth);
        }
    }

    // What stands under a key of an object.
    struct Member {
        JsonKeys::Object& shape;
        JsonKeys::Key& key;
        std::string_view text;
    };

    void take(od::value value, const Member& member, std::size_t depth) {
        switch (value.type()) {
            case od::json_type::object: {
                auto* inner = JsonKeys::inner(member.shape, member.key, member.text);
                if (inner == nullptr) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
                return walk(value.get_object(), *inner, depth + 1);
            }
            case od::json_type::array: {
                if (depth > most_depth) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
                for (auto item : value.get_array()) take(item.value(), member, depth + 1);
                return;
            }
            case od::json_type::string:
                return add(member.key, Type::text, value.get_string());
            case od::json_type::number:
                return add(member.key, Type::number, trimmed(value.raw_json_token()));
            case od::json_type::boolean:
                return add(member.key, Type::boolean, value.get_bool() ? "true" : "false");
            case od::json_type::null:
                if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
                return add(member.key, Type::null, {});
        }
    }

    void add(const JsonKeys::Key& key, Type type, std::string_view value) {
        const auto name = key.kept ? std::string_view(key.name) : event_->keep(key.name);
        if (key.id >= field::first_time && key.id <= field::last_time) {
            time_ = std::min(time_, key.id);
        }
        event_->add({key.id, type, name, value});
    }

    // What the event says of itself.
    void finish() {
        const auto record = event_->value(field::record_id);
        std::from_chars(record.data(), record.data() + record.size(), event_->record);
        if (time_ != other_field) event_->time = parse_time(event_->value(time_)).value_or(0);
        windows_.describe(*event_);
    }

    JsonKeys keys_;
    const WindowsSources& windows_;
    od::parser parser_;
    Event* event_ = nullptr;
    const char* end_ = nullptr;   // of the document
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
