#include "watch/event/audit_record.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>

namespace shoji::event {
namespace {

// Between what the kernel wrote and what auditd looked up.
constexpr char group_separator = '\x1d';

bool take(std::string_view& text, std::string_view beginning) {
    if (!text.starts_with(beginning)) return false;
    text.remove_prefix(beginning.size());
    return true;
}

template <class T>
bool take_number(std::string_view& text, T& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{}) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
}

std::string_view take_word(std::string_view& text) {
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return word;
}

// audit(SECONDS.MILLISECONDS:SERIAL):
bool take_stamp(std::string_view& text, AuditRecord& record) {
    constexpr Time latest = 0x7fffffffffffffff / 1'000'000'000 - 1;
    constexpr Time most_milliseconds = 999;
    Time seconds = 0;
    Time milliseconds = 0;
    if (!take(text, "msg=audit(") || !take_number(text, seconds) || !take(text, ".") ||
        !take_number(text, milliseconds) || !take(text, ":") || !take_number(text, record.serial) ||
        !take(text, "):")) {
        return false;
    }
    if (seconds < 0 || seconds > latest || milliseconds < 0 || milliseconds > most_milliseconds) {
        return false;
    }
    record.time = seconds * 1'000'000'000 + milliseconds * 1'000'000;
    return true;
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool is_argument(std::string_view name) {
    return name.size() > 1 && name.front() == 'a' && name[1] >= '0' && name[1] <= '9' &&
           !name.ends_with("_len");
}

// Of "audit-events": the fields of the class "encoded".
constexpr std::array<std::string_view, 26> encoded{
    "name",   "proctitle", "comm",        "exe",         "cwd",      "key",      "acct",
    "cmd",    "path",      "dir",         "file",        "data",     "root",     "vm",
    "grp",    "new_group", "old-chardev", "new-chardev", "old-disk", "new-disk", "old-fs",
    "new-fs", "old-net",   "new-net",     "device",      "ocomm"};

}  // namespace

std::optional<AuditRecord> parse_audit_record(std::string_view line) {
    AuditRecord record;
    if (take(line, "node=")) record.node = take_word(line);
    if (!take(line, "type=")) return std::nullopt;
    record.type = take_word(line);
    if (record.type.empty() || !take_stamp(line, record)) return std::nullopt;
    record.fields = line;
    return record;
}

// Behind the '=': up to the closing mark, or to the next blank.
void AuditFields::take_value(Item& item) {
    if (rest_.starts_with('"')) {
        const auto end = rest_.find('"', 1);
        if (end != std::string_view::npos) {
            item.quoted = true;
            item.value = rest_.substr(1, end - 1);
            rest_.remove_prefix(end + 1);
            return;
        }
    }
    // SADDR={ saddr_fam=inet laddr=192.0.2.1 lport=443 }
    if (rest_.starts_with('{')) {
        const auto end = rest_.find('}');
        if (end != std::string_view::npos) {
            item.quoted = true;
            item.value = rest_.substr(0, end + 1);
            rest_.remove_prefix(end + 1);
            return;
        }
    }
    const auto end = std::min(rest_.find_first_of(nested_ ? " \x1d'" : " \x1d"), rest_.size());
    item.value = rest_.substr(0, end);
    rest_.remove_prefix(end);
}

bool AuditFields::next(Item& item) {
    constexpr std::array<char, 5> between{' ', group_separator, ',', '\'', '\t'};
    while (true) {
        while (!rest_.empty() && std::ranges::find(between, rest_.front()) != between.end()) {
            if (rest_.front() == '\'') nested_ = false;
            rest_.remove_prefix(1);
        }
        if (rest_.empty()) return false;
        const auto end = std::min(rest_.find_first_of(" =\x1d"), rest_.size());
        item = {rest_.substr(0, end), {}, false};
        rest_.remove_prefix(end);
        if (item.name.empty()) {
            rest_.remove_prefix(1);
            continue;
        }
        if (!take(rest_, "=")) continue;
        if (item.name == "msg" && take(rest_, "'")) {
            nested_ = true;
            continue;
        }
        take_value(item);
        return true;
    }
}

bool is_encoded_audit_field(std::string_view type, std::string_view name) {
    if (type == "EXECVE" && is_argument(name)) return true;
    return std::ranges::find(encoded, name) != encoded.end();
}

std::optional<std::string> decode_hexadecimal(std::string_view digits) {
    if (digits.empty() || digits.size() % 2 != 0) return std::nullopt;
    std::string bytes;
    bytes.reserve(digits.size() / 2);
    for (std::size_t i = 0; i < digits.size(); i += 2) {
        const int high = digit_of(digits[i]);
        const int low = digit_of(digits[i + 1]);
        if (high < 0 || low < 0) return std::nullopt;
        bytes += static_cast<char>(high * 16 + low);
    }
    return bytes;
}

namespace {

// RFC 5952, but for addresses with an IPv4 address inside, which stand in hexadecimal.
std::string text_of_ipv6(std::string_view bytes) {
    constexpr std::size_t groups = 8;
    std::array<unsigned int, groups> value{};
    for (std::size_t i = 0; i < groups; ++i) {
        value[i] = static_cast<unsigned char>(bytes[2 * i]) * 256U +
                   static_cast<unsigned char>(bytes[2 * i + 1]);
    }
    std::size_t longest = 0;
    std::size_t at = groups;
    for (std::size_t i = 0; i < groups; ++i) {
        std::size_t run = 0;
        while (i + run < groups && value[i + run] == 0) ++run;
        if (run > longest) {
            longest = run;
            at = i;
        }
    }
    if (longest < 2) at = groups;
    std::string text;
    for (std::size_t i = 0; i < groups; ++i) {
        if (i == at) {
            text += "::";
            i += longest - 1;
            continue;
        }
        if (!text.empty() && !text.ends_with(':')) text += ':';
        text += fmt::format("{:x}", value[i]);
    }
    return text;
}

}  // namespace

std::optional<AuditAddress> parse_audit_address(std::string_view bytes) {
    constexpr int unix_family = 1;
    constexpr int ipv4_family = 2;
    constexpr int ipv6_family = 10;
    constexpr std::size_t ipv4_size = 8;   // family, port, address
    constexpr std::size_t ipv6_size = 24;  // family, port, flow, address
    if (bytes.size() < 2) return std::nullopt;
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
    // The family is in the machine's order: the little end first on all machines with auditd today.
    const int family = byte(0) + byte(1) * 256;
    AuditAddress address;
    if (family == unix_family) {
        bytes.remove_prefix(2);
        // An abstract name begins with a zero.
        const bool abstract = bytes.starts_with('\0');
        if (abstract) bytes.remove_prefix(1);
        address.text = (abstract ? "@" : "") + std::string(bytes.substr(0, bytes.find('\0')));
        return address;
    }
    const bool is_ipv4 = family == ipv4_family && bytes.size() >= ipv4_size;
    const bool is_ipv6 = family == ipv6_family && bytes.size() >= ipv6_size;
    if (!is_ipv4 && !is_ipv6) return std::nullopt;
    address.is_internet = true;
    address.port = static_cast<std::uint16_t>(byte(2) * 256 + byte(3));
    constexpr std::size_t ipv4_at = 4;
    constexpr std::size_t ipv6_at = 8;
    if (is_ipv4) {
        address.text = fmt::format("{}.{}.{}.{}", byte(ipv4_at), byte(ipv4_at + 1),
                                   byte(ipv4_at + 2), byte(ipv4_at + 3));
    } else {
        address.text = text_of_ipv6(bytes.substr(ipv6_at));
    }
    return address;
}

}  // namespace shoji::event
