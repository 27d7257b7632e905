#include "watch/sensor/journal_entries.h"

#include <charconv>

namespace shoji::sensor {
namespace {

// Microseconds as digits, as nanoseconds; 0: it is no time.
std::int64_t time_of(std::string_view digits) {
    constexpr std::int64_t latest = INT64_MAX / 1000;
    std::int64_t microseconds = 0;
    const auto* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, microseconds);
    if (error != std::errc() || end != last || microseconds < 0 || microseconds > latest) return 0;
    return microseconds * 1000;
}

}  // namespace

void JournalEntries::forget() {
    line_is_empty_ = false;
    entry_ = {};
    name_.clear();
    value_.clear();
}

void JournalEntries::begin_anew() {
    forget();
    state_ = State::name;
}

void JournalEntries::lose() {
    forget();
    ++damages_;
    state_ = State::lost;
}

void JournalEntries::keep(char c) {
    if (value_.size() < longest) value_ += c;
}

void JournalEntries::end_value() {
    if (name_ == "MESSAGE") {
        entry_.message = value_;
    } else if (name_ == "SYSLOG_IDENTIFIER") {
        entry_.program = value_;
    } else if (name_ == "SYSLOG_FACILITY") {
        entry_.facility = value_;
    } else if (name_ == "_PID" || (name_ == "SYSLOG_PID" && entry_.process.empty())) {
        entry_.process = value_;
    } else if (name_ == "_UID") {
        entry_.user = value_;
    } else if (name_ == "_EXE") {
        entry_.executable = value_;
    } else if (name_ == "__REALTIME_TIMESTAMP") {
        entry_.time = time_of(value_);
    } else if (name_ == "__CURSOR") {
        entry_.cursor = value_;
    }
    name_.clear();
    value_.clear();
    state_ = State::name;
}

// True at the empty line that ends an entry.
bool JournalEntries::take_name(char c) {
    if (c == '=') {
        state_ = State::value;
    } else if (c == '\n' && !name_.empty()) {
        state_ = State::size;
        size_ = 0;
        size_bytes_ = 0;
    } else if (c == '\n') {
        if (!entry_.message.empty()) return true;
        entry_ = {};
    } else if (name_.size() < most_name) {
        name_ += c;
    } else {
        lose();
    }
    return false;
}

// Eight bytes, the lowest first.
void JournalEntries::take_size(char c) {
    size_ |= std::uint64_t{static_cast<unsigned char>(c)} << (8 * size_bytes_);
    if (++size_bytes_ < 8) return;
    if (size_ > most_bytes) return lose();
    state_ = size_ == 0 ? State::end : State::bytes;
}

bool JournalEntries::take(char c) {
    switch (state_) {
        case State::name:
            return take_name(c);
        case State::value:
            if (c == '\n') {
                end_value();
            } else {
                keep(c);
            }
            return false;
        case State::size:
            take_size(c);
            return false;
        case State::bytes:
            keep(c);
            if (--size_ == 0) state_ = State::end;
            return false;
        case State::end:
            if (c == '\n') {
                end_value();
            } else {
                lose();
            }
            return false;
        case State::lost:
            if (c == '\n' && line_is_empty_) state_ = State::name;
            line_is_empty_ = c == '\n';
            return false;
    }
    return false;
}

}  // namespace shoji::sensor
