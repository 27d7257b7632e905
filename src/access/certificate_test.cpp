#include "access/certificate.h"

#include <memory>

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

namespace shoji::access {
namespace {

using std::chrono::days;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

Certificate parse(const std::string& pem) {
    BIO* stream = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
    Certificate certificate(PEM_read_bio_X509(stream, nullptr, nullptr, nullptr), X509_free);
    BIO_free(stream);
    return certificate;
}

// What OpenSSL says of `pem` when `authority` is all that it trusts.
int verify(const std::string& authority, const std::string& pem, int purpose) {
    const Certificate trusted = parse(authority);
    const Certificate certificate = parse(pem);
    X509_STORE* store = X509_STORE_new();
    X509_STORE_add_cert(store, trusted.get());
    X509_STORE_CTX* context = X509_STORE_CTX_new();
    X509_STORE_CTX_init(context, store, certificate.get(), nullptr);
    X509_STORE_CTX_set_purpose(context, purpose);
    X509_verify_cert(context);
    const int result = X509_STORE_CTX_get_error(context);
    X509_STORE_CTX_free(context);
    X509_STORE_free(store);
    return result;
}

class Authority : public testing::Test {
  protected:
    void SetUp() override {
        auto made = make_authority("Sakura City", days(3650));
        ASSERT_TRUE(made) << made.error().message;
        authority_ = *made;
    }
    Identity authority_;
};

TEST_F(Authority, VouchesForTheGatewayByNameAndAddress) {
    const auto server =
        issue_server(authority_, "shoji.example.jp", {"192.0.2.1", "2001:db8::1"}, days(397));
    ASSERT_TRUE(server) << server.error().message;
    EXPECT_EQ(verify(authority_.certificate, server->certificate, X509_PURPOSE_SSL_SERVER),
              X509_V_OK);
    const auto certificate = parse(server->certificate);
    EXPECT_EQ(X509_check_host(certificate.get(), "shoji.example.jp", 0, 0, nullptr), 1);
    EXPECT_EQ(X509_check_ip_asc(certificate.get(), "192.0.2.1", 0), 1);
    EXPECT_EQ(X509_check_ip_asc(certificate.get(), "2001:db8::1", 0), 1);
    EXPECT_NE(X509_check_host(certificate.get(), "other.example.jp", 0, 0, nullptr), 1);
}

TEST_F(Authority, RefusesANameThatWouldBecomeNotation) {
    EXPECT_FALSE(issue_server(authority_, "a,IP:192.0.2.1", {}, days(1)));
    EXPECT_FALSE(issue_server(authority_, "a", {"example.jp"}, days(1)));
}

TEST_F(Authority, GivesATerminalAnIdentityThatOpensWithItsPassphraseOnly) {
    const auto terminal = issue_terminal(authority_, "窓口1番", days(730));
    ASSERT_TRUE(terminal) << terminal.error().message;
    const unsigned char* bytes = terminal->pkcs12.data();
    PKCS12* bundle = d2i_PKCS12(nullptr, &bytes, static_cast<long>(terminal->pkcs12.size()));
    ASSERT_NE(bundle, nullptr);
    EXPECT_EQ(PKCS12_verify_mac(bundle, "wrong", 5), 0);
    EVP_PKEY* key = nullptr;
    X509* certificate = nullptr;
    ASSERT_EQ(PKCS12_parse(bundle, terminal->passphrase.c_str(), &key, &certificate, nullptr), 1);
    BIO* stream = BIO_new(BIO_s_mem());
    PEM_write_bio_X509(stream, certificate);
    char* text = nullptr;
    const auto length = BIO_get_mem_data(stream, &text);
    const std::string pem(text, static_cast<std::size_t>(length));
    EXPECT_EQ(fingerprint_of(pem).value(), terminal->fingerprint);
    EXPECT_EQ(expiry_of(pem).value(), terminal->expires);
    EXPECT_EQ(verify(authority_.certificate, pem, X509_PURPOSE_SSL_CLIENT), X509_V_OK);
    EXPECT_NE(verify(authority_.certificate, pem, X509_PURPOSE_SSL_SERVER), X509_V_OK);
    BIO_free(stream);
    EVP_PKEY_free(key);
    X509_free(certificate);
    PKCS12_free(bundle);
}

TEST_F(Authority, ASensorIsNoTerminalAndNoServer) {
    for (const Part part : {Part::sensor, Part::hub}) {
        const auto made = issue_part(authority_, part, "srv-01", days(365));
        ASSERT_TRUE(made) << made.error().message;
        EXPECT_EQ(verify(authority_.certificate, made->certificate, X509_PURPOSE_ANY), X509_V_OK);
        EXPECT_NE(verify(authority_.certificate, made->certificate, X509_PURPOSE_SSL_CLIENT),
                  X509_V_OK);
        EXPECT_NE(verify(authority_.certificate, made->certificate, X509_PURPOSE_SSL_SERVER),
                  X509_V_OK);
    }
    EXPECT_FALSE(issue_part(authority_, Part::sensor, "a b", days(1)));
}

TEST_F(Authority, DoesNotVouchForAnothersCertificates) {
    const auto other = make_authority("Sakura City", days(10));
    ASSERT_TRUE(other);
    const auto server = issue_server(*other, "shoji.example.jp", {}, days(1));
    ASSERT_TRUE(server);
    EXPECT_NE(verify(authority_.certificate, server->certificate, X509_PURPOSE_SSL_SERVER),
              X509_V_OK);
}

TEST_F(Authority, CannotBeMadeFromNonsense) {
    EXPECT_FALSE(issue_server({"no key", "no certificate"}, "a.example", {}, days(1)));
    EXPECT_FALSE(expiry_of("nonsense"));
    EXPECT_FALSE(fingerprint_of(""));
}

}  // namespace
}  // namespace shoji::access
