#include "screen/gateway/token.h"

#include "core/base/random.h"
#include "core/store/vault.h"

#include <sodium.h>

namespace shoji::gateway {
namespace {

int digit_value(char digit) {
    if (digit >= '0' && digit <= '9') return digit - '0';
    if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
    return -1;
}

}  // namespace

Token new_token() {
    Token token{};
    base::fill_random(token);
    return token;
}

std::string to_hex(const Token& token) {
    return base::to_hex(token);
}

std::optional<Token> token_from(std::string_view text) {
    Token token{};
    if (text.size() != token.size() * 2) return {};
    for (std::size_t i = 0; i < token.size(); ++i) {
        const int high = digit_value(text[2 * i]);
        const int low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0) return {};
        token.at(i) = static_cast<std::uint8_t>(high * 16 + low);
    }
    return token;
}

store::Digest digest_of(const Token& token) {
    return store::digest_of(token);
}

std::string csrf_of(const Token& cookie) {
    constexpr std::string_view purpose = "csrf";
    std::array<std::uint8_t, 32> csrf{};
    crypto_generichash(csrf.data(), csrf.size(),
                       reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
                       cookie.data(), cookie.size());
    return base::to_hex(csrf);
}

bool equal_in_constant_time(std::string_view one, std::string_view other) {
    return one.size() == other.size() && sodium_memcmp(one.data(), other.data(), one.size()) == 0;
}

}  // namespace shoji::gateway
