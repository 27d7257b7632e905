#include "watch/event/stream_reader.h"
#include "watch/event/stream_writer.h"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::event {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::uint64_t stream_number = 0x1122334455667788;

class StreamTest : public ::testing::Test {
  protected:
    StreamTest() {
        for (const std::string_view name : {"Image", "User", "CommandLine"}) names_.add_field(name);
        for (const std::string_view name : {"linux", "sensor", "process_creation", "file_event"}) {
            names_.add_source(name);
        }
    }

    // One of many events, the same for the same number.
    void fill(Event& event, std::mt19937_64& random) const {
        const auto up_to = [&](std::uint64_t most) { return random() % (most + 1); };
        const auto source = [&] {
            const auto number = up_to(names_.sources());
            return number == names_.sources() ? no_source
                                              : SourceId{static_cast<std::uint32_t>(number)};
        };
        event.clear();
        event.time = static_cast<Time>(random());
        event.record = random() >> up_to(63);
        event.source = {source(), source(), {source(), source(), source()}};
        const auto count = up_to(12);
        for (std::uint64_t i = 0; i < count; ++i) {
            const auto number = up_to(names_.fields() + 20);
            const auto id = number < names_.fields() ? FieldId{static_cast<std::uint32_t>(number)}
                                                     : other_field;
            const auto name =
                id == other_field ? event.keep("own." + std::to_string(number)) : names_.name(id);
            const auto type = static_cast<Type>(up_to(3));
            std::string value(up_to(40), '\0');
            for (auto& c : value) c = static_cast<char>(up_to(255));
            event.add({id, type, name, type == Type::null ? "" : event.keep(value)});
        }
        event.add_lost_fields(static_cast<std::uint32_t>(up_to(3)));
    }
    static void expect_same(const Event& one, const Event& other) {
        EXPECT_EQ(one.time, other.time);
        EXPECT_EQ(one.record, other.record);
        EXPECT_EQ(one.source, other.source);
        EXPECT_EQ(one.lost_fields(), other.lost_fields());
        ASSERT_EQ(one.fields().size(), other.fields().size());
        for (std::size_t i = 0; i < one.fields().size(); ++i) {
            EXPECT_EQ(one.fields()[i].id, other.fields()[i].id);
            EXPECT_EQ(one.fields()[i].type, other.fields()[i].type);
            EXPECT_EQ(one.fields()[i].name, other.fields()[i].name);
            EXPECT_EQ(one.fields()[i].value, other.fields()[i].value);
        }
    }
    // Blocks of three events each, whose record numbers are 0, 1, 2, …
    Bytes blocks(int count) {
        StreamWriter writer(names_, stream_number);
        Bytes bytes;
        Event event;
        for (int i = 0; i < count * 3; ++i) {
            event.clear();
            event.record = static_cast<std::uint64_t>(i);
            event.add({names_.field("Image"), Type::text, "Image", "/bin/program"});
            EXPECT_TRUE(writer.add(event));
            if (i % 3 == 2) {
                const auto block = writer.take();
                bytes.insert(bytes.end(), block.begin(), block.end());
            }
        }
        return bytes;
    }
    std::vector<std::uint64_t> records(const Bytes& bytes) {
        StreamReader reader(bytes, names_);
        Event event;
        std::vector<std::uint64_t> all;
        while (reader.next(event)) all.push_back(event.record);
        damages_ = reader.damages();
        lost_ = reader.lost_events();
        return all;
    }

    Names names_;
    Damages damages_;
    std::uint64_t lost_ = 0;
};

TEST_F(StreamTest, GivesBackRandomEvents) {
    constexpr int count = 3000;
    std::mt19937_64 random(1);
    StreamWriter writer(names_, stream_number);
    Bytes bytes;
    Event event;
    const auto take = [&] {
        const auto block = writer.take();
        bytes.insert(bytes.end(), block.begin(), block.end());
    };
    for (int i = 0; i < count; ++i) {
        fill(event, random);
        ASSERT_TRUE(writer.add(event));
        if (random() % 100 == 0) take();
    }
    take();
    random.seed(1);
    StreamReader reader(bytes, names_);
    Event read;
    for (int i = 0; i < count; ++i) {
        fill(event, random);
        random.discard(1);
        ASSERT_TRUE(reader.next(read)) << i;
        expect_same(event, read);
    }
    EXPECT_FALSE(reader.next(read));
    EXPECT_EQ(reader.damages().count(), 0U);
    EXPECT_EQ(reader.lost_events(), 0U);
}

TEST_F(StreamTest, NamesCrossToOtherNumbers) {
    const auto bytes = blocks(1);
    Names other;
    other.add_field("Other");
    other.add_field("Image");
    StreamReader reader(bytes, other);
    Event event;
    ASSERT_TRUE(reader.next(event));
    EXPECT_EQ(event.value(other.field("Image")), "/bin/program");
}

TEST_F(StreamTest, EmptyBlocksAreNone) {
    StreamWriter writer(names_, stream_number);
    EXPECT_TRUE(writer.take().empty());
    EXPECT_TRUE(records({}).empty());
    EXPECT_EQ(damages_.count(), 0U);
}

TEST_F(StreamTest, ADamagedBlockCostsItselfOnly) {
    const auto whole = blocks(3);
    const auto size = whole.size() / 3;
    for (std::size_t at = size; at < 2 * size; ++at) {
        auto bytes = whole;
        bytes[at] ^= 0x10U;
        EXPECT_THAT(records(bytes), ::testing::ElementsAre(0, 1, 2, 6, 7, 8)) << at;
        EXPECT_EQ(lost_, 3U);
        EXPECT_EQ(damages_.count(), 2U) << "the block, and how many events were in it";
    }
}

TEST_F(StreamTest, EveryCutGivesTheBlocksBeforeIt) {
    const auto whole = blocks(3);
    const auto size = whole.size() / 3;
    for (std::size_t cut = 1; cut < whole.size(); ++cut) {
        const Bytes bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
        EXPECT_EQ(records(bytes).size(), cut / size * 3);
        EXPECT_EQ(damages_.count(), cut % size == 0 ? 0U : 1U) << cut;
    }
    const Bytes end(whole.begin() + static_cast<std::ptrdiff_t>(size), whole.end());
    EXPECT_THAT(records(end), ::testing::ElementsAre(3, 4, 5, 6, 7, 8));
    EXPECT_EQ(damages_.count(), 0U) << "earlier blocks may have been taken away";
}

TEST_F(StreamTest, BlocksOfAnotherStreamAreNone) {
    auto bytes = blocks(1);
    StreamWriter other(names_, stream_number + 1);
    Event event;
    ASSERT_TRUE(other.add(event));
    const auto block = other.take();
    bytes.insert(bytes.end(), block.begin(), block.end());
    EXPECT_EQ(records(bytes).size(), 3U);
    EXPECT_EQ(damages_.count(), 1U);
}

TEST_F(StreamTest, RepeatedAndMissingBlocksAreTold) {
    const auto whole = blocks(3);
    const auto size = static_cast<std::ptrdiff_t>(whole.size() / 3);
    Bytes without(whole.begin(), whole.begin() + size);
    without.insert(without.end(), whole.begin() + 2 * size, whole.end());
    EXPECT_EQ(records(without).size(), 6U);
    EXPECT_EQ(lost_, 3U);
    EXPECT_THAT(damages_.told()[0].what.message,
                ::testing::HasSubstr("3 events before this block"));
    Bytes twice(whole.begin(), whole.begin() + size);
    twice.insert(twice.end(), whole.begin(), whole.begin() + size);
    EXPECT_EQ(records(twice).size(), 6U);
    EXPECT_EQ(damages_.count(), 1U);
}

TEST_F(StreamTest, ContentsThatAreNoEventsAreLeftOut) {
    auto bytes = blocks(1);
    // The number of the first event's fields, and a sum that fits.
    bytes[StreamBlock::head_size + 8] = 0x7f;
    const auto sum = sum_of_stream_block(
        bytes, std::span<const std::uint8_t>(bytes).subspan(StreamBlock::head_size));
    for (std::size_t i = 0; i < sizeof sum; ++i) {
        bytes[StreamBlock::summed_size + i] = static_cast<std::uint8_t>(sum >> (8 * i));
    }
    EXPECT_LT(records(bytes).size(), 3U);
    EXPECT_EQ(damages_.count(), 1U);
    EXPECT_GT(lost_, 0U);
}

TEST_F(StreamTest, IsBounded) {
    StreamWriter writer(names_, stream_number);
    Event event;
    const std::string large(StreamBlock::most_contents / 2, 'x');
    event.add({other_field, Type::text, "a", large});
    EXPECT_TRUE(writer.add(event));
    EXPECT_TRUE(writer.is_full());
    EXPECT_FALSE(writer.add(event)) << "the block is full";
    EXPECT_EQ(writer.lost_events(), 0U);
    EXPECT_FALSE(writer.take().empty());
    event.add({other_field, Type::text, "b", large});
    EXPECT_FALSE(writer.add(event)) << "no block is large enough";
    EXPECT_EQ(writer.lost_events(), 1U);
}

}  // namespace
}  // namespace shoji::event
