#include "watch/detect/sigma/encoding.h"

#include <algorithm>
#include <cctype>

#include <utf8proc.h>

namespace shoji::sigma {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void add_unit(std::string& to, unsigned int unit, Utf16 form) {
    const auto low = static_cast<char>(unit & 0xffU);
    const auto high = static_cast<char>(unit >> 8U);
    to.push_back(form == Utf16::big ? high : low);
    to.push_back(form == Utf16::big ? low : high);
}

bool is_word(char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' ||
           static_cast<unsigned char>(c) >= 0x80;
}

// Places of the dashes and slashes that a word follows and none precedes (the expression \B[-/]\b).
std::vector<std::size_t> option_dashes(std::string_view text) {
    std::vector<std::size_t> places;
    for (std::size_t i = 0; i + 1 < text.size(); ++i) {
        const bool dash = text[i] == '-' || text[i] == '/';
        if (dash && is_word(text[i + 1]) && (i == 0 || !is_word(text[i - 1]))) places.push_back(i);
    }
    return places;
}

constexpr std::array<std::string_view, 5> dashes{"-", "/", "\u2013", "\u2014", "\u2015"};

// The texts with the dashes at `places` in every combination, or all alike where those are too
// many.
std::vector<std::string> dash_forms(std::string_view text) {
    const auto places = option_dashes(text);
    std::size_t forms = 1;
    for (std::size_t i = 0; i < places.size() && forms <= most_dash_forms; ++i) {
        forms *= dashes.size();
    }
    const bool alike = forms > most_dash_forms;
    if (alike) forms = dashes.size();
    std::vector<std::string> all;
    for (std::size_t form = 0; form < forms; ++form) {
        std::string one;
        std::size_t at = 0;
        std::size_t choice = form;
        for (const auto place : places) {
            one += text.substr(at, place - at);
            one += dashes[choice % dashes.size()];
            if (!alike) choice /= dashes.size();
            at = place + 1;
        }
        one += text.substr(at);
        all.push_back(std::move(one));
    }
    return all;
}

}  // namespace

std::string to_utf16(std::string_view text, Utf16 form) {
    std::string units;
    if (form == Utf16::with_mark) add_unit(units, 0xfeff, form);
    const auto* bytes = reinterpret_cast<const utf8proc_uint8_t*>(text.data());
    std::size_t at = 0;
    while (at < text.size()) {
        utf8proc_int32_t read = 0;
        const auto length =
            utf8proc_iterate(bytes + at, static_cast<utf8proc_ssize_t>(text.size() - at), &read);
        const auto point = length > 0 ? static_cast<unsigned int>(read) : 0xfffdU;
        at += length > 0 ? static_cast<std::size_t>(length) : 1;
        if (point < 0x10000) {
            add_unit(units, point, form);
        } else {
            add_unit(units, 0xd800U + ((point - 0x10000U) >> 10U), form);
            add_unit(units, 0xdc00U + ((point - 0x10000U) & 0x3ffU), form);
        }
    }
    return units;
}

std::string to_base64(std::string_view bytes) {
    std::string text;
    for (std::size_t at = 0; at < bytes.size(); at += 3) {
        const std::size_t count = std::min<std::size_t>(3, bytes.size() - at);
        unsigned int group = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            group = group << 8U | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0U);
        }
        for (std::size_t i = 0; i < 4; ++i) {
            text.push_back(i <= count ? alphabet[group >> (18 - 6 * i) & 0x3fU] : '=');
        }
    }
    return text;
}

std::array<std::string, 3> base64_offsets(std::string_view bytes) {
    // With `offset` bytes before, the first characters hold bits of those; at the end likewise.
    constexpr std::array<std::size_t, 3> foreign_at_start{0, 2, 3};
    constexpr std::array<std::size_t, 3> foreign_at_end{0, 3, 2};
    std::array<std::string, 3> all;
    for (std::size_t offset = 0; offset < all.size(); ++offset) {
        const auto text = to_base64(std::string(offset, ' ') + std::string(bytes));
        const std::size_t cut = foreign_at_end[(bytes.size() + offset) % 3];
        const std::size_t start = std::min(foreign_at_start[offset], text.size() - cut);
        all[offset] = text.substr(start, text.size() - cut - start);
    }
    return all;
}

std::vector<Glob> windows_dashes(const Glob& glob) {
    std::vector<Glob> all(1);
    for (const auto& part : glob.parts()) {
        const auto forms =
            part.kind == Glob::Kind::literal ? dash_forms(part.text) : std::vector<std::string>(1);
        const bool many = all.size() * forms.size() > most_dash_forms;
        std::vector<Glob> next;
        for (std::size_t i = 0; i < all.size(); ++i) {
            for (std::size_t form = 0; form < forms.size(); ++form) {
                if (many && form != i % forms.size()) continue;
                next.push_back(all[i]);
                next.back().append(part.kind, forms[form]);
            }
        }
        all = std::move(next);
    }
    return all;
}

}  // namespace shoji::sigma
