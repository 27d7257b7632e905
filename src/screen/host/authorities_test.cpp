#include "screen/host/authorities.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::host {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string pem(const std::string& body) {
    return "-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n";
}

std::string error_of(const std::string& text) {
    const auto certificates = certificates_in(text);
    return certificates ? "" : certificates.error().message;
}

TEST(Authorities, AreReadInOrderWithoutWhatStandsAround) {
    const auto found = certificates_in("subject=a\n" + pem("AAEC\r\nAw==") + "\n" + pem("+/8="));
    ASSERT_TRUE(found);
    EXPECT_THAT(*found, ElementsAre("AAECAw==", "+/8="));
}

TEST(Authorities, AreRefusedWhenDamaged) {
    EXPECT_THAT(error_of(""), HasSubstr("no certificate"));
    EXPECT_THAT(error_of("-----BEGIN CERTIFICATE-----\nAAEC"), HasSubstr("certificate 1"));
    for (const char* body : {"", "AA\"C", "AAE", "A===", "A=AA", "AAEC=", "あ"}) {
        EXPECT_THAT(error_of(pem("AAEC") + pem(body)), HasSubstr("certificate 2")) << body;
    }
}

TEST(Authorities, NameTheFileThatCannotBeRead) {
    const auto missing = read_authorities({"/nonexistent/authority.pem"});
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("/nonexistent/authority.pem"));
    EXPECT_TRUE(read_authorities({})->empty());
}

}  // namespace
}  // namespace shoji::host
