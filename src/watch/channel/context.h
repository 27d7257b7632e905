// What TLS between sensors and the hub rests on: 1.3 and nothing older, both ends with a
// certificate of the city's own authority that is meant for that end (access/purpose.h). No session
// is resumed: each connection shows its certificate again.
#pragma once

#include "core/base/result.h"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include <openssl/types.h>

namespace shoji::channel {

// PEM texts. The key is a secret.
struct Credentials {
    std::string key;
    std::string certificate;
    std::string authority;
};

// A sensor's bundle (`shoji sensor enrol`): key, certificate and authority in one text.
base::Result<Credentials> credentials_from_bundle(const std::string& bundle);
std::string bundle_of(const Credentials& credentials);

enum class End { sensor, hub };

class Context {
  public:
    // For `end`, which has these credentials and speaks to the other end only.
    static base::Result<Context> make(End end, const Credentials& credentials);

    [[nodiscard]] SSL_CTX* native() const { return context_.get(); }
    [[nodiscard]] End end() const { return end_; }

  private:
    Context(End end, std::shared_ptr<SSL_CTX> context) : end_(end), context_(std::move(context)) {}

    End end_;
    std::shared_ptr<SSL_CTX> context_;
};

// Who is at the other end: its certificate was issued by the authority, for this purpose, and is
// valid now.
struct Peer {
    std::string name;
    std::array<std::uint8_t, 32> fingerprint{};  // SHA-256 of the certificate's DER
};
std::optional<Peer> peer_of(SSL* connection);

}  // namespace shoji::channel
