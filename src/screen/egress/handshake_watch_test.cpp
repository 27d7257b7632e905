#include "screen/egress/handshake_watch.h"

#include "screen/egress/test_client_hello.h"

#include <gtest/gtest.h>

namespace shoji::egress {
namespace {

using enum HandshakeState;
using test::Bytes;

Bytes record(std::uint8_t kind, std::size_t size) {
    Bytes bytes{kind, 3, 3};
    test::append(bytes, test::vector_of(2, Bytes(size, 0xaa)));
    return bytes;
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes all;
    for (const auto& part : parts) test::append(all, part);
    return all;
}

const Bytes server_hello = record(22, 122);
const Bytes change = record(20, 1);

TEST(HandshakeWatch, SeesOneThatIsDone) {
    HandshakeWatch watch;
    EXPECT_EQ(watch.from_origin(joined({server_hello, change, record(23, 2500)})), open);
    EXPECT_EQ(watch.from_client(joined({change, record(23, 53)})), done);
    // What looks like an alert is a goodbye now.
    EXPECT_EQ(watch.from_client(record(23, 19)), done);
    EXPECT_EQ(watch.origin_ended(), done);
}

TEST(HandshakeWatch, SeesOneOfTls12ThatIsDone) {
    HandshakeWatch watch;
    EXPECT_EQ(watch.from_origin(server_hello), open);
    EXPECT_EQ(watch.from_client(joined({record(22, 37), change, record(22, 40)})), open);
    EXPECT_EQ(watch.from_origin(joined({change, record(22, 40)})), open);
    EXPECT_EQ(watch.from_client(record(23, 400)), done);
}

TEST(HandshakeWatch, SeesAClientThatRefusesTheCertificate) {
    HandshakeWatch modern;
    modern.from_origin(joined({server_hello, change, record(23, 2500)}));
    EXPECT_EQ(modern.from_client(change), open);
    EXPECT_EQ(modern.from_client(record(23, 19)), failed);
    HandshakeWatch old;
    old.from_origin(server_hello);
    EXPECT_EQ(old.from_client(record(21, 2)), failed);
}

TEST(HandshakeWatch, SeesAnOriginThatRefusesOrSpeaksNoTls) {
    HandshakeWatch refused;
    EXPECT_EQ(refused.from_origin(record(21, 2)), failed);
    HandshakeWatch plain;
    const std::string_view text = "HTTP/1.1 400 Bad Request\r\n";
    EXPECT_EQ(plain.from_origin(Bytes(text.begin(), text.end())), failed);
    HandshakeWatch silent;
    EXPECT_EQ(silent.origin_ended(), failed);
}

TEST(HandshakeWatch, ReadsRecordsHoweverTheyAreCut) {
    const Bytes origin = joined({server_hello, change, record(23, 300), record(23, 19)});
    const Bytes client = joined({record(22, 512), change, record(22, 0), record(23, 19)});
    HandshakeWatch watch;
    for (const auto byte : origin) ASSERT_EQ(watch.from_origin({&byte, 1}), open);
    for (std::size_t i = 0; i < client.size(); ++i) {
        const bool in_time = i + 19 < client.size() - 1;
        ASSERT_EQ(watch.from_client({&client[i], 1}), in_time ? open : failed) << i;
    }
}

}  // namespace
}  // namespace shoji::egress
