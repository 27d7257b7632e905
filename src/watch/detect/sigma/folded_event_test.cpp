#include "watch/detect/sigma/folded_event.h"

#include "watch/detect/sigma/fold.h"

#include <gtest/gtest.h>

namespace shoji::sigma {
namespace {

// Each value is as when it is folded alone.
TEST(FoldedEvent, HasEachValueFolded) {
    const std::string_view values[] = {
        "", "C:\\Windows\\CMD.exe", "障子É", "Plain", "\xff\xfe", "İstanbul", "É", "A\nB", "last"};
    FoldedEvent folded;
    for (std::size_t first = 0; first < std::size(values); ++first) {
        event::Event event;
        for (std::size_t i = 0; i < std::size(values); ++i) {
            const auto value = values[(first + i) % std::size(values)];
            event.add({event::other_field, event::Type::text, "name", value});
        }
        folded.begin(event);
        // In any order, and again.
        for (std::uint32_t n = 0; n < 2 * std::size(values); ++n) {
            const auto i = static_cast<std::uint32_t>(n * 5 % std::size(values));
            EXPECT_EQ(folded.value(i), fold(event.fields()[i].value)) << first << " " << i;
        }
    }
}

// Folding a text of values is as folding each of them, whatever they are.
TEST(FoldedEvent, FoldsTheEndOfAText) {
    std::string text = "KEPT";
    std::string all = text;
    for (const std::string_view value : {"A", "\xe3\x81", "É", "\xff", "z", "障子İ"}) {
        text += value;
        text += '\n';
        all += fold(value) + "\n";
    }
    fold_from(text, 4);
    EXPECT_EQ(text, all);
}

}  // namespace
}  // namespace shoji::sigma
