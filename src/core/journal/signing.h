// The Ed25519 keys (RFC 8032) that sign the journal's checkpoints.
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace shoji::journal {

using PublicKey = std::array<std::uint8_t, 32>;
using Signature = std::array<std::uint8_t, 64>;

// Wiped from memory when it ends; moved, never copied.
class SigningKey {
  public:
    static SigningKey generate();
    // The file that save() wrote. Refused when others than its owner may read it.
    static base::Result<SigningKey> load(const std::filesystem::path& path);

    SigningKey(SigningKey&& other) noexcept;
    SigningKey& operator=(SigningKey&& other) noexcept;
    SigningKey(const SigningKey&) = delete;
    SigningKey& operator=(const SigningKey&) = delete;
    ~SigningKey();

    // Makes the file, mode 0600, on disk when this returns; it must not be there yet.
    [[nodiscard]] base::Result<void> save(const std::filesystem::path& path) const;
    [[nodiscard]] PublicKey public_key() const;
    [[nodiscard]] Signature sign(std::string_view message) const;

  private:
    SigningKey() = default;

    std::array<std::uint8_t, 64> secret_{};  // as libsodium keeps it: seed and public key
};

bool verify_signature(const PublicKey& key, std::string_view message, const Signature& signature);

// A line "ed25519 <64 hexadecimal digits>": the content of audit.pub.
std::string to_text(const PublicKey& key);
base::Result<PublicKey> public_key_from(std::string_view text);
base::Result<PublicKey> load_public_key(const std::filesystem::path& path);

}  // namespace shoji::journal
