#include "screen/wire/conversation.h"

#include <gtest/gtest.h>

namespace shoji::wire {
namespace {

class ConversationTest : public testing::Test {
  protected:
    bool viewer(const FromViewer& message) {
        return conversation_.from_viewer(encode(message)).has_value();
    }
    bool session(const FromSession& message) {
        return conversation_.check_from_session(encode(message)).has_value();
    }
    void greet() {
        ASSERT_TRUE(viewer(Hello{1, 1280, 800, 120, 0}));
        ASSERT_TRUE(session(Welcome{}));
    }
    static Frame part(std::uint32_t serial, bool first, bool last, bool fresh = false) {
        return {serial, 1280, 800, first, last, fresh};
    }
    static Frame whole(std::uint32_t serial) { return part(serial, true, true, serial == 1); }

    Conversation conversation_;
};

TEST_F(ConversationTest, HelloComesFirst) {
    EXPECT_FALSE(viewer(Key{30, true}));
    EXPECT_TRUE(viewer(Hello{1, 1280, 800, 120, 0}));
    EXPECT_TRUE(viewer(Key{30, true}));
}

TEST_F(ConversationTest, HelloComesOnce) {
    greet();
    EXPECT_FALSE(viewer(Hello{1, 1280, 800, 120, 0}));
}

TEST_F(ConversationTest, WelcomeAnswersHello) {
    EXPECT_FALSE(session(Welcome{}));
    EXPECT_FALSE(session(whole(1)));
    ASSERT_TRUE(viewer(Hello{1, 1280, 800, 120, 0}));
    EXPECT_FALSE(session(whole(1)));
    EXPECT_FALSE(session(Cursor{1}));
    EXPECT_TRUE(session(Welcome{}));
    EXPECT_TRUE(session(whole(1)));
    EXPECT_FALSE(session(Welcome{}));
}

TEST_F(ConversationTest, SerialsCount) {
    greet();
    EXPECT_FALSE(session(whole(2)));
    EXPECT_TRUE(session(whole(1)));
    EXPECT_FALSE(session(part(1, true, true)));
    EXPECT_FALSE(session(whole(3)));
    EXPECT_TRUE(session(whole(2)));
    EXPECT_EQ(conversation_.sent(), 2U);
}

TEST_F(ConversationTest, PartsAreInOrder) {
    greet();
    EXPECT_FALSE(session(part(1, false, true)));
    EXPECT_TRUE(session(part(1, true, false, true)));
    EXPECT_TRUE(session(Cursor{2})) << "between parts";
    EXPECT_FALSE(session(part(1, true, false, true)));
    EXPECT_FALSE(session(part(2, false, true)));
    EXPECT_TRUE(session(part(1, false, false)));
    EXPECT_EQ(conversation_.sent(), 0U);
    EXPECT_TRUE(session(part(1, false, true)));
    EXPECT_EQ(conversation_.sent(), 1U);
    EXPECT_FALSE(session(part(1, false, true)));
    EXPECT_FALSE(session(part(2, false, true)));
}

TEST_F(ConversationTest, TheFirstFrameAndAnotherSizeAreFresh) {
    greet();
    Frame frame = whole(1);
    frame.fresh = false;
    EXPECT_FALSE(session(frame));
    ASSERT_TRUE(session(whole(1)));
    frame = whole(2);
    frame.width = 1281;
    EXPECT_FALSE(session(frame));
    frame.fresh = true;
    EXPECT_TRUE(session(frame));
    EXPECT_FALSE(session(whole(3)));
}

TEST_F(ConversationTest, PartsOfOneFrameHaveOneSize) {
    greet();
    ASSERT_TRUE(session(part(1, true, false, true)));
    Frame frame = part(1, false, true);
    frame.height = 801;
    EXPECT_FALSE(session(frame));
}

TEST_F(ConversationTest, OnlyWhatWasSentIsAcknowledged) {
    greet();
    EXPECT_FALSE(viewer(Ack{1}));
    ASSERT_TRUE(session(part(1, true, false, true)));
    EXPECT_FALSE(viewer(Ack{1})) << "before its last part";
    ASSERT_TRUE(session(part(1, false, true)));
    EXPECT_TRUE(viewer(Ack{1}));
    EXPECT_FALSE(viewer(Ack{1})) << "twice";
    ASSERT_TRUE(session(whole(2)));
    ASSERT_TRUE(session(whole(3)));
    EXPECT_TRUE(viewer(Ack{3}));
    EXPECT_FALSE(viewer(Ack{2})) << "backwards";
    EXPECT_FALSE(viewer(Ack{4}));
    EXPECT_EQ(conversation_.acknowledged(), 3U);
}

TEST_F(ConversationTest, TheGatewaysMessagesDoNotComeFromTheSession) {
    greet();
    EXPECT_FALSE(conversation_.check_from_session(encode(FromGateway(Waiting{1}))));
    EXPECT_FALSE(conversation_.check_from_session(encode(FromGateway(Ticket{}))));
}

}  // namespace
}  // namespace shoji::wire
