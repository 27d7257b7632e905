// The tree of an incident, from events that a hub which the test plays has stored.
#include "cli/incident_ancestors.h"

#include "cli/fake_gateway_test.h"
#include "cli/incident_page.h"
#include "core/base/random.h"
#include "watch/event/stream_writer.h"
#include "watch/line/batch.h"

#include <array>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

namespace shoji::cli {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr event::Time noon = 1'790'000'000'000'000'000;

// The starts of /bin/1, of /bin/2 by it, and so on, as the hub hands them on.
std::string stored_starts(int count) {
    event::Names names;
    event::StreamWriter writer(names, 7);
    for (int i = 1; i <= count; ++i) {
        event::Event event;
        event.time = noon;
        event.source.categories[0] = names.add_source("process_creation");
        const auto put = [&](std::string_view name, const std::string& value) {
            event.add({names.add_field(name), event::Type::text, name, event.keep(value)});
        };
        put("ProcessGuid", fmt::format("g{}", i));
        put("ProcessId", std::to_string(i));
        put("Image", fmt::format("/bin/{}", i));
        if (i > 1) put("ParentProcessGuid", fmt::format("g{}", i - 1));
        EXPECT_TRUE(writer.add(event));
    }
    const auto block = writer.take();
    const std::vector<spool::Record> records{{1, {block.begin(), block.end()}}};
    const auto batch = line::make_batch(line::Class::event, 0, records);
    return fmt::format(
        R"({{"ok":true,"result":{{"batches":[{{"first":{},"count":{},"packed":{},"size":{},)"
        R"("body":"{}"}}],"last":1,"more":false}}}})",
        batch.first, batch.count, batch.packed, batch.size, base::to_hex(batch.body));
}

class IncidentAncestors : public testing::Test {
  protected:
    IncidentAncestors()
        : folder_(fs::temp_directory_path() / ("shoji-ancestors-" + base::random_hex(4))) {
        settings_.state = folder_;
        settings_.runtime = folder_ / "run";
        fs::create_directories(settings_.hub_socket().parent_path());
        incident::Alert alert;
        alert.detector = incident::Detector::sigma;
        alert.rule = "one";
        alert.what = "incident.sigma";
        alert.level = incident::Level::critical;
        alert.host = "host-1";
        alert.time = noon;
        alert.process = "/bin/2";
        alert.process_id = 2;
        number_ = gatherer_.add(alert);
    }
    ~IncidentAncestors() override { fs::remove_all(folder_); }

    fs::path folder_;
    base::Settings settings_;
    incident::Gatherer gatherer_{incident::Settings{}};
    std::uint64_t number_ = 0;
};

TEST_F(IncidentAncestors, HostsOfWhichNotAllStartsAreReadAreTold) {
    const FakeGateway hub(settings_.hub_socket(), {{"events", stored_starts(3)}});
    const auto* found = gatherer_.find(number_);
    ASSERT_NE(found, nullptr);
    const std::array told{std::pair{text::Language::en, "Of host-1 there are more starts"},
                          std::pair{text::Language::ja, "host-1 はプログラムの開始の記録が多すぎ"}};
    for (const std::size_t most : {2U, 3U}) {
        auto incident = *found;
        const auto ancestry = add_ancestors(settings_, incident, most);
        ASSERT_TRUE(ancestry) << ancestry.error().message;
        EXPECT_EQ(ancestry->unreadable, 0U);
        const IncidentView view{incident, gatherer_, {}, ancestry->cut_hosts};
        const bool is_cut = most < 3;
        for (const auto& [language, words] : told) {
            const auto page = incident_text(view, language);
            EXPECT_THAT(page, HasSubstr("- /bin/1 (1)")) << "what was read is shown";
            EXPECT_THAT(page, is_cut ? testing::Matcher<std::string>(HasSubstr(words))
                                     : Not(HasSubstr(words)));
        }
        EXPECT_THAT(boost::json::serialize(incident_json(view, text::Language::en)),
                    HasSubstr(is_cut ? R"("treeCut":["host-1"])" : R"("treeCut":[])"));
    }
}

}  // namespace
}  // namespace shoji::cli
