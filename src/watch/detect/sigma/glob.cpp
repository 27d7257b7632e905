#include "watch/detect/sigma/glob.h"

#include "watch/detect/sigma/fold.h"

#include <algorithm>
#include <ranges>
#include <span>

namespace shoji::sigma {
namespace {

using Parts = std::span<const Glob::Part>;

// Bytes of the code point at the beginning of `text`, which is not empty; a byte that begins none
// counts as one.
std::size_t point_length(std::string_view text) {
    std::size_t length = 1;
    if (static_cast<unsigned char>(text.front()) < 0xc0) return length;
    while (length < text.size() && length < 4 &&
           (static_cast<unsigned char>(text[length]) & 0xc0U) == 0x80) {
        ++length;
    }
    return length;
}

// How many bytes the parts, none of which is 'any', take at the beginning of `text`.
std::optional<std::size_t> match_here(Parts parts, std::string_view text) {
    std::size_t taken = 0;
    for (const auto& part : parts) {
        const auto rest = text.substr(taken);
        if (part.kind == Glob::Kind::one) {
            if (rest.empty()) return std::nullopt;
            taken += point_length(rest);
        } else {
            if (!rest.starts_with(part.text)) return std::nullopt;
            taken += part.text.size();
        }
    }
    return taken;
}

// Where the parts match first, and how many bytes they take there.
struct Found {
    std::size_t at;
    std::size_t length;
};
std::optional<Found> find_first(Parts parts, std::string_view text) {
    std::size_t at = 0;
    while (true) {
        if (!parts.empty() && parts.front().kind == Glob::Kind::literal) {
            at = text.find(parts.front().text, at);
            if (at == std::string_view::npos) return std::nullopt;
        }
        if (const auto length = match_here(parts, text.substr(at))) return Found{at, *length};
        if (at == text.size()) return std::nullopt;
        at += point_length(text.substr(at));
    }
}

// Bytes of the code point at the end of `text`, which is not empty.
std::size_t last_point_length(std::string_view text) {
    const std::size_t most = std::min<std::size_t>(4, text.size());
    for (std::size_t length = 2; length <= most; ++length) {
        if (point_length(text.substr(text.size() - length)) == length) return length;
    }
    return 1;
}

// Whether the parts, none of which is 'any', match the end of `text`.
bool match_end(Parts parts, std::string_view text) {
    for (const auto& part : std::views::reverse(parts)) {
        if (part.kind == Glob::Kind::one) {
            if (text.empty()) return false;
            text.remove_suffix(last_point_length(text));
        } else {
            if (!text.ends_with(part.text)) return false;
            text.remove_suffix(part.text.size());
        }
    }
    return true;
}

Parts until_any(Parts parts) {
    const auto end = std::ranges::find(parts, Glob::Kind::any, &Glob::Part::kind);
    return parts.first(static_cast<std::size_t>(end - parts.begin()));
}

}  // namespace

void Glob::append(Kind kind, std::string_view text) {
    if (kind == Kind::literal) {
        if (text.empty()) return;
        if (!parts_.empty() && parts_.back().kind == Kind::literal) {
            parts_.back().text += text;
            return;
        }
    }
    const bool repeated = kind == Kind::any && !parts_.empty() && parts_.back().kind == Kind::any;
    if (!repeated) parts_.push_back({kind, std::string(text)});
}

Glob Glob::parse(std::string_view sigma) {
    Glob glob;
    for (std::size_t i = 0; i < sigma.size(); ++i) {
        const char c = sigma[i];
        if (c == '*') {
            glob.append(Kind::any, {});
        } else if (c == '?') {
            glob.append(Kind::one, {});
        } else {
            const bool escape =
                c == '\\' && i + 1 < sigma.size() &&
                std::string_view("*?\\").find(sigma[i + 1]) != std::string_view::npos;
            if (escape) ++i;
            glob.append(Kind::literal, sigma.substr(i, 1));
        }
    }
    return glob;
}

Glob Glob::plain(std::string_view text) {
    Glob glob;
    glob.append(Kind::literal, text);
    return glob;
}

void Glob::any_before() {
    if (parts_.empty() || parts_.front().kind != Kind::any) {
        parts_.insert(parts_.begin(), Part{Kind::any, {}});
    }
}

void Glob::any_after() {
    append(Kind::any, {});
}

bool Glob::matches(std::string_view text) const {
    Parts parts = parts_;
    auto segment = until_any(parts);
    if (segment.size() == parts.size()) return match_here(segment, text) == text.size();
    const auto start = match_here(segment, text);
    if (!start) return false;
    text.remove_prefix(*start);
    parts = parts.subspan(segment.size() + 1);
    while (true) {
        segment = until_any(parts);
        if (segment.size() == parts.size()) return segment.empty() || match_end(segment, text);
        const auto found = find_first(segment, text);
        if (!found) return false;
        text.remove_prefix(found->at + found->length);
        parts = parts.subspan(segment.size() + 1);
    }
}

Glob Glob::folded() const {
    Glob glob = *this;
    for (auto& part : glob.parts_) part.text = fold(part.text);
    return glob;
}

Glob::Shape Glob::shape() const {
    const auto is_any = [](const Part& part) { return part.kind == Kind::any; };
    if (parts_.empty()) return Shape::equal;
    if (parts_.size() == 1 && is_any(parts_.front())) return Shape::anything;
    if (parts_.size() > 3 || std::ranges::count(parts_, Kind::literal, &Part::kind) != 1 ||
        std::ranges::count(parts_, Kind::one, &Part::kind) != 0) {
        return Shape::general;
    }
    const bool before = is_any(parts_.front());
    const bool after = is_any(parts_.back());
    if (before && after) return Shape::inside;
    if (before) return Shape::end;
    return after ? Shape::start : Shape::equal;
}

std::string_view Glob::only_literal() const {
    const auto literal = std::ranges::find(parts_, Kind::literal, &Part::kind);
    return literal == parts_.end() ? std::string_view() : literal->text;
}

std::string_view Glob::longest_literal() const {
    std::string_view longest;
    for (const auto& part : parts_) {
        if (part.text.size() > longest.size()) longest = part.text;
    }
    return longest;
}

std::optional<std::string> Glob::as_plain() const {
    if (parts_.empty()) return std::string();
    if (parts_.size() > 1 || parts_.front().kind != Kind::literal) return std::nullopt;
    return parts_.front().text;
}

}  // namespace shoji::sigma
