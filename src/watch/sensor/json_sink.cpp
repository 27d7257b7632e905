#include "watch/sensor/json_sink.h"

#include "core/base/printable.h"
#include "watch/event/time.h"
#include "watch/sensor/output.h"

#include <fmt/format.h>

namespace shoji::sensor {

void append_json_text(std::string_view text, std::string& line) {
    line += '"';
    while (!text.empty()) {
        const std::string_view before = text;
        const auto point = base::take_code_point(text);
        if (!point) {
            line += "\xef\xbf\xbd";
        } else if (*point == '"' || *point == '\\') {
            line += '\\';
            line += static_cast<char>(*point);
        } else if (*point < 0x20) {
            fmt::format_to(std::back_inserter(line), "\\u{:04x}",
                           static_cast<std::uint32_t>(*point));
        } else {
            line += before.substr(0, before.size() - text.size());
        }
    }
    line += '"';
}

namespace {

void append_value(const event::Field& field, std::string& line) {
    switch (field.type) {
        case event::Type::null:
            line += "null";
            break;
        case event::Type::boolean:
        case event::Type::number:
            line += field.value;
            break;
        case event::Type::text:
            append_json_text(field.value, line);
            break;
    }
}

}  // namespace

void append_json(const event::Event& event, const event::Names& names, std::string& line) {
    line += "{\"Time\":";
    append_json_text(event::format_time(event.time), line);
    line += ",\"Category\":";
    append_json_text(names.name(event.source.categories[0]), line);
    const auto fields = event.fields();
    for (std::size_t i = 0; i < fields.size();) {
        std::size_t end = i + 1;
        while (end < fields.size() && fields[end].name == fields[i].name) ++end;
        line += ',';
        append_json_text(fields[i].name, line);
        line += end - i > 1 ? ":[" : ":";
        for (std::size_t value = i; value < end; ++value) {
            if (value > i) line += ',';
            append_value(fields[value], line);
        }
        if (end - i > 1) line += ']';
        i = end;
    }
    line += "}\n";
}

void JsonSink::take(const event::Event& event) {
    constexpr std::size_t many = 1 << 16;
    append_json(event, names_, lines_);
    if (lines_.size() >= many) pause();
}

void JsonSink::pause() {
    if (!failed_ && !lines_.empty()) {
        failed_ = !write_whole(
            output_, {reinterpret_cast<const std::uint8_t*>(lines_.data()), lines_.size()});
    }
    lines_.clear();
}

}  // namespace shoji::sensor
