#include "watch/event/payload.h"

#include <algorithm>
#include <array>
#include <string>

namespace shoji::event {
namespace {

class Fields {
  public:
    Fields(const Names& names, Event& event) : names_(names), event_(event) {}

    void add(std::string_view name, std::string_view value) const {
        event_.add({names_.field(name), Type::text, name, value});
    }
    // Without the backslashes that stand before other characters.
    void add_escaped(std::string_view name, std::string_view value) const {
        if (value.find('\\') == std::string_view::npos) return add(name, value);
        std::string plain;
        for (std::size_t i = 0; i < value.size(); ++i) {
            if (value[i] != '\\' || i + 1 == value.size()) {
                plain += value[i];
                continue;
            }
            const char c = value[++i];
            plain += c == 'n' ? '\n' : c == 'r' ? '\r' : c;
        }
        add(name, event_.keep(plain));
    }

  private:
    const Names& names_;
    Event& event_;
};

bool is_of_a_key(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == '[' || c == ']';
}

// Up to the next '|' that has no backslash before it; false when there is none.
bool take_header(std::string_view& text, std::string_view& part) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\') {
            ++i;
        } else if (text[i] == '|') {
            part = text.substr(0, i);
            text.remove_prefix(i + 1);
            return true;
        }
    }
    return false;
}

template <std::size_t Count>
bool add_headers(std::string_view& text, const std::array<std::string_view, Count>& parts,
                 const Fields& fields) {
    std::array<std::string_view, Count> values;
    for (auto& value : values) {
        if (!take_header(text, value)) return false;
    }
    for (std::size_t i = 0; i < Count; ++i) fields.add_escaped(parts[i], values[i]);
    return true;
}

// The '=' behind the next key, where a key is a word that follows a blank; npos when there is none.
std::size_t next_equals(std::string_view text, std::size_t from) {
    for (auto at = text.find('=', from); at != std::string_view::npos;
         at = text.find('=', at + 1)) {
        auto key = at;
        while (key > from && is_of_a_key(text[key - 1])) --key;
        const bool escaped = at > 0 && text[at - 1] == '\\';
        if (key < at && key > 0 && text[key - 1] == ' ' && !escaped) return at;
    }
    return std::string_view::npos;
}

// Values go on, blanks and all, until the next key.
void add_extension(std::string_view text, const Fields& fields) {
    while (text.starts_with(' ')) text.remove_prefix(1);
    auto equals = text.find('=');
    while (equals != std::string_view::npos) {
        const auto name = text.substr(0, equals);
        const auto next = next_equals(text, equals + 1);
        auto end = text.size();
        if (next != std::string_view::npos) end = text.rfind(' ', next) + 1;
        auto value = text.substr(equals + 1, end - equals - 1);
        while (value.ends_with(' ')) value.remove_suffix(1);
        fields.add_escaped(name, value);
        text.remove_prefix(end);
        equals = next == std::string_view::npos ? next : next - end;
    }
}

bool add_cef(std::string_view text, const Fields& fields) {
    constexpr std::array<std::string_view, 7> parts{
        "CEFVersion",         "DeviceVendor", "DeviceProduct", "DeviceVersion",
        "DeviceEventClassID", "Name",         "Severity"};
    text.remove_prefix(std::string_view("CEF:").size());
    if (!add_headers(text, parts, fields)) return false;
    add_extension(text, fields);
    return true;
}

int digit_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// "^", "x5E" or "0x5E"; a tabulator when it is none of these.
char delimiter_of(std::string_view text) {
    if (text.size() == 1) return text.front();
    if (text.starts_with("0x")) text.remove_prefix(1);
    constexpr std::size_t hexadecimal = 3;
    if (text.size() != hexadecimal || text.front() != 'x') return '\t';
    const int high = digit_of(text[1]);
    const int low = digit_of(text[2]);
    return high < 0 || low < 0 ? '\t' : static_cast<char>(high * 16 + low);
}

bool add_leef(std::string_view text, const Fields& fields) {
    constexpr std::array<std::string_view, 5> parts{"LEEFVersion", "DeviceVendor", "DeviceProduct",
                                                    "DeviceVersion", "DeviceEventClassID"};
    text.remove_prefix(std::string_view("LEEF:").size());
    const bool names_delimiter = text.starts_with("2");
    if (!add_headers(text, parts, fields)) return false;
    char delimiter = '\t';
    std::string_view named;
    if (names_delimiter && take_header(text, named)) delimiter = delimiter_of(named);
    while (!text.empty()) {
        const auto end = std::min(text.find(delimiter), text.size());
        const auto pair = text.substr(0, end);
        const auto equals = pair.find('=');
        if (equals != std::string_view::npos && equals > 0) {
            fields.add(pair.substr(0, equals), pair.substr(equals + 1));
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return true;
}

// KEY=VALUE or KEY="VALUE" at the text's beginning; false when there is none.
bool take_pair(std::string_view& text, std::string_view& key, std::string_view& value,
               bool& escaped) {
    std::size_t end = 0;
    while (end < text.size() && is_of_a_key(text[end])) ++end;
    if (end == 0 || end >= text.size() || text[end] != '=') return false;
    key = text.substr(0, end);
    text.remove_prefix(end + 1);
    escaped = text.starts_with('"');
    if (!escaped) {
        end = std::min(text.find(' '), text.size());
        value = text.substr(0, end);
        if (value.ends_with(',')) value.remove_suffix(1);
        text.remove_prefix(end);
        return true;
    }
    end = 1;
    while (end < text.size() && text[end] != '"') end += text[end] == '\\' ? 2 : 1;
    end = std::min(end, text.size());
    value = text.substr(1, end - 1);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (text.starts_with(',')) text.remove_prefix(1);
    return true;
}

// Words that are no pairs are passed over.
std::size_t add_pairs(std::string_view text, const Fields* fields, std::size_t most) {
    std::size_t pairs = 0;
    while (!text.empty() && pairs < most) {
        std::string_view key;
        std::string_view value;
        bool escaped = false;
        if (text.front() == ' ') {
            text.remove_prefix(1);
        } else if (take_pair(text, key, value, escaped)) {
            ++pairs;
            if (fields == nullptr) continue;
            escaped ? fields->add_escaped(key, value) : fields->add(key, value);
        } else {
            text.remove_prefix(std::min(text.find(' '), text.size()));
        }
    }
    return pairs;
}

// Three pairs and nothing before them: what people write in sentences has fewer.
bool is_key_value(std::string_view text) {
    constexpr std::size_t enough = 3;
    const auto first = text.find_first_of(" =");
    if (first == std::string_view::npos || first == 0 || text[first] != '=') return false;
    return add_pairs(text, nullptr, enough) == enough;
}

// Where IN= begins, when OUT= and SRC= follow.
std::size_t find_netfilter(std::string_view text) {
    const auto in = text.starts_with("IN=") ? 0 : text.find(" IN=");
    if (in == std::string_view::npos) return in;
    const bool is_one = text.find(" OUT=", in) != std::string_view::npos &&
                        text.find(" SRC=", in) != std::string_view::npos &&
                        text.find(" DST=", in) != std::string_view::npos;
    return is_one ? in : std::string_view::npos;
}

// What the administrator's prefix says was done, as people word it: "[UFW BLOCK] ", "DROP: ".
std::string_view action_in(std::string_view prefix) {
    struct Word {
        std::string_view word;
        std::string_view action;
    };
    constexpr std::array<Word, 8> words{{{"BLOCK", "deny"},
                                         {"DROP", "deny"},
                                         {"DENY", "deny"},
                                         {"DENIED", "deny"},
                                         {"REJECT", "deny"},
                                         {"ALLOW", "accept"},
                                         {"ACCEPT", "accept"},
                                         {"PERMIT", "accept"}}};
    const auto upper = [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
    };
    for (const auto& [word, action] : words) {
        if (!std::ranges::search(prefix, word, {}, upper).empty()) return action;
    }
    return {};
}

}  // namespace

Payload add_payload(std::string_view text, const Names& names, Event& event) {
    const Fields fields(names, event);
    if (text.starts_with("CEF:")) return add_cef(text, fields) ? Payload::cef : Payload::none;
    if (text.starts_with("LEEF:")) return add_leef(text, fields) ? Payload::leef : Payload::none;
    const auto in = find_netfilter(text);
    if (in != std::string_view::npos) {
        const auto action = action_in(text.substr(0, in));
        if (!action.empty()) fields.add("action", action);
        add_pairs(text.substr(in), &fields, Event::most_fields);
        return Payload::netfilter;
    }
    if (!is_key_value(text)) return Payload::none;
    add_pairs(text, &fields, text.size());
    return Payload::key_value;
}

}  // namespace shoji::event
