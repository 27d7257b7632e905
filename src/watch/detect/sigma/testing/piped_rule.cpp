#include "watch/detect/sigma/testing/piped_rule.h"

#include "watch/detect/sigma/naive.h"

#include <gtest/gtest.h>

namespace shoji::sigma::testing {

PipedRule::PipedRule(const std::string& transformations, const std::string& detection,
                     const std::string& top) {
    const auto pipeline = read_pipeline(top + "transformations:\n" + transformations);
    if (!pipeline) {
        error_ = pipeline.error().message;
        return;
    }
    const auto documents = yaml::read(
        "title: A test\nstatus: test\nlevel: high\ntags: [attack.t1003]\nlogsource: {product: "
        "windows, category: process_creation}\ndetection:\n" +
        detection);
    EXPECT_TRUE(documents) << documents.error().message;
    auto draft = read_draft(documents->front());
    EXPECT_TRUE(draft) << draft.error().message;
    if (auto applied = apply(*pipeline, *draft); !applied) {
        error_ = applied.error().message;
        return;
    }
    auto rules = compile(*draft, {names_, {}});
    if (rules) {
        rules_ = std::move(*rules);
    } else {
        error_ = rules.error().message;
    }
}

bool PipedRule::matches(const Fields& fields) const {
    EXPECT_EQ(error_, "");
    if (!error_.empty()) return false;
    event::Event event;
    for (const auto& [name, value] : fields) {
        event.add({names_.field(name), value ? event::Type::text : event::Type::null, name,
                   value ? std::string_view(*value) : std::string_view()});
    }
    return NaiveRule::compile(rules_.front())->matches(event);
}

}  // namespace shoji::sigma::testing
