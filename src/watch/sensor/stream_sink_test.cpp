#include "watch/sensor/stream_sink.h"

#include "watch/event/stream_reader.h"
#include "watch/sensor/words.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

namespace shoji::sensor {
namespace {

TEST(StreamSink, WritesWhatTheStreamsReaderReads) {
    constexpr std::uint64_t many = 5000;
    event::Names names;
    const Words words(names);
    const int file = ::memfd_create("stream", MFD_CLOEXEC);
    StreamSink sink(names, file);
    event::Event event;
    for (std::uint64_t i = 0; i < many; ++i) {
        event.clear();
        event.source.product = words.product;
        event.source.categories[0] = words.file_event;
        event.time = static_cast<event::Time>(1000 + i);
        EventWriter writer(event);
        writer.kept(words.target, "/some/where/" + std::to_string(i));
        sink.take(event);
    }
    sink.pause();
    sink.pause();  // nothing is left to write

    std::vector<std::uint8_t> bytes(static_cast<std::size_t>(::lseek(file, 0, SEEK_END)));
    ASSERT_EQ(::pread(file, bytes.data(), bytes.size(), 0), static_cast<ssize_t>(bytes.size()));
    ::close(file);
    event::StreamReader reader(bytes, names);
    for (std::uint64_t i = 0; i < many; ++i) {
        ASSERT_TRUE(reader.next(event)) << i;
        EXPECT_EQ(event.time, static_cast<event::Time>(1000 + i));
        EXPECT_EQ(event.source.categories[0], words.file_event);
        EXPECT_EQ(event.value(words.target.id), "/some/where/" + std::to_string(i));
    }
    EXPECT_FALSE(reader.next(event));
    EXPECT_EQ(reader.lost_events(), 0U);
}

}  // namespace
}  // namespace shoji::sensor
