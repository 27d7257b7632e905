#include "watch/letters/letters.h"

#include <gtest/gtest.h>

namespace shoji::letters {
namespace {

Bytes cut(Bytes bytes) {
    bytes.pop_back();
    return bytes;
}
Bytes longer(Bytes bytes) {
    bytes.push_back(0);
    return bytes;
}

TEST(Letters, AConsignmentIsReadAsItWasWritten) {
    const Bytes record{1, 2, 3};
    const auto bytes = encode(Consignment{spool::Class::alert, 7, record});
    const auto read = decode_consignment(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->kind, spool::Class::alert);
    EXPECT_EQ(read->number, 7U);
    EXPECT_EQ(Bytes(read->record.begin(), read->record.end()), record);
    EXPECT_FALSE(decode_consignment(View(bytes).first(consignment_head))) << "no record";
    Bytes other = bytes;
    other[0] = spool::classes;
    EXPECT_FALSE(decode_consignment(other)) << "no class";
    EXPECT_FALSE(decode_consignment(Bytes(most_consignment + 1, 0))) << "too long";
}

TEST(Letters, AReceiptIsReadAsItWasWritten) {
    const Receipt receipt{5, true, {1, 2, 3}, 4096, 9, 4, "the collector does not answer"};
    const auto bytes = encode(receipt);
    EXPECT_LE(bytes.size(), most_receipt);
    EXPECT_EQ(decode_receipt(bytes).value(), receipt);
    EXPECT_FALSE(decode_receipt(cut(bytes)));
    EXPECT_FALSE(decode_receipt(longer(bytes)));
    Receipt loud = receipt;
    loud.trouble = std::string(1000, 'x') + "\n";
    EXPECT_EQ(decode_receipt(encode(loud))->trouble.size(), most_trouble);
}

TEST(Letters, ANoticeIsReadAsItWasWritten) {
    const Notice notice{Note::part_ended, "analyst", 9};
    const auto bytes = encode(notice);
    EXPECT_LE(bytes.size(), most_notice);
    EXPECT_EQ(decode_notice(bytes).value(), notice);
    EXPECT_FALSE(decode_notice(cut(bytes)));
    Bytes other = bytes;
    other[0] = last_note + 1;
    EXPECT_FALSE(decode_notice(other));
}

TEST(Letters, ACauseIsReadAsItWasWritten) {
    Cause cause{"rule", 12, 345, "/tmp/x"};
    EXPECT_EQ(decode_cause(encode(cause)).value(), cause);
    cause.file = Cause::File::script;
    cause.device = 8U << 20U | 1U;
    cause.inode = UINT64_MAX;
    cause.user = 1000;
    cause.digest = std::string(64, 'a');
    const auto bytes = encode(cause);
    EXPECT_LE(bytes.size(), most_cause);
    EXPECT_EQ(decode_cause(bytes).value(), cause);
    EXPECT_FALSE(decode_cause(View(bytes).first(bytes.size() - 1)));
    EXPECT_FALSE(decode_cause(longer(bytes)));
    EXPECT_FALSE(decode_cause(encode(Cause{"", 1, 2, "/x"}))) << "no rule";
    EXPECT_FALSE(decode_cause(encode(Cause{"r", UINT32_MAX, 2, "/x"}))) << "no process's number";
    EXPECT_EQ(decode_cause(encode(Cause{"r", 1, 2, std::string(5000, '/')}))->path, "")
        << "a path that is cut names another file";
}

TEST(Letters, AnErrandIsReadAsItWasWritten) {
    const Bytes order{4, 5};
    const auto bytes = encode(Errand{9, order});
    const auto read = decode_errand(bytes);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->number, 9U);
    EXPECT_EQ(Bytes(read->order.begin(), read->order.end()), order);
    EXPECT_FALSE(decode_errand(View(bytes).first(8))) << "no order";
    EXPECT_FALSE(decode_errand(encode(Errand{0, order}))) << "no number";
    const Bytes long_order(most_errand_order, 1);
    EXPECT_TRUE(decode_errand(encode(Errand{1, long_order})));
    EXPECT_FALSE(decode_errand(longer(encode(Errand{1, long_order}))));
}

TEST(Letters, AVerdictIsReadAsItWasWritten) {
    const Verdict verdict{9, Verdict::End::failed, R"({"ok":false})"};
    const auto bytes = encode(verdict);
    EXPECT_EQ(decode_verdict(bytes).value(), verdict);
    EXPECT_FALSE(decode_verdict(cut(bytes)));
    EXPECT_FALSE(decode_verdict(longer(bytes)));
    EXPECT_FALSE(decode_verdict(encode(Verdict{0, Verdict::End::done, "{}"}))) << "no number";
    EXPECT_FALSE(decode_verdict(encode(Verdict{1, Verdict::End::done, ""}))) << "no answer";
    Bytes other = bytes;
    for (const auto end : {std::uint8_t{0}, std::uint8_t{4}}) {
        other[8] = end;
        EXPECT_FALSE(decode_verdict(other));
    }
    const auto loud = encode(Verdict{1, Verdict::End::done, std::string(20'000, 'x') + "\n"});
    EXPECT_LE(loud.size(), most_verdict);
    EXPECT_EQ(decode_verdict(loud)->answer.size(), most_verdict_answer);
}

TEST(Letters, AWishIsReadAsItWasWritten) {
    const auto bytes = encode(Wish{Wish::Kind::tree, 77});
    EXPECT_EQ(bytes.size(), most_wish);
    EXPECT_EQ(decode_wish(bytes).value(), (Wish{Wish::Kind::tree, 77}));
    EXPECT_FALSE(decode_wish(Bytes{3, 0, 0, 0, 0}));
    EXPECT_FALSE(decode_wish(cut(bytes)));
}

}  // namespace
}  // namespace shoji::letters
