#include "watch/event/event_object.h"

#include <initializer_list>

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

class EventObjectTest : public testing::Test {
  protected:
    using Values = std::initializer_list<std::pair<std::string_view, std::string_view>>;

    std::string about(std::string_view category, Values values) {
        event_.clear();
        event_.source.categories[0] = names_.source(category);
        for (const auto& [name, value] : values) {
            event_.add({names_.field(name), Type::text, name, value});
        }
        return object_.text(event_);
    }

    Names names_;
    EventObject object_{names_};
    Event event_;
};

TEST_F(EventObjectTest, SaysBothNamesOfARename) {
    EXPECT_EQ(about("file_rename",
                    {{"EventType", "rename"}, {"SourceFilename", "/a"}, {"TargetFilename", "/b"}}),
              "/a → /b");
    EXPECT_EQ(about("file_event", {{"EventType", "symlink"},
                                   {"SourceFilename", "/etc/shadow"},
                                   {"TargetFilename", "/tmp/x"}}),
              "/tmp/x → /etc/shadow");
}

TEST_F(EventObjectTest, SaysOfFilesWhatWasChanged) {
    EXPECT_EQ(about("file_change", {{"EventType", "chmod"},
                                    {"TargetFilename", "/a"},
                                    {"FileMode", "4755"},
                                    {"FileOwner", "root"}}),
              "/a (4755)");
    EXPECT_EQ(
        about("file_change",
              {{"EventType", "close_write"}, {"TargetFilename", "/a"}, {"BytesWritten", "12"}}),
        "/a (12 B)");
    EXPECT_EQ(about("file_delete", {{"EventType", "unlink"}, {"TargetFilename", "/a"}}), "/a");
}

TEST_F(EventObjectTest, LeavesOutWhatIsUsual) {
    EXPECT_EQ(about("process_termination", {{"ExitCode", "0"}}), "");
    EXPECT_EQ(about("process_termination", {{"ExitCode", "3"}}), "exit=3");
    EXPECT_EQ(about("process_termination", {{"Signal", "9"}}), "signal=9");
    EXPECT_EQ(about("dns_answer", {{"QueryName", "a.jp"},
                                   {"QueryType", "A"},
                                   {"QueryStatus", "0"},
                                   {"QueryResults", "192.0.2.1;"}}),
              "a.jp (A) → 192.0.2.1;");
    EXPECT_EQ(about("dns_answer", {{"QueryName", "a.jp"}, {"QueryStatus", "3"}}), "a.jp RCODE 3");
}

TEST_F(EventObjectTest, SaysBothEndsOfAConnection) {
    const auto connection = [&](std::string_view type, std::string_view result) {
        return about("network_connection", {{"EventType", type},
                                            {"SourceIp", "10.0.0.1"},
                                            {"SourcePort", "5000"},
                                            {"DestinationIp", "10.0.0.2"},
                                            {"DestinationPort", "443"},
                                            {"DestinationHostname", "a.jp"},
                                            {"Protocol", "tcp"},
                                            {"Result", result}});
    };
    EXPECT_EQ(connection("connect", "success"), "tcp 10.0.0.2 443 (a.jp)");
    EXPECT_EQ(connection("connect", "ECONNREFUSED"), "tcp 10.0.0.2 443 (a.jp) ECONNREFUSED");
    EXPECT_EQ(connection("accept", "success"), "tcp 10.0.0.1 5000 → 10.0.0.2 443");
}

TEST_F(EventObjectTest, SaysWhatElseWasDone) {
    EXPECT_EQ(about("process_access", {{"EventType", "ptrace"},
                                       {"TargetImage", "/bin/a"},
                                       {"TargetProcessId", "7"},
                                       {"Request", "attach"},
                                       {"Result", "EPERM"}}),
              "/bin/a (7) attach EPERM");
    EXPECT_EQ(about("privilege_change", {{"EventType", "kernel_parameter"},
                                         {"Parameter", "kernel/core_pattern"},
                                         {"Value", "|/x"}}),
              "kernel/core_pattern = |/x");
    EXPECT_EQ(about("privilege_change", {{"EventType", "unmount"}, {"MountPoint", "/mnt"}}), "/mnt")
        << "no arrow without what it leads from";
}

TEST_F(EventObjectTest, OfOtherEventsTakesTheFirstThatTheyHave) {
    EXPECT_EQ(about("authentication", {{"message", "Failed password"}, {"CommandLine", "x"}}),
              "Failed password");
    EXPECT_EQ(about("", {{"Image", "/bin/a"}}), "");
}

}  // namespace
}  // namespace shoji::event
