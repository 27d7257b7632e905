#include "screen/gateway/totp.h"

#include <array>
#include <cstdlib>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>

namespace shoji::gateway {

std::string totp_code(std::span<const std::uint8_t> secret, std::int64_t counter) {
    std::array<std::uint8_t, 8> message{};
    const auto wide = static_cast<std::uint64_t>(counter);
    for (std::size_t i = 0; i < message.size(); ++i) {
        message.at(i) = static_cast<std::uint8_t>(wide >> (8 * (message.size() - 1 - i)));
    }
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> mac{};
    unsigned int size = 0;
    if (HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), message.data(),
             message.size(), mac.data(), &size) == nullptr) {
        std::abort();  // only without memory: no code may then be taken for right
    }
    const std::size_t offset = mac.at(size - 1) & 0x0fU;
    std::uint32_t number = mac.at(offset) & 0x7fU;
    for (std::size_t i = 1; i < 4; ++i) number = number << 8U | mac.at(offset + i);
    return fmt::format("{:06}", number % 1'000'000);
}

std::optional<std::int64_t> matching_totp_counter(std::span<const std::uint8_t> secret,
                                                  std::string_view code, std::int64_t now,
                                                  std::int64_t last_used) {
    constexpr std::size_t digits = 6;
    if (code.size() != digits) return {};
    std::optional<std::int64_t> found;
    const std::int64_t present = totp_counter(now);
    for (std::int64_t counter = present - 1; counter <= present + 1; ++counter) {
        const std::string expected = totp_code(secret, counter);
        if (sodium_memcmp(expected.data(), code.data(), digits) == 0 && counter > last_used) {
            found = counter;
        }
    }
    return found;
}

std::string base32(std::span<const std::uint8_t> bytes) {
    constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    std::string text;
    std::uint32_t held = 0;
    unsigned int bits = 0;
    for (const std::uint8_t byte : bytes) {
        held = (held << 8U | byte) & 0xfffU;  // at most 4 bits are left from before
        bits += 8;
        while (bits >= 5) {
            bits -= 5;
            text += alphabet[held >> bits & 0x1fU];
        }
    }
    if (bits > 0) text += alphabet[held << (5 - bits) & 0x1fU];
    return text;
}

std::string totp_uri(std::string_view user, std::span<const std::uint8_t> secret) {
    return fmt::format(
        "otpauth://totp/Shoji:{}?secret={}&issuer=Shoji&algorithm=SHA1&digits=6&period={}", user,
        base32(secret), totp_step_seconds);
}

}  // namespace shoji::gateway
