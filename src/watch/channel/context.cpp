#include "watch/channel/context.h"

#include "access/purpose.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace shoji::channel {
namespace {

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Stream = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

constexpr std::array<unsigned char, 15> protocol{14,  's', 'h', 'o', 'j', 'i', '-', 's',
                                                 'e', 'n', 's', 'o', 'r', '/', '1'};

base::Failure library_error(std::string_view doing) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return base::fail(base::ErrorKind::invalid, "{}: {}", doing, text.data());
}

Stream reading(const std::string& text) {
    return Stream(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Certificate certificate_from(const std::string& pem) {
    return Certificate(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr));
}

bool has_purpose(const X509* certificate, std::string_view purpose) {
    const std::unique_ptr<ASN1_OBJECT, Deleter<ASN1_OBJECT_free>> wanted(
        OBJ_txt2obj(std::string(purpose).c_str(), 1));
    const std::unique_ptr<EXTENDED_KEY_USAGE, Deleter<EXTENDED_KEY_USAGE_free>> usage(
        static_cast<EXTENDED_KEY_USAGE*>(
            X509_get_ext_d2i(certificate, NID_ext_key_usage, nullptr, nullptr)));
    if (!wanted || !usage) return false;
    for (int i = 0; i < sk_ASN1_OBJECT_num(usage.get()); ++i) {
        if (OBJ_cmp(sk_ASN1_OBJECT_value(usage.get(), i), wanted.get()) == 0) return true;
    }
    return false;
}

// OpenSSL knows the two purposes of the web only: ours is asked here, of the peer itself.
template <const std::string_view& Purpose>
int check_purpose(int good, X509_STORE_CTX* chain) {
    if (good == 0 || X509_STORE_CTX_get_error_depth(chain) != 0) return good;
    if (has_purpose(X509_STORE_CTX_get_current_cert(chain), Purpose)) return 1;
    X509_STORE_CTX_set_error(chain, X509_V_ERR_INVALID_PURPOSE);
    return 0;
}

int choose_protocol(SSL* /*connection*/, const unsigned char** chosen, unsigned char* size,
                    const unsigned char* offered, unsigned int offered_size, void* /*unused*/) {
    unsigned char* found = nullptr;
    if (SSL_select_next_proto(&found, size, protocol.data(), protocol.size(), offered,
                              offered_size) != OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *chosen = found;
    return SSL_TLSEXT_ERR_OK;
}

base::Result<void> use(SSL_CTX* context, const Credentials& credentials) {
    const Certificate own = certificate_from(credentials.certificate);
    const Key key(
        PEM_read_bio_PrivateKey(reading(credentials.key).get(), nullptr, nullptr, nullptr));
    const Certificate authority = certificate_from(credentials.authority);
    if (!own || !key || !authority) return library_error("reading a certificate or its key");
    if (SSL_CTX_use_certificate(context, own.get()) != 1 ||
        SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        return library_error("using a certificate and its key");
    }
    if (X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority.get()) != 1 ||
        SSL_CTX_add_client_CA(context, authority.get()) != 1) {
        return library_error("trusting the authority");
    }
    return {};
}

// The part of a text from one mark to the end of the line of another.
std::string between(const std::string& text, std::string_view begin, std::string_view end,
                    std::size_t& at) {
    const auto from = text.find(begin, at);
    const auto to = from == std::string::npos ? from : text.find(end, from);
    if (to == std::string::npos) return {};
    at = to + end.size();
    return text.substr(from, at - from) + "\n";
}

}  // namespace

base::Result<Credentials> credentials_from_bundle(const std::string& bundle) {
    Credentials credentials;
    std::size_t at = 0;
    credentials.key =
        between(bundle, "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", at);
    for (std::string* into : {&credentials.certificate, &credentials.authority}) {
        *into = between(bundle, "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", at);
    }
    if (credentials.key.empty() || credentials.certificate.empty() ||
        credentials.authority.empty()) {
        return base::fail(base::ErrorKind::invalid,
                          "a sensor's bundle has a key, a certificate and an authority, in this "
                          "order: make one with 'shoji sensor enrol'");
    }
    return credentials;
}

std::string bundle_of(const Credentials& credentials) {
    return credentials.key + credentials.certificate + credentials.authority;
}

base::Result<Context> Context::make(End end, const Credentials& credentials) {
    std::shared_ptr<SSL_CTX> context(
        SSL_CTX_new(end == End::hub ? TLS_server_method() : TLS_client_method()), SSL_CTX_free);
    if (!context) return library_error("setting TLS up");
    SSL_CTX* raw = context.get();
    SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION);
    SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_num_tickets(raw, 0);
    SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_purpose(raw, X509_PURPOSE_ANY);
    SSL_CTX_set_verify(raw, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
                       end == End::hub ? check_purpose<access::sensor_purpose>
                                       : check_purpose<access::hub_purpose>);
    SSL_CTX_set_verify_depth(raw, 1);
    if (end == End::hub) {
        SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
    } else if (SSL_CTX_set_alpn_protos(raw, protocol.data(), protocol.size()) != 0) {
        return library_error("naming the protocol");
    }
    if (auto used = use(raw, credentials); !used) return base::Failure(used.error());
    return Context(end, std::move(context));
}

std::optional<Peer> peer_of(SSL* connection) {
    const X509* certificate = SSL_get0_peer_certificate(connection);
    if (certificate == nullptr || SSL_get_verify_result(connection) != X509_V_OK) return {};
    Peer peer;
    unsigned int size = 0;
    std::array<char, 256> name{};
    const int length = X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName,
                                                 name.data(), name.size());
    if (length <= 0 ||
        X509_digest(certificate, EVP_sha256(), peer.fingerprint.data(), &size) != 1 ||
        size != peer.fingerprint.size()) {
        return {};
    }
    peer.name.assign(name.data(), static_cast<std::size_t>(length));
    return peer;
}

}  // namespace shoji::channel
