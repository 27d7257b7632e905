#include "screen/gateway/tls.h"

#include <array>
#include <ctime>
#include <string>

#include <boost/asio/ssl/context.hpp>
#include <boost/system/system_error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace shoji::gateway {
namespace {

constexpr std::array<unsigned char, 9> alpn{8, 'h', 't', 't', 'p', '/', '1', '.', '1'};

int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* /*unused*/) {
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, size, alpn.data(), alpn.size(), offered, offered_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

// Where a connection keeps what was wrong first with the certificate that it was shown.
int error_slot() {
    static const int slot = SSL_get_ex_new_index(0, nullptr, nullptr, nullptr, nullptr);
    return slot;
}

int first_error(const SSL* connection) {
    // A number of OpenSSL in the place of a pointer: nothing is pointed to.
    return static_cast<int>(
        reinterpret_cast<std::intptr_t>(SSL_get_ex_data(connection, error_slot())));
}

// The handshake goes on whatever the certificate is, so that the refusal can be a page that says
// why; shown_certificate() tells.
int remember_error(int good, X509_STORE_CTX* chain) {
    auto* connection =
        static_cast<SSL*>(X509_STORE_CTX_get_ex_data(chain, SSL_get_ex_data_X509_STORE_CTX_idx()));
    if (good == 0 && first_error(connection) == X509_V_OK) {
        const std::intptr_t error = X509_STORE_CTX_get_error(chain);
        SSL_set_ex_data(connection, error_slot(), reinterpret_cast<void*>(error));
    }
    return 1;
}

base::Failure library_error(const std::string& doing) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return base::fail(base::ErrorKind::system, "{}: {}", doing, text.data());
}

store::Seconds seconds_of(const ASN1_TIME* time) {
    std::tm parts{};
    if (ASN1_TIME_to_tm(time, &parts) != 1) return 0;
    return ::timegm(&parts);
}

base::Result<void> ask_for_certificates(SSL_CTX* context, const std::string& authority) {
    if (SSL_CTX_load_verify_file(context, authority.c_str()) != 1) {
        return library_error("reading the terminals' authority " + authority);
    }
    STACK_OF(X509_NAME)* names = SSL_load_client_CA_file(authority.c_str());
    if (names == nullptr) return library_error("reading the terminals' authority " + authority);
    SSL_CTX_set_client_CA_list(context, names);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, remember_error);
    SSL_CTX_set_verify_depth(context, 2);
    return {};
}

}  // namespace

base::Result<TlsContext> load_tls(const std::filesystem::path& folder,
                                  base::ClientCertificate mode) {
    namespace ssl = boost::asio::ssl;
    TlsContext owner;
    try {
        owner = std::make_shared<ssl::context>(ssl::context::tls_server);
    } catch (const boost::system::system_error& error) {
        return base::fail(base::ErrorKind::system, "setting TLS up: {}", error.what());
    }
    SSL_CTX* context = owner->native_handle();
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_options(context,
                        SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_num_tickets(context, 0);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(context, choose_protocol, nullptr);
    const std::string certificate = folder / "tls.crt";
    const std::string key = folder / "tls.key";
    if (SSL_CTX_use_certificate_chain_file(context, certificate.c_str()) != 1) {
        return library_error("reading the gateway's certificate " + certificate);
    }
    if (SSL_CTX_use_PrivateKey_file(context, key.c_str(), SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return library_error("reading the gateway's key " + key);
    }
    if (mode != base::ClientCertificate::off) {
        if (auto asked = ask_for_certificates(context, folder / "clients.crt"); !asked) {
            return base::Failure(asked.error());
        }
    }
    return owner;
}

store::Seconds own_certificate_expires(const TlsContext& context) {
    const X509* certificate = SSL_CTX_get0_certificate(context->native_handle());
    return certificate == nullptr ? 0 : seconds_of(X509_get0_notAfter(certificate));
}

std::optional<ShownCertificate> shown_certificate(SSL* connection) {
    const X509* certificate = SSL_get0_peer_certificate(connection);
    if (certificate == nullptr) return {};
    ShownCertificate shown;
    unsigned int size = 0;
    if (X509_digest(certificate, EVP_sha256(), shown.fingerprint.data(), &size) != 1 ||
        size != shown.fingerprint.size()) {
        return shown;  // not verified: refused
    }
    shown.expires = seconds_of(X509_get0_notAfter(certificate));
    const int error = first_error(connection);
    shown.verified = error == X509_V_OK && SSL_get_verify_result(connection) == X509_V_OK;
    shown.out_of_date =
        error == X509_V_ERR_CERT_HAS_EXPIRED || error == X509_V_ERR_CERT_NOT_YET_VALID;
    return shown;
}

}  // namespace shoji::gateway
