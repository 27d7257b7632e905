// TLS 1.3 and nothing older, HTTP/1.1 and nothing else, and terminals' certificates.
#pragma once

#include "core/base/result.h"
#include "core/base/settings.h"
#include "core/store/types.h"

#include <filesystem>
#include <memory>
#include <optional>

#include <openssl/types.h>

namespace boost::asio::ssl {
class context;
}

namespace shoji::gateway {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// Reads tls.crt and tls.key of `folder`, and clients.crt, the authority that issues terminals'
// certificates, unless `mode` is off. Sessions are not resumed: each connection shows its
// certificate again, so that a revoked one is not remembered as good.
base::Result<TlsContext> load_tls(const std::filesystem::path& folder,
                                  base::ClientCertificate mode);

// When the gateway's own certificate ends.
store::Seconds own_certificate_expires(const TlsContext& context);

// What a terminal showed in the handshake; nothing about it is trusted before `verified`.
struct ShownCertificate {
    store::Digest fingerprint{};  // SHA-256 of its DER
    store::Seconds expires = 0;
    bool verified = false;     // issued by clients.crt, for clients, and valid now
    bool out_of_date = false;  // the only thing amiss is its time
};

// None when the terminal showed no certificate.
std::optional<ShownCertificate> shown_certificate(SSL* connection);

}  // namespace shoji::gateway
