#include "screen/gateway/testing/certificates.h"

#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

namespace shoji::gateway::testing {
namespace {

void require(bool good, const char* what) {
    if (!good) throw std::runtime_error(what);
}

std::shared_ptr<EVP_PKEY> new_key() {
    std::shared_ptr<EVP_PKEY> key(EVP_EC_gen("P-256"), EVP_PKEY_free);
    require(key != nullptr, "making a key");
    return key;
}

std::string text_of(BIO* memory) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(memory, &data);
    return {data, static_cast<std::size_t>(size)};
}

std::string pem_of(X509* certificate) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    require(PEM_write_bio_X509(memory.get(), certificate) == 1, "writing a certificate");
    return text_of(memory.get());
}

std::string pem_of(EVP_PKEY* key) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> memory(BIO_new(BIO_s_mem()), BIO_free);
    require(PEM_write_bio_PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1,
            "writing a key");
    return text_of(memory.get());
}

void extend(X509* certificate, X509* issuer, int kind, const char* value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    require(extension != nullptr, value);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
}

std::shared_ptr<X509> new_certificate(const std::string& name, EVP_PKEY* key, long serial,
                                      long from, long until) {
    std::shared_ptr<X509> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until);
    X509_set_pubkey(certificate.get(), key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    return certificate;
}

}  // namespace

Authority::Authority(const std::string& name) : key_(new_key()) {
    certificate_ = new_certificate(name, key_.get(), serial_, -60, 3600);
    X509_set_issuer_name(certificate_.get(), X509_get_subject_name(certificate_.get()));
    extend(certificate_.get(), certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate_.get(), certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    require(X509_sign(certificate_.get(), key_.get(), EVP_sha256()) > 0, "signing");
    pem_ = pem_of(certificate_.get());
}

Certificate Authority::issue(const std::string& name, Purpose purpose, long from, long until) {
    const auto key = new_key();
    const auto certificate = new_certificate(name, key.get(), ++serial_, from, until);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate_.get()));
    if (purpose == Purpose::server) {
        extend(certificate.get(), certificate_.get(), NID_subject_alt_name,
               "IP:127.0.0.1,DNS:localhost");
        extend(certificate.get(), certificate_.get(), NID_ext_key_usage, "serverAuth");
    } else {
        extend(certificate.get(), certificate_.get(), NID_ext_key_usage, "clientAuth");
    }
    require(X509_sign(certificate.get(), key_.get(), EVP_sha256()) > 0, "signing");
    Certificate issued{pem_of(certificate.get()), pem_of(key.get()), {}};
    unsigned int size = 0;
    require(X509_digest(certificate.get(), EVP_sha256(), issued.fingerprint.data(), &size) == 1,
            "a digest");
    return issued;
}

}  // namespace shoji::gateway::testing
