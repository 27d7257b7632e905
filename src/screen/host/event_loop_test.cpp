#include "screen/host/event_loop.h"

#include <array>

#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::host {
namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) return;
        reading.reset(ends[0]);
        writing.reset(ends[1]);
    }
    void put() const { EXPECT_EQ(::write(writing.get(), "x", 1), 1); }
    void take() const {
        char byte = 0;
        EXPECT_EQ(::read(reading.get(), &byte, 1), 1);
    }
    base::FileDescriptor reading;
    base::FileDescriptor writing;
};

TEST(EventLoop, CallsWhatIsReady) {
    auto loop = EventLoop::create();
    ASSERT_TRUE(loop);
    const Pipe pipe;
    int calls = 0;
    ASSERT_TRUE(loop->watch(pipe.reading.get(), [&] {
        pipe.take();
        if (++calls == 2) loop->stop();
    }));
    pipe.put();
    pipe.put();
    EXPECT_TRUE(loop->run([] { return -1; }));
    EXPECT_EQ(calls, 2);
}

TEST(EventLoop, ACallbackMayForgetAllWithoutAFurtherCall) {
    auto loop = EventLoop::create();
    ASSERT_TRUE(loop);
    const Pipe first;
    const Pipe second;
    int calls = 0;
    const auto forget_both = [&] {
        ++calls;
        loop->forget(first.reading.get());
        loop->forget(second.reading.get());
    };
    ASSERT_TRUE(loop->watch(first.reading.get(), forget_both));
    ASSERT_TRUE(loop->watch(second.reading.get(), forget_both));
    first.put();
    second.put();
    int waits = 0;
    EXPECT_TRUE(loop->run([&] {
        if (++waits == 4) loop->stop();
        return 5;
    }));
    EXPECT_EQ(calls, 1);
}

TEST(EventLoop, TellsOfAnEndThatIsGone) {
    auto loop = EventLoop::create();
    ASSERT_TRUE(loop);
    Pipe pipe;
    ASSERT_TRUE(loop->watch(pipe.reading.get(), [&] { loop->stop(); }));
    pipe.writing.reset();
    EXPECT_TRUE(loop->run([] { return -1; }));
}

TEST(EventLoop, RefusesWhatCannotBeWatched) {
    auto loop = EventLoop::create();
    ASSERT_TRUE(loop);
    EXPECT_FALSE(loop->watch(-1, [] {}));
    loop->forget(12345);
}

}  // namespace
}  // namespace shoji::host
