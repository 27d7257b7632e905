#include "watch/detect/sigma/digest.h"

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

// The algorithm's published vectors for the key 00 … 0f and the messages "" and 00.
TEST(Digest, IsSipHash) {
    EXPECT_EQ(digest_of(""), (Digest{0xe6a825ba047f81a3, 0x930255c71472f66d}));
    EXPECT_EQ(digest_of(std::string_view("\0", 1)),
              (Digest{0x44af996bd8c187da, 0x45fc229b11597634}));
}

TEST(Digest, TellsTextsApart) {
    EXPECT_NE(digest_of("abcdefgh"), digest_of("abcdefgi"));
    EXPECT_NE(digest_of("abcdefgh"), digest_of(std::string_view("abcdefgh\0", 9)));
    EXPECT_EQ(digest_of("the same text"), digest_of("the same text"));
}

}  // namespace
}  // namespace shoji::sigma
