#include "watch/sensor/journal_place.h"

#include <algorithm>

namespace shoji::sensor {

bool is_cursor(std::string_view text) {
    const auto is_good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '=' || c == ';' || c == '-';
    };
    return !text.empty() && text.size() <= most_cursor && std::ranges::all_of(text, is_good);
}

std::vector<std::uint8_t> encode(const JournalReport& report) {
    std::vector<std::uint8_t> bytes{static_cast<std::uint8_t>(report.ended ? 1 : 0)};
    const auto time = static_cast<std::uint64_t>(report.place.microseconds);
    for (unsigned i = 0; i < 8; ++i) bytes.push_back(static_cast<std::uint8_t>(time >> (8 * i)));
    const auto& cursor = report.place.cursor;
    if (is_cursor(cursor)) bytes.insert(bytes.end(), cursor.begin(), cursor.end());
    return bytes;
}

base::Result<JournalReport> decode_journal_report(std::span<const std::uint8_t> bytes) {
    const auto refuse = [] {
        return base::fail(base::ErrorKind::invalid, "a place in the journal that is none");
    };
    if (bytes.size() < journal_report_head || bytes.size() > most_journal_report || bytes[0] > 1) {
        return refuse();
    }
    std::uint64_t time = 0;
    for (unsigned i = 0; i < 8; ++i) time |= std::uint64_t{bytes[1 + i]} << (8 * i);
    JournalReport report;
    report.ended = bytes[0] == 1;
    report.place.microseconds = static_cast<std::int64_t>(time);
    const auto rest = bytes.subspan(journal_report_head);
    report.place.cursor.assign(rest.begin(), rest.end());
    const bool has_place = report.place.microseconds > 0;
    if (report.place.microseconds < 0 || (!rest.empty() && !has_place) ||
        (!rest.empty() && !is_cursor(report.place.cursor))) {
        return refuse();
    }
    return report;
}

}  // namespace shoji::sensor
