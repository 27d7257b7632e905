#include "watch/detect/sigma/folded_event.h"

#include "watch/detect/sigma/fold.h"

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

// Each value is as when it is folded alone, wherever the first one stands that is not ASCII.
TEST(FoldedEvent, HasEachValueFolded) {
    const std::string_view values[] = {
        "", "C:\\Windows\\CMD.exe", "障子É", "Plain", "\xff\xfe", "İstanbul", "É", "A\nB", "last"};
    FoldedEvent folded;
    for (std::size_t first = 0; first < std::size(values); ++first) {
        event::Event event;
        std::string all;
        for (std::size_t i = 0; i < std::size(values); ++i) {
            const auto value = values[(first + i) % std::size(values)];
            event.add({event::other_field, event::Type::text, "name", value});
            all += fold(value) + "\n";
        }
        folded.fold(event);
        for (std::uint32_t i = 0; i < std::size(values); ++i) {
            EXPECT_EQ(folded.value(i), fold(event.fields()[i].value)) << first << " " << i;
        }
        EXPECT_EQ(folded.text(), all);
    }
}

TEST(FoldedEvent, MayHaveNoValues) {
    FoldedEvent folded;
    folded.fold(event::Event());
    EXPECT_EQ(folded.text(), "");
}

}  // namespace
}  // namespace shoji::sigma
