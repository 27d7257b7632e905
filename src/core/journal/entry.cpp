#include "core/journal/entry.h"

#include "core/base/printable.h"
#include "core/base/random.h"
#include "core/journal/hex.h"

#include <array>
#include <charconv>

#include <fmt/format.h>

namespace shoji::journal {
namespace {

using base::ErrorKind;
using Time = std::chrono::sys_time<std::chrono::microseconds>;

// Signed before the line's own text, so that no other message signed by the key can pass for one.
constexpr std::string_view signature_context = "shoji journal checkpoint 1\n";

constexpr std::array<std::string_view, last_event + 1> event_names{
    "opened",   "closed",       "clock_set_back", "clock_set_forward",
    "tail_cut", "tail_missing", "space_short",    "space_back"};

// A JSON string. Texts hold no control characters, so two characters need an escape.
std::string json_string(std::string_view text) {
    std::string shown = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') shown += '\\';
        shown += c;
    }
    return shown + '"';
}

std::string begin_line(const Stamp& stamp, std::string_view kind) {
    return fmt::format(
        R"({{"sequence":{},"previous":"{}","time":"{}","boot":"{}","uptime":{},"kind":"{}")",
        stamp.sequence, base::to_hex(stamp.previous), to_text(stamp.time), base::to_hex(stamp.boot),
        stamp.uptime.count(), kind);
}

Line end_line(std::string text) {
    const Digest digest = digest_of(text);
    text += fmt::format(",\"hash\":\"{}\"}}\n", base::to_hex(digest));
    return {std::move(text), digest};
}

std::string to_sign(std::string_view begun) {
    return std::string(signature_context) + std::string(begun);
}

Line sign_line(const Stamp& stamp, const Signature& signature) {
    return end_line(begin_line(stamp, "checkpoint") +
                    fmt::format(",\"signature\":\"{}\"", base::to_hex(signature)));
}

// Takes one line apart from left to right; after the first thing out of place it stays failed.
class LineScanner {
  public:
    explicit LineScanner(std::string_view line) : rest_(line) {}

    bool literal(std::string_view wanted) {
        if (!rest_.starts_with(wanted)) {
            failed_ = true;
            return false;
        }
        rest_.remove_prefix(wanted.size());
        return true;
    }

    template <class Number>
    Number number() {
        Number value{};
        const auto [end, problem] =
            std::from_chars(rest_.data(), rest_.data() + rest_.size(), value);
        if (problem != std::errc{}) failed_ = true;
        rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
        return value;
    }

    template <std::size_t Count>
    std::array<std::uint8_t, Count> hex() {
        const auto bytes = from_hex<Count>(rest_.substr(0, 2 * Count));
        if (!bytes) {
            failed_ = true;
            return {};
        }
        rest_.remove_prefix(2 * Count);
        return *bytes;
    }

    // A quoted string of at most maximum_field bytes.
    std::string text() {
        std::string value;
        if (!literal("\"")) return value;
        while (!rest_.empty() && rest_.front() != '"') {
            if (rest_.front() == '\\') rest_.remove_prefix(1);
            if (rest_.empty()) break;
            value += rest_.front();
            rest_.remove_prefix(1);
        }
        literal("\"");
        if (value.size() > maximum_field || !base::is_printable(value)) failed_ = true;
        return value;
    }

    // One of `names`.
    template <class Enumeration, std::size_t Count>
    Enumeration name(const std::array<std::string_view, Count>& names) {
        const std::string value = text();
        for (std::size_t i = 0; i < Count; ++i) {
            if (names.at(i) == value) return static_cast<Enumeration>(i);
        }
        failed_ = true;
        return {};
    }

    Time time() {
        const auto year = digits(4);
        literal("-");
        const auto month = digits(2);
        literal("-");
        const auto day = digits(2);
        literal("T");
        const auto hour = digits(2);
        literal(":");
        const auto minute = digits(2);
        literal(":");
        const auto second = digits(2);
        literal(".");
        const auto fraction = digits(6);
        literal("Z");
        const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(year)},
                                               std::chrono::month{month}, std::chrono::day{day}};
        if (!date.ok() || year < 1970 || hour > 23 || minute > 59 || second > 59) failed_ = true;
        if (failed_) return {};
        return std::chrono::sys_days(date) + std::chrono::hours{hour} +
               std::chrono::minutes{minute} + std::chrono::seconds{second} +
               std::chrono::microseconds{fraction};
    }

    void fail() { failed_ = true; }
    [[nodiscard]] bool at(std::string_view next) const { return rest_.starts_with(next); }
    [[nodiscard]] bool failed() const { return failed_; }
    [[nodiscard]] std::size_t remaining() const { return rest_.size(); }

  private:
    unsigned digits(std::size_t count) {
        unsigned value = 0;
        for (std::size_t i = 0; i < count; ++i) {
            if (rest_.empty() || rest_.front() < '0' || rest_.front() > '9') {
                failed_ = true;
                return 0;
            }
            value = value * 10 + static_cast<unsigned>(rest_.front() - '0');
            rest_.remove_prefix(1);
        }
        return value;
    }

    std::string_view rest_;
    bool failed_ = false;
};

Stamp scan_stamp(LineScanner& scanner) {
    Stamp stamp;
    scanner.literal("{\"sequence\":");
    stamp.sequence = scanner.number<std::uint64_t>();
    scanner.literal(",\"previous\":\"");
    stamp.previous = scanner.hex<32>();
    scanner.literal("\",\"time\":\"");
    stamp.time = scanner.time();
    scanner.literal("\",\"boot\":\"");
    stamp.boot = scanner.hex<16>();
    scanner.literal("\",\"uptime\":");
    stamp.uptime = std::chrono::microseconds(scanner.number<std::int64_t>());
    scanner.literal(",\"kind\":\"");
    return stamp;
}

Submitted scan_submitted(LineScanner& scanner) {
    Submitted submitted;
    scanner.literal("record\",\"sender\":");
    submitted.sender = scanner.number<uid_t>();
    scanner.literal(",\"action\":");
    const auto action = action_from(scanner.text());
    scanner.literal(",\"outcome\":");
    const auto outcome = outcome_from(scanner.text());
    if (!action || !outcome) {
        scanner.fail();
        return submitted;
    }
    submitted.record.action = *action;
    submitted.record.outcome = *outcome;
    scanner.literal(",\"who\":");
    submitted.record.who = scanner.text();
    scanner.literal(",\"terminal\":");
    submitted.record.terminal = scanner.text();
    scanner.literal(",\"what\":");
    submitted.record.what = scanner.text();
    scanner.literal(",\"reason\":");
    submitted.record.reason = scanner.text();
    return submitted;
}

Notice scan_notice(LineScanner& scanner) {
    Notice notice;
    scanner.literal("notice\",\"event\":");
    notice.event = scanner.name<Event>(event_names);
    scanner.literal(",\"detail\":");
    notice.detail = scanner.text();
    return notice;
}

Line spell(const Entry& entry) {
    if (const auto* submitted = std::get_if<Submitted>(&entry.body)) {
        return make_line(entry.stamp, *submitted);
    }
    if (const auto* notice = std::get_if<Notice>(&entry.body)) {
        return make_line(entry.stamp, *notice);
    }
    return sign_line(entry.stamp, std::get<Checkpoint>(entry.body).signature);
}

}  // namespace

std::string_view name_of(Event event) {
    return event_names.at(static_cast<std::size_t>(event));
}

std::string to_text(Time time) {
    const auto days = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(days);
    const std::chrono::hh_mm_ss clock(time - days);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                       clock.hours().count(), clock.minutes().count(), clock.seconds().count(),
                       clock.subseconds().count());
}

Line make_line(const Stamp& stamp, const Submitted& submitted) {
    const Record& record = submitted.record;
    return end_line(begin_line(stamp, "record") +
                    fmt::format(R"(,"sender":{},"action":"{}","outcome":"{}","who":{},)"
                                R"("terminal":{},"what":{},"reason":{})",
                                submitted.sender, name_of(record.action), name_of(record.outcome),
                                json_string(record.who), json_string(record.terminal),
                                json_string(record.what), json_string(record.reason)));
}

Line make_line(const Stamp& stamp, const Notice& notice) {
    return end_line(begin_line(stamp, "notice") + fmt::format(R"(,"event":"{}","detail":{})",
                                                              name_of(notice.event),
                                                              json_string(notice.detail)));
}

Line make_checkpoint(const Stamp& stamp, const SigningKey& key) {
    return sign_line(stamp, key.sign(to_sign(begin_line(stamp, "checkpoint"))));
}

base::Result<ParsedLine> parse_line(std::string_view line) {
    const auto refuse = [](std::string_view why) {
        return base::fail(ErrorKind::corrupt, "journal line: {}", why);
    };
    if (line.size() >= maximum_line) return refuse("it is too long");
    LineScanner scanner(line);
    ParsedLine parsed;
    parsed.entry.stamp = scan_stamp(scanner);
    if (scanner.at("record")) {
        parsed.entry.body = scan_submitted(scanner);
    } else if (scanner.at("notice")) {
        parsed.entry.body = scan_notice(scanner);
    } else {
        scanner.literal("checkpoint\"");
        parsed.signed_part = to_sign(line.substr(0, line.size() - scanner.remaining()));
        scanner.literal(",\"signature\":\"");
        parsed.entry.body = Checkpoint{scanner.hex<64>()};
        scanner.literal("\"");
    }
    if (scanner.failed()) return refuse("it is not in the journal's form");
    const Line right = spell(parsed.entry);
    if (line != std::string_view(right.text).substr(0, right.text.size() - 1)) {
        return refuse("its hash or spelling is wrong");
    }
    parsed.digest = right.digest;
    return parsed;
}

bool signature_holds(const ParsedLine& checkpoint, const PublicKey& key) {
    const auto* body = std::get_if<Checkpoint>(&checkpoint.entry.body);
    return body != nullptr && verify_signature(key, checkpoint.signed_part, body->signature);
}

}  // namespace shoji::journal
