#include "watch/event/json_reader.h"

#include "watch/event/event_time.h"
#include "watch/event/json_fields.h"
#include "watch/event/json_keys.h"
#include "watch/event/json_scanner.h"

#include <charconv>
#include <string_view>
#include <utility>

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
    State(const Names& names, const WindowsSources& windows, Way way, TimeZone zone)
        : keys_(names), windows_(windows), way_(way), zone_(std::move(zone)) {}

    base::Result<void> read(std::string_view text, Event& event) {
        fields_.begin(event);
        if (way_ == Way::parsed || !scanner_.scan(text, fields_)) {
            fields_.begin(event);
            if (auto parsed = parse(text); !parsed) {
                event.clear();
                return parsed;
            }
        }
        finish();
        return {};
    }

  private:
    base::Result<void> parse(std::string_view text) {
        end_ = text.data() + text.size();
        try {
            od::document document =
                parser_.iterate(text.data(), text.size(), text.size() + json_padding);
            JsonKeys::begin(keys_.top());
            walk(document.get_object(), keys_.top(), 0);
            const char* rest = nullptr;
            if (document.current_location().get(rest) == simdjson::SUCCESS) {
                return base::because(ErrorKind::invalid, "something stands after the JSON object");
            }
        } catch (const simdjson::simdjson_error& error) {
            return base::because(ErrorKind::invalid, "not a JSON object: {}", error.what());
        }
        return {};
    }

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
                take(member.value(), {shape, *key}, depth);
                continue;
            }
            take(member.value(), {shape, keys_.key(shape, key_of(member))}, depth);
        }
    }

    // What stands under a key of an object.
    struct Member {
        JsonKeys::Object& shape;
        JsonKeys::Key& key;
    };

    void take(od::value value, const Member& member, std::size_t depth) {
        switch (value.type()) {
            case od::json_type::object: {
                auto* inner = JsonKeys::inner(member.shape, member.key);
                if (inner == nullptr) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
                return walk(value.get_object(), *inner, depth + 1);
            }
            case od::json_type::array: {
                if (depth > most_depth) throw simdjson::simdjson_error(simdjson::DEPTH_ERROR);
                for (auto item : value.get_array()) take(item.value(), member, depth + 1);
                return;
            }
            case od::json_type::string:
                return fields_.add(member.key, Type::text, value.get_string());
            case od::json_type::number:
                return fields_.add(member.key, Type::number, trimmed(value.raw_json_token()));
            case od::json_type::boolean:
                return fields_.add(member.key, Type::boolean, value.get_bool() ? "true" : "false");
            case od::json_type::null:
                if (!value.is_null()) throw simdjson::simdjson_error(simdjson::N_ATOM_ERROR);
                return fields_.add(member.key, Type::null, {});
        }
    }

    // What the event says of itself.
    void finish() {
        auto& event = fields_.event();
        const auto record = event.value(field::record_id);
        std::from_chars(record.data(), record.data() + record.size(), event.record);
        if (fields_.time() != other_field) set_event_time(event, fields_.time(), zone_);
        windows_.describe(event, last_source_);
    }

    JsonKeys keys_;
    const WindowsSources& windows_;
    WindowsSources::Last last_source_;
    Way way_;
    TimeZone zone_;
    JsonScanner scanner_{keys_, most_depth};
    od::parser parser_;
    JsonFields fields_;
    const char* end_ = nullptr;  // of the document that is parsed
};

JsonReader::JsonReader(const Names& names, const WindowsSources& windows, Way way, TimeZone zone)
    : state_(std::make_unique<State>(names, windows, way, std::move(zone))) {}
JsonReader::~JsonReader() = default;

base::Result<void> JsonReader::read(std::string_view text, Event& event) {
    if (text.size() > most_bytes) {
        event.clear();
        return base::because(ErrorKind::full, "{} bytes; at most {} are read", text.size(),
                             most_bytes);
    }
    return state_->read(text, event);
}

}  // namespace shoji::event
