#include "watch/detect/intrusion/usual.h"

#include "watch/detect/incident/names.h"
#include "watch/detect/intrusion/hash.h"

#include <algorithm>

namespace shoji::intrusion {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_hexadecimal(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z');
}

}  // namespace

Standing Usual::standing(const Thing& thing, std::string_view host, const Age& age) const {
    Standing before;
    before.hosts = thing.hosts.size();
    before.count = thing.count;
    before.on_this_host = std::ranges::find(thing.hosts, hash_of(host)) != thing.hosts.end();
    // While there is nothing to compare with, a day on several hosts is all one can ask for.
    const auto ageing = age.is_learning() ? incident::day : ageing_;
    const bool is_learnt = !age.is_learning() && thing.first - age.began < age.learning;
    const bool is_common = before.hosts >= common_hosts_ && age.now - thing.first >= ageing;
    before.is_usual = thing.count > 0 && (is_learnt || is_common);
    return before;
}

Standing Usual::meet(std::string_view name, const std::string& host, const Age& age) {
    auto& thing = things_.touch(name);
    if (thing.count == 0) thing.first = age.now;
    const auto before = standing(thing, host, age);
    ++thing.count;
    if (!before.on_this_host && thing.hosts.size() < most_hosts)
        thing.hosts.push_back(hash_of(host));
    return before;
}

Standing Usual::look(std::string_view name, std::string_view host, const Age& age) const {
    const auto* thing = things_.find(name);
    return thing == nullptr ? Standing{} : standing(*thing, host, age);
}

std::string shape_of(std::string_view name) {
    constexpr std::size_t least_hexadecimal = 4;
    const auto key = incident::path_key(name);
    std::string shape;
    for (std::size_t at = 0; at < key.size();) {
        std::size_t end = at;
        while (end < key.size() && is_word(key[end])) ++end;
        const auto word = std::string_view(key).substr(at, end - at);
        if (word.empty()) {
            shape += key[at++];
            continue;
        }
        const bool is_number = word.size() >= least_hexadecimal &&
                               std::ranges::all_of(word, is_hexadecimal) &&
                               std::ranges::any_of(word, is_digit);
        for (const char c : is_number ? std::string_view("0") : word) {
            if (!is_digit(c)) {
                shape += c;
            } else if (shape.empty() || shape.back() != '#') {
                shape += '#';
            }
        }
        at = end;
    }
    return shape;
}

}  // namespace shoji::intrusion
