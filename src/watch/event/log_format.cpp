#include "watch/event/log_format.h"

#include "watch/event/audit_log.h"
#include "watch/event/evtx_file.h"
#include "watch/event/stream_reader.h"
#include "watch/event/text_lines.h"
#include "watch/event/text_log.h"

#include <algorithm>
#include <string_view>

namespace shoji::event {
namespace {

bool is_json(std::string_view line) {
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos) return false;
    if (line[first] == '{') return true;
    const auto second = line.find_first_not_of(" \t", first + 1);
    return line[first] == '[' && (second == std::string_view::npos || line[second] == '{');
}

}  // namespace

LogFormat format_of(std::span<const std::uint8_t> bytes) {
    if (EvtxFile::is_one(bytes)) return LogFormat::evtx;
    if (StreamReader::is_one(bytes)) return LogFormat::stream;
    constexpr std::size_t most_looked_at = 64 << 10;  // bytes
    constexpr std::size_t most_lines = 50;
    const std::string_view text(reinterpret_cast<const char*>(bytes.data()),
                                std::min(bytes.size(), most_looked_at));
    TextLines lines(text);
    bool blank = true;
    for (std::size_t i = 0; i < most_lines; ++i) {
        const auto line = lines.next();
        if (!line) break;
        blank = blank && line->find_first_not_of(" \t") == std::string_view::npos;
        if (is_json(*line)) return LogFormat::json;
        if (AuditLog::is_one(*line)) return LogFormat::audit;
        if (TextLog::is_one(*line)) return LogFormat::text;
    }
    return blank ? LogFormat::nothing : LogFormat::unknown;
}

}  // namespace shoji::event
