// What the gateway must keep secret at rest, and marks of what it must recognise again without
// keeping it. The key stands in a file of its own, apart from the database, so that a copy of the
// database alone yields no second factor.
#pragma once

#include "core/base/result.h"
#include "core/store/types.h"

#include <filesystem>
#include <span>
#include <string_view>

namespace shoji::store {

class Vault {
  public:
    static constexpr std::size_t key_bytes = 32;

    // Reads the key: a regular file of exactly key_bytes that its owner alone may read.
    static base::Result<Vault> load(const std::filesystem::path& path);
    explicit Vault(std::span<const std::uint8_t, key_bytes> key);
    Vault(const Vault&) = delete;
    Vault& operator=(const Vault&) = delete;
    Vault(Vault&&) noexcept;
    Vault& operator=(Vault&&) noexcept;
    ~Vault();

    // XSalsa20-Poly1305 with a random nonce before it (libsodium, crypto_secretbox).
    [[nodiscard]] Bytes seal(std::span<const std::uint8_t> secret) const;
    // `corrupt` when it was altered or sealed by another key.
    [[nodiscard]] base::Result<Bytes> open(std::span<const std::uint8_t> sealed) const;

    // Keyed BLAKE2b: equal texts of one purpose give equal marks, and nothing else can be told.
    [[nodiscard]] Digest mark(std::string_view purpose, std::string_view text) const;

  private:
    std::array<std::uint8_t, key_bytes> sealing_{};
    std::array<std::uint8_t, key_bytes> marking_{};
};

// BLAKE2b-256 of a token of at least 128 random bits, which needs no key to resist guessing.
Digest digest_of(std::span<const std::uint8_t> token);

}  // namespace shoji::store
