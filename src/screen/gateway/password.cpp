#include "screen/gateway/password.h"

#include "core/base/printable.h"
#include "core/base/random.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include <sodium.h>

namespace shoji::gateway {
namespace {

constexpr unsigned long long passes = 3;
constexpr std::size_t memory = std::size_t{64} << 20U;

std::string lower(std::string_view text) {
    std::string lowered(text);
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lowered;
}

}  // namespace

base::Result<std::string> hash_password(std::string_view password) {
    std::array<char, crypto_pwhash_STRBYTES> hash{};
    if (sodium_init() < 0) std::abort();
    if (crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), passes, memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return base::fail(base::ErrorKind::unavailable,
                          "hashing a password: not enough memory ({} MiB)", memory >> 20U);
    }
    return std::string(hash.data());
}

bool verify_password(const std::string& hash, std::string_view password) {
    if (sodium_init() < 0) std::abort();
    return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

const std::string& nobodys_hash() {
    static const std::string hash = hash_password(base::random_hex(32)).value_or("");
    return hash;
}

std::optional<std::string_view> weakness_of(std::string_view password, std::string_view user) {
    constexpr std::size_t fewest_different = 5;
    if (password.size() > longest_password) return "enrol.password_long";
    std::set<char32_t> different;
    std::size_t characters = 0;
    for (std::string_view rest = password; !rest.empty(); ++characters) {
        const auto character = base::take_code_point(rest);
        if (!character) return "enrol.password_simple";
        different.insert(*character);
    }
    if (characters < shortest_password) return "enrol.password_short";
    const bool names_user = lower(password).find(lower(user)) != std::string::npos;
    if (different.size() < fewest_different || names_user) return "enrol.password_simple";
    return {};
}

std::string one_time_password() {
    constexpr std::string_view alphabet = "abcdefghijkmnpqrstuvwxyz23456789";
    static_assert(alphabet.size() == 32);
    std::array<std::uint8_t, 16> random{};
    base::fill_random(random);
    std::string password;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i > 0 && i % 4 == 0) password += '-';
        password += alphabet[random.at(i) % alphabet.size()];
    }
    return password;
}

}  // namespace shoji::gateway
