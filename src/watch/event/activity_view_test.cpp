#include "watch/event/activity_view.h"

#include "watch/event/json_reader.h"
#include "watch/event/time.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace shoji::event {
namespace {

class ActivityViewTest : public ::testing::Test {
  protected:
    // An event of that channel and number with the data, as Winlogbeat writes it.
    bool view(std::string_view channel, int number, const std::string& data) {
        text_ = R"({"@timestamp":"2026-11-20T01:02:03Z","winlog":{"event_id":")" +
                std::to_string(number) + R"(","channel":")" + std::string(channel) +
                R"(","computer_name":"PC1","event_data":{)" + data + "}}}";
        const auto size = text_.size();
        text_.resize(size + json_padding);
        EXPECT_TRUE(reader_.read({text_.data(), size}, event_));
        return view_.view(event_, activity_);
    }
    bool sysmon(int number, const std::string& data) {
        return view("Microsoft-Windows-Sysmon/Operational", number, data);
    }

    Names names_;
    WindowsSources windows_{names_};
    ActivityView view_{names_};
    JsonReader reader_{names_, windows_};
    std::string text_;
    Event event_;
    Activity activity_;
};

TEST_F(ActivityViewTest, SeesProcesses) {
    ASSERT_TRUE(sysmon(1, R"("Image":"C:\\a.exe","ParentImage":"C:\\b.exe","CommandLine":"a /x",
        "User":"CITY\\tanaka","ProcessId":"77","ParentProcessId":"12")"));
    EXPECT_EQ(activity_.kind, ActivityKind::process);
    EXPECT_EQ(activity_.time, *parse_time("2026-11-20T01:02:03Z"));
    EXPECT_EQ(activity_.host, "PC1");
    EXPECT_EQ(activity_.user, "CITY\\tanaka");
    EXPECT_EQ(activity_.process, "C:\\a.exe");
    EXPECT_EQ(activity_.parent, "C:\\b.exe");
    EXPECT_EQ(activity_.command, "a /x");
    EXPECT_EQ(activity_.process_id, 77U);
    EXPECT_EQ(activity_.parent_id, 12U);
    ASSERT_TRUE(view("Security", 4688, R"("NewProcessName":"C:\\c.exe","NewProcessId":"0x1f4",
        "ProcessId":"0x10","SubjectUserName":"-")"));
    EXPECT_EQ(activity_.process, "C:\\c.exe");
    EXPECT_EQ(activity_.process_id, 500U);
    EXPECT_EQ(activity_.parent_id, 16U);
    EXPECT_EQ(activity_.user, "") << "'-' is nothing";
}

TEST_F(ActivityViewTest, SeesOutgoingConnectionsOnly) {
    const std::string rest =
        R"("Image":"C:\\a.exe","DestinationIp":"203.0.113.9","DestinationHostname":"x.example",
           "DestinationPort":"443","DestinationPortName":"https","Protocol":"tcp")";
    ASSERT_TRUE(sysmon(3, R"("Initiated":"true",)" + rest));
    EXPECT_EQ(activity_.kind, ActivityKind::connection);
    EXPECT_EQ(activity_.peer, "203.0.113.9");
    EXPECT_EQ(activity_.domain, "x.example");
    EXPECT_EQ(activity_.port, 443);
    EXPECT_EQ(activity_.protocol, "https");
    EXPECT_FALSE(activity_.denied);
    EXPECT_FALSE(sysmon(3, R"("Initiated":"false",)" + rest));
    const std::string filtered = R"("Application":"\\device\\a.exe","DestAddress":"203.0.113.9",
        "DestPort":"53","Protocol":"17","Direction":)";
    ASSERT_TRUE(view("Security", 5157, filtered + R"("%%14593")"));
    EXPECT_TRUE(activity_.denied);
    EXPECT_EQ(activity_.port, 53);
    EXPECT_FALSE(view("Security", 5157, filtered + R"("%%14592")"));
    ASSERT_TRUE(view("Security", 5156, R"("DestAddress":"203.0.113.9","Protocol":"1",
        "Direction":"%%14593")"));
    EXPECT_EQ(activity_.kind, ActivityKind::icmp);
}

TEST_F(ActivityViewTest, SeesQueriesFilesAndPrints) {
    ASSERT_TRUE(sysmon(22, R"("QueryName":"a.example","Image":"C:\\a.exe")"));
    EXPECT_EQ(activity_.kind, ActivityKind::query);
    EXPECT_EQ(activity_.domain, "a.example");
    ASSERT_TRUE(sysmon(11, R"("TargetFilename":"E:\\x.zip","Image":"C:\\a.exe")"));
    EXPECT_EQ(activity_.kind, ActivityKind::file_write);
    EXPECT_EQ(activity_.path, "E:\\x.zip");
    ASSERT_TRUE(sysmon(10, R"("SourceImage":"C:\\a.exe","TargetImage":"C:\\lsass.exe")"));
    EXPECT_EQ(activity_.kind, ActivityKind::file_read);
    EXPECT_EQ(activity_.protocol, "memory");
    EXPECT_EQ(activity_.path, "C:\\lsass.exe");
    ASSERT_TRUE(view("Microsoft-Windows-PrintService/Operational", 307,
                     R"("Param2":"list","Param3":"tanaka","Param7":"1000","Param8":"12")"));
    EXPECT_EQ(activity_.kind, ActivityKind::print);
    EXPECT_EQ(activity_.pages, 12U);
    EXPECT_EQ(activity_.bytes_out, 1000U);
    EXPECT_EQ(activity_.user, "tanaka");
}

TEST_F(ActivityViewTest, SeesLogonsAndWhatStartsPrograms) {
    ASSERT_TRUE(view("Security", 4624, R"("TargetUserName":"tanaka","LogonType":"3",
        "IpAddress":"10.1.2.3","WorkstationName":"PC9")"));
    EXPECT_EQ(activity_.kind, ActivityKind::logon);
    EXPECT_EQ(activity_.logon_type, 3);
    EXPECT_EQ(activity_.peer, "10.1.2.3");
    ASSERT_TRUE(view("System", 7045, R"("ServiceName":"s","ImagePath":"C:\\s.exe")"));
    EXPECT_EQ(activity_.kind, ActivityKind::service);
    EXPECT_EQ(activity_.protocol, "service");
    EXPECT_EQ(activity_.path, "C:\\s.exe");
    ASSERT_TRUE(view("Security", 4698, R"("TaskName":"\\t","SubjectUserName":"u")"));
    EXPECT_EQ(activity_.protocol, "task");
    ASSERT_TRUE(
        sysmon(13, R"("TargetObject":"HKLM\\SOFTWARE\\Microsoft\\Windows\\CURRENTVERSION\\Run\\x",
        "Details":"C:\\x.exe")"));
    EXPECT_EQ(activity_.protocol, "key");
    EXPECT_EQ(activity_.path, "C:\\x.exe");
    EXPECT_FALSE(sysmon(13, R"("TargetObject":"HKLM\\SOFTWARE\\x","Details":"1")"));
}

TEST_F(ActivityViewTest, SeesFilesThatWindowsAudits) {
    const auto object = [](std::string_view type, std::string_view name, std::string_view mask) {
        return fmt::format(R"("ObjectType":"{}","ObjectName":"{}","AccessMask":"{}",
            "ProcessName":"C:\\a.exe","ProcessId":"0x10","SubjectUserName":"tanaka")",
                           type, name, mask);
    };
    ASSERT_TRUE(view("Security", 4663, object("File", R"(E:\\x.zip)", "0x2")));
    EXPECT_EQ(activity_.kind, ActivityKind::file_write);
    EXPECT_EQ(activity_.path, "E:\\x.zip");
    EXPECT_EQ(activity_.process, "C:\\a.exe");
    EXPECT_EQ(activity_.process_id, 16U);
    ASSERT_TRUE(view("Security", 4663, object("File", R"(D:\\x)", "0x1")));
    EXPECT_EQ(activity_.kind, ActivityKind::file_read);
    EXPECT_FALSE(view("Security", 4663, object("File", R"(D:\\x)", "0x80")));
    EXPECT_FALSE(view("Security", 4663, object("Key", "x", "0x1")));
    const auto* const lsass = R"(\\Device\\Windows\\System32\\LSASS.exe)";
    for (const int number : {4656, 4663}) {
        ASSERT_TRUE(view("Security", number, object("Process", lsass, "0x1410")));
        EXPECT_EQ(activity_.kind, ActivityKind::file_read);
        EXPECT_EQ(activity_.protocol, "memory");
        EXPECT_FALSE(view("Security", number, object("Process", lsass, "0x1000")));
    }
    ASSERT_TRUE(view("Security", 5145, R"("ShareName":"\\\\*\\s","RelativeTargetName":"d\\x",
        "IpAddress":"10.0.0.5","AccessMask":"0x2","SubjectUserName":"tanaka")"));
    EXPECT_EQ(activity_.kind, ActivityKind::file_write);
    EXPECT_EQ(activity_.target, "\\\\*\\s");
    EXPECT_EQ(activity_.path, "d\\x");
    EXPECT_EQ(activity_.peer, "10.0.0.5");
}

TEST_F(ActivityViewTest, SeesWhoAskedANameServer) {
    ASSERT_TRUE(view("Microsoft-Windows-DNS-Server/Analytical", 256,
                     R"("QNAME":"x.example.","Source":"10.0.0.5")"));
    EXPECT_EQ(activity_.kind, ActivityKind::query);
    EXPECT_EQ(activity_.host, "10.0.0.5");
    EXPECT_EQ(activity_.domain, "x.example.");
}

TEST_F(ActivityViewTest, NumbersThatAreNoneAreNothing) {
    ASSERT_TRUE(sysmon(3, R"("Initiated":"true","DestinationPort":"70000","ProcessId":"x")"));
    EXPECT_EQ(activity_.port, 0);
    EXPECT_EQ(activity_.process_id, 0U);
    EXPECT_FALSE(sysmon(255, R"("ID":"x")"));
    EXPECT_FALSE(view("Unknown", 1, R"("Image":"x")"));
}

}  // namespace
}  // namespace shoji::event
