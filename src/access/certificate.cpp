#include "access/certificate.h"

#include "access/purpose.h"
#include "core/base/random.h"

#include <array>
#include <ctime>
#include <memory>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

namespace shoji::access {
namespace {

using base::ErrorKind;
using base::fail;

template <auto Free>
struct Deleter {
    template <class T>
    void operator()(T* pointer) const {
        Free(pointer);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Deleter<X509_free>>;
using Stream = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

base::Failure failed(std::string_view doing) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    return fail(ErrorKind::system, "{}: {}", doing, text.data());
}

std::string take(const Stream& stream) {
    char* bytes = nullptr;
    const long length = BIO_get_mem_data(stream.get(), &bytes);
    return {bytes, static_cast<std::size_t>(length)};
}

Stream reading(std::string_view text) {
    return Stream(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string to_pem(EVP_PKEY* key) {
    const Stream stream(BIO_new(BIO_s_secmem()));
    PEM_write_bio_PKCS8PrivateKey(stream.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return take(stream);
}

std::string to_pem(X509* certificate) {
    const Stream stream(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(stream.get(), certificate);
    return take(stream);
}

Certificate certificate_from(const std::string& pem) {
    return Certificate(PEM_read_bio_X509(reading(pem).get(), nullptr, nullptr, nullptr));
}

struct Extension {
    int kind;
    std::string value;
};

// What all certificates here have in common. The serial number is 127 random bits (RFC 5280,
// section 4.1.2.2); validity begins an hour ago for terminals whose clock is late.
bool fill(X509* certificate, EVP_PKEY* key, std::string_view name, std::chrono::days lifetime) {
    std::array<std::uint8_t, 16> serial{};
    base::fill_random(serial);
    serial[0] &= 0x7fU;
    const std::unique_ptr<BIGNUM, Deleter<BN_free>> number(
        BN_bin2bn(serial.data(), static_cast<int>(serial.size()), nullptr));
    const auto* text = reinterpret_cast<const unsigned char*>(name.data());
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(lifetime).count();
    return number && X509_set_version(certificate, X509_VERSION_3) == 1 &&
           BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
           X509_gmtime_adj(X509_getm_notBefore(certificate), -3600) != nullptr &&
           X509_gmtime_adj(X509_getm_notAfter(certificate), seconds) != nullptr &&
           X509_set_pubkey(certificate, key) == 1 &&
           X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8, text,
                                      static_cast<int>(name.size()), -1, 0) == 1;
}

bool extend(X509* certificate, X509* issuer, const std::vector<Extension>& extensions) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    for (const auto& [kind, value] : extensions) {
        const std::unique_ptr<X509_EXTENSION, Deleter<X509_EXTENSION_free>> extension(
            X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
        if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) return false;
    }
    return true;
}

struct Issued {
    Key key;
    Certificate certificate;
};

base::Result<Issued> issue(const Identity& authority, std::string_view name,
                           std::chrono::days lifetime, std::vector<Extension> extensions) {
    const Certificate issuer = certificate_from(authority.certificate);
    const Key issuer_key(
        PEM_read_bio_PrivateKey(reading(authority.key).get(), nullptr, nullptr, nullptr));
    if (!issuer || !issuer_key) return failed("reading the certificate authority");
    extensions.insert(extensions.begin(), {{NID_basic_constraints, "critical,CA:FALSE"},
                                           {NID_key_usage, "critical,digitalSignature"},
                                           {NID_subject_key_identifier, "hash"},
                                           {NID_authority_key_identifier, "keyid:always"}});
    Issued issued{Key(EVP_EC_gen("P-256")), Certificate(X509_new())};
    if (!issued.key || !issued.certificate ||
        !fill(issued.certificate.get(), issued.key.get(), name, lifetime) ||
        X509_set_issuer_name(issued.certificate.get(), X509_get_subject_name(issuer.get())) != 1 ||
        !extend(issued.certificate.get(), issuer.get(), extensions) ||
        X509_sign(issued.certificate.get(), issuer_key.get(), EVP_sha256()) == 0) {
        return failed("issuing a certificate");
    }
    return issued;
}

// 20 characters of an alphabet of 32 without look-alikes, in groups of five: 100 bits.
std::string make_passphrase() {
    constexpr std::string_view alphabet = "abcdefghjkmnpqrstuvwxyz23456789+";
    std::array<std::uint8_t, 20> random{};
    base::fill_random(random);
    std::string text;
    for (std::size_t i = 0; i < random.size(); ++i) {
        if (i != 0 && i % 5 == 0) text += '-';
        text += alphabet[random[i] % alphabet.size()];
    }
    return text;
}

bool is_host_name(std::string_view text) {
    // The extension's notation gives ',' and ':' a meaning, so nothing but a name may get into it.
    return !text.empty() && text.size() <= 253 &&
           text.find_first_not_of(
               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") ==
               std::string_view::npos;
}

bool is_address(const std::string& text) {
    in6_addr scratch{};
    return ::inet_pton(AF_INET, text.c_str(), &scratch) == 1 ||
           ::inet_pton(AF_INET6, text.c_str(), &scratch) == 1;
}

}  // namespace

base::Result<Identity> make_authority(std::string_view name, std::chrono::days lifetime) {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate certificate(X509_new());
    if (!key || !certificate || !fill(certificate.get(), key.get(), name, lifetime) ||
        X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get())) != 1 ||
        !extend(certificate.get(), certificate.get(),
                {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
                 {NID_key_usage, "critical,keyCertSign,cRLSign"},
                 {NID_subject_key_identifier, "hash"}}) ||
        X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) {
        return failed("making the certificate authority");
    }
    return Identity{to_pem(key.get()), to_pem(certificate.get())};
}

base::Result<Identity> issue_server(const Identity& authority, const std::string& host_name,
                                    const std::vector<std::string>& addresses,
                                    std::chrono::days lifetime) {
    if (!is_host_name(host_name)) {
        return fail(ErrorKind::invalid, "'{}' is no host name for a certificate", host_name);
    }
    std::string names = "DNS:" + host_name;
    for (const auto& address : addresses) {
        if (!is_address(address)) return fail(ErrorKind::invalid, "'{}' is no IP address", address);
        names += ",IP:" + address;
    }
    auto issued = issue(authority, host_name, lifetime,
                        {{NID_ext_key_usage, "serverAuth"}, {NID_subject_alt_name, names}});
    if (!issued) return base::Failure(issued.error());
    return Identity{to_pem(issued->key.get()), to_pem(issued->certificate.get())};
}

base::Result<TerminalIdentity> issue_terminal(const Identity& authority, const std::string& name,
                                              std::chrono::days lifetime) {
    auto issued = issue(authority, name, lifetime, {{NID_ext_key_usage, "clientAuth"}});
    if (!issued) return base::Failure(issued.error());
    const std::string pem = to_pem(issued->certificate.get());
    auto fingerprint = fingerprint_of(pem);
    auto expires = expiry_of(pem);
    if (!fingerprint) return base::Failure(fingerprint.error());
    if (!expires) return base::Failure(expires.error());

    const std::unique_ptr<
        STACK_OF(X509), Deleter<[](STACK_OF(X509) * chain) { sk_X509_pop_free(chain, X509_free); }>>
        chain(sk_X509_new_null());
    Certificate issuer = certificate_from(authority.certificate);
    if (!chain || !issuer || sk_X509_push(chain.get(), issuer.get()) == 0) {
        return failed("bundling a terminal's certificate");
    }
    static_cast<void>(issuer.release());  // the chain owns it now
    TerminalIdentity identity;
    identity.passphrase = make_passphrase();
    const std::unique_ptr<PKCS12, Deleter<PKCS12_free>> bundle(
        PKCS12_create(identity.passphrase.c_str(), name.c_str(), issued->key.get(),
                      issued->certificate.get(), chain.get(), 0, 0, 0, 0, 0));
    const Stream stream(BIO_new(BIO_s_mem()));
    if (!bundle || i2d_PKCS12_bio(stream.get(), bundle.get()) != 1) {
        return failed("bundling a terminal's certificate");
    }
    const std::string bytes = take(stream);
    identity.pkcs12.assign(bytes.begin(), bytes.end());
    identity.fingerprint = *fingerprint;
    identity.expires = *expires;
    return identity;
}

base::Result<Identity> issue_part(const Identity& authority, Part part, const std::string& name,
                                  std::chrono::days lifetime) {
    if (!is_host_name(name)) {
        return fail(ErrorKind::invalid, "'{}' is no host name for a certificate", name);
    }
    const std::string_view purpose = part == Part::hub ? hub_purpose : sensor_purpose;
    auto issued = issue(authority, name, lifetime, {{NID_ext_key_usage, std::string(purpose)}});
    if (!issued) return base::Failure(issued.error());
    return Identity{to_pem(issued->key.get()), to_pem(issued->certificate.get())};
}

base::Result<std::chrono::sys_seconds> expiry_of(const std::string& certificate) {
    const Certificate parsed = certificate_from(certificate);
    std::tm time{};
    if (!parsed || ASN1_TIME_to_tm(X509_get0_notAfter(parsed.get()), &time) != 1) {
        return failed("reading a certificate's expiry");
    }
    return std::chrono::sys_seconds(std::chrono::seconds(::timegm(&time)));
}

base::Result<std::string> fingerprint_of(const std::string& certificate) {
    const Certificate parsed = certificate_from(certificate);
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned length = 0;
    if (!parsed || X509_digest(parsed.get(), EVP_sha256(), digest.data(), &length) != 1) {
        return failed("reading a certificate");
    }
    return base::to_hex(std::span(digest).first(length));
}

}  // namespace shoji::access
