// The installation's own certificate authority (X.509, RFC 5280) on OpenSSL: it vouches for the
// gateway and for terminals. Keys are ECDSA on P-256. Pure but for the kernel's randomness: PEM
// text in and out; what becomes a file is the caller's business.
#pragma once

#include "core/base/result.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::access {

struct Identity {
    std::string key;          // PEM, PKCS #8, not encrypted: a secret
    std::string certificate;  // PEM
};

// What a terminal's user imports, and what the gateway must know of it.
struct TerminalIdentity {
    std::vector<std::uint8_t>
        pkcs12;               // key, certificate and authority, encrypted with the passphrase
    std::string passphrase;   // made here: 100 bits, easy to type
    std::string fingerprint;  // SHA-256 of the certificate, hexadecimal
    std::chrono::sys_seconds expires;
};

// A self-signed certificate that may only sign others. `name` is shown to whoever imports it.
base::Result<Identity> make_authority(std::string_view name, std::chrono::days lifetime);

// For the gateway: valid for the host name and the IP addresses (RFC 6125).
base::Result<Identity> issue_server(const Identity& authority, const std::string& host_name,
                                    const std::vector<std::string>& addresses,
                                    std::chrono::days lifetime);

// For a terminal, named `name`; usable as a TLS client only.
base::Result<TerminalIdentity> issue_terminal(const Identity& authority, const std::string& name,
                                              std::chrono::days lifetime);

// One of the watch's two parts, named `name`, for the purpose that purpose.h gives that part and
// for no other: a terminal's certificate makes no sensor, a sensor's no terminal, and only the hub
// can be taken for the hub.
enum class Part { sensor, hub };
base::Result<Identity> issue_part(const Identity& authority, Part part, const std::string& name,
                                  std::chrono::days lifetime);

base::Result<std::chrono::sys_seconds> expiry_of(const std::string& certificate);
base::Result<std::string> fingerprint_of(const std::string& certificate);

}  // namespace shoji::access
