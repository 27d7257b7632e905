#include "screen/egress/client_hello.h"

#include "screen/egress/test_client_hello.h"

#include <memory>
#include <random>

#include <gtest/gtest.h>
#include <openssl/ssl.h>

namespace shoji::egress {
namespace {

using test::append;
using test::Bytes;
using test::extension;
using test::hello_message;
using test::records;
using test::server_name;
using test::vector_of;

// The name, "-" for none, "incomplete" or "invalid".
std::string read(const Bytes& bytes) {
    const auto hello = read_client_hello(bytes);
    if (hello.state == HelloState::incomplete) return "incomplete";
    if (hello.state == HelloState::invalid) return "invalid";
    return hello.server_name.value_or("-");
}

std::string read_with(const Bytes& extensions) {
    return read(records(hello_message(extensions)));
}

Bytes joined(std::initializer_list<Bytes> parts) {
    Bytes bytes;
    for (const auto& part : parts) append(bytes, part);
    return bytes;
}

TEST(ClientHello, ReadsTheName) {
    EXPECT_EQ(read(test::client_hello("www.example.jp")), "www.example.jp");
    EXPECT_EQ(read(test::client_hello("WWW.Example.JP")), "www.example.jp");
    EXPECT_EQ(read_with({}), "-");
    EXPECT_EQ(read_with(joined({extension(0x0a0a, {}), server_name("a.example"),
                                extension(43, {2, 3, 4}), extension(0x1a1a, {0})})),
              "a.example");
    // Encrypted ClientHello, real or not, is one more extension: the outer name counts.
    EXPECT_EQ(read_with(joined({extension(0xfe0d, Bytes(200, 1)), server_name("a.example")})),
              "a.example");
}

TEST(ClientHello, ReadsWhatOpenSslSends) {
    const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(
        SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
    for (const char* name : {"www.example.jp", ""}) {
        const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), &SSL_free);
        BIO* output = BIO_new(BIO_s_mem());
        SSL_set_bio(tls.get(), BIO_new(BIO_s_mem()), output);
        if (*name != '\0') {
            SSL_ctrl(tls.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                     const_cast<char*>(name));
        }
        SSL_connect(tls.get());
        Bytes bytes(BIO_ctrl_pending(output));
        BIO_read(output, bytes.data(), static_cast<int>(bytes.size()));
        EXPECT_EQ(read(bytes), *name == '\0' ? "-" : name);
    }
}

TEST(ClientHello, WaitsUntilItIsWhole) {
    for (const std::size_t fragment : {1U, 2U, 3U, 4U, 5U, 50U, 16384U}) {
        const auto whole = records(hello_message(server_name("www.example.jp")), fragment);
        for (std::size_t size = 0; size < whole.size(); ++size) {
            EXPECT_EQ(read(Bytes(whole.begin(), whole.begin() + static_cast<long>(size))),
                      "incomplete")
                << size;
        }
        EXPECT_EQ(read(whole), "www.example.jp");
        // Early data may follow in records of its own.
        EXPECT_EQ(read(joined({whole, {23, 3, 3, 0, 1, 0}})), "www.example.jp");
        EXPECT_EQ(read(joined({whole, {0xff}})), "www.example.jp");
    }
}

TEST(ClientHello, RefusesOtherProtocolsAtOnce) {
    for (const char* text : {"GET / HTTP/1.1", "SSH-2.0", "P", "\x80\x2e\x01\x03\x01"}) {
        EXPECT_EQ(read(Bytes(text, text + std::string_view(text).size())), "invalid") << text;
    }
    EXPECT_EQ(read({22, 2}), "invalid");
    EXPECT_EQ(read({21, 3, 3, 0, 2, 1, 0}), "invalid");        // an alert
    EXPECT_EQ(read({23, 3, 3, 0, 1, 0}), "invalid");           // application data
    EXPECT_EQ(read({22, 3, 3, 0, 0}), "invalid");              // an empty fragment
    EXPECT_EQ(read({22, 3, 3, 0x40, 1}), "invalid");           // a record too long
    EXPECT_EQ(read({22, 3, 3, 0, 4, 2, 0, 0, 0}), "invalid");  // a ServerHello
}

TEST(ClientHello, RefusesRecordsThatHoldMore) {
    const auto message = hello_message(server_name("a.example"));
    EXPECT_EQ(read(records(joined({message, {1, 0, 0, 0}}))), "invalid");
    EXPECT_EQ(read(records(joined({message, {0}}))), "invalid");
    EXPECT_EQ(read(records(joined({message, message}))), "invalid");
    // Another kind of record in between.
    const auto split = records(message, 30);
    Bytes interrupted(split.begin(), split.begin() + 35);
    append(interrupted, {20, 3, 3, 0, 1, 1});
    EXPECT_EQ(read(interrupted), "invalid");
}

TEST(ClientHello, IsBounded) {
    EXPECT_EQ(read_with(joined({server_name("a.example"), extension(21, Bytes(15000, 0))})),
              "a.example");
    EXPECT_EQ(read_with(joined({server_name("a.example"), extension(21, Bytes(16384, 0))})),
              "invalid");
    // A length far beyond is refused before its bytes come.
    EXPECT_EQ(read({22, 3, 1, 0, 4, 1, 0xff, 0xff, 0xff}), "invalid");
    EXPECT_EQ(read(records(Bytes{1, 0, 0x40, 0})), "invalid");
    // Many tiny records: their headers count.
    const auto large = hello_message(joined({extension(21, Bytes(3000, 0))}));
    EXPECT_EQ(read(records(large, 1)), "invalid");
}

TEST(ClientHello, OneHostNameAndNothingElse) {
    using test::server_name_entry;
    const auto list = [](const Bytes& entries) {
        return read_with(extension(0, vector_of(2, entries)));
    };
    EXPECT_EQ(list(server_name_entry("a.example")), "a.example");
    EXPECT_EQ(list({}), "invalid");
    EXPECT_EQ(list(joined({server_name_entry("a.example"), server_name_entry("b.example")})),
              "invalid");
    EXPECT_EQ(list(joined({server_name_entry("x", 1), server_name_entry("a.example")})), "invalid");
    EXPECT_EQ(list(server_name_entry("a.example", 1)), "invalid");
    EXPECT_EQ(read_with(joined({server_name("a.example"), server_name("b.example")})), "invalid");
    EXPECT_EQ(read_with(joined({server_name("a.example"), server_name("a.example")})), "invalid");
    EXPECT_EQ(read_with(joined({extension(21, {}), extension(21, {})})), "invalid");
    EXPECT_EQ(read_with(extension(0, {})), "invalid");
    EXPECT_EQ(read_with(extension(0, joined({vector_of(2, server_name_entry("a")), {0}}))),
              "invalid");
    for (const std::string& name :
         std::vector<std::string>{"", "a.example.", "192.0.2.1", "::1", "a b", "a_b", "a..b",
                                  std::string("a.example\0.evil", 15), "\xe4\xbe\x8b"}) {
        EXPECT_EQ(list(server_name_entry(name)), "invalid") << name;
    }
}

TEST(ClientHello, RefusesAMalformedBody) {
    const auto good = hello_message(server_name("a.example"));
    EXPECT_EQ(read(records(hello_message(server_name("a.example"), 33))), "invalid");
    auto version = good;
    version[4] = 2;
    EXPECT_EQ(read(records(version)), "invalid");
    for (std::size_t size = 0; size + 4 < good.size(); ++size) {
        Bytes cut{1, 0, static_cast<std::uint8_t>(size >> 8), static_cast<std::uint8_t>(size)};
        cut.insert(cut.end(), good.begin() + 4, good.begin() + 4 + static_cast<long>(size));
        const auto result = read(records(cut));
        // Before TLS 1.3 a ClientHello might end without extensions.
        const bool bare = size == 2 + 32 + 33 + 6 + 2;
        EXPECT_EQ(result, bare ? "-" : "invalid") << size;
    }
}

TEST(ClientHello, ChangedBytesNeverMakeAnotherNameOfTheSameSize) {
    std::mt19937 random(1);
    const auto whole = test::client_hello("www.example.jp");
    for (int round = 0; round < 20000; ++round) {
        auto changed = whole;
        const auto position = random() % changed.size();
        changed[position] = static_cast<std::uint8_t>(random());
        const auto result = read(changed);
        if (result == "invalid" || result == "incomplete" || result == "-") continue;
        // Whatever it is, these bytes stand in the message as they are compared.
        std::string text(changed.begin(), changed.end());
        for (auto& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
        EXPECT_NE(text.find(result), std::string::npos);
    }
}

}  // namespace
}  // namespace shoji::egress
