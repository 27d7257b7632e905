// Log sources of JSON that is not of Windows.
#include "watch/event/product_sources.h"

#include "watch/event/json_log.h"
#include "watch/event/log_sources.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace shoji::event {
namespace {

class ProductSourcesTest : public ::testing::Test {
  protected:
    ProductSourcesTest() { add_log_sources(names_); }

    // The only event of a log, "product/service/category …".
    std::string source_of(std::string_view document) {
        text_.assign(document);
        text_.resize(document.size() + json_padding);
        JsonLog log({text_.data(), document.size()}, names_, windows_);
        EXPECT_TRUE(log.next(event_)) << document;
        values_.clear();
        for (const auto& field : event_.fields()) {
            values_ += std::string(field.name) + "=" + std::string(field.value) + ";";
        }
        std::string all(names_.name(event_.source.product));
        all += '/';
        all += names_.name(event_.source.service);
        for (const auto category : event_.source.categories) {
            if (category != no_source) all += "/" + std::string(names_.name(category));
        }
        return all;
    }

    Names names_;
    WindowsSources windows_{names_};
    Event event_;
    std::string text_;
    std::string values_;
};

TEST_F(ProductSourcesTest, KnowsCloudsAndServices) {
    const std::pair<std::string_view, std::string_view> known[] = {
        {R"({"eventSource":"iam.amazonaws.com","eventName":"CreateUser","awsRegion":"us-east-1"})",
         "aws/cloudtrail"},
        {R"({"protoPayload":{"serviceName":"compute","methodName":"x"},"timestamp":"2026-11-20T01:02:03Z"})",
         "gcp/gcp.audit"},
        {R"({"eventService":"admin.googleapis.com","eventName":"x"})",
         "gcp/google_workspace.admin"},
        {R"({"time":"2026-11-20T01:02:03Z","category":"SignInLogs","tenantId":"t","resultType":"50126"})",
         "azure/signinlogs"},
        {R"({"Type":"AuditLogs","OperationName":"x"})", "azure/auditlogs"},
        {R"({"activityDisplayName":"Add user","loggedByService":"Core Directory"})",
         "azure/auditlogs"},
        {R"({"operationName":"MICROSOFT.X","resourceId":"/SUBSCRIPTIONS/1","correlationId":"c"})",
         "azure/activitylogs"},
        {R"({"riskEventType":"impossibleTravel","riskState":"atRisk"})", "azure/riskdetection"},
        {R"({"riskEventType":"noMfaOnRoleActivationAlertIncident"})", "azure/pim"},
        {R"({"Workload":"Exchange","Operation":"New-InboxRule","RecordType":1})", "m365/audit"},
        {R"({"eventSource":"SecurityComplianceCenter","eventName":"x"})", "m365/threat_management"},
        {R"({"eventType":"user.session.start","displayMessage":"x"})", "okta/okta"},
        {R"({"action":"repo.destroy","actor":"a","org":"o"})", "github/audit"},
        {R"({"auditType":{"category":"Projects","action":"x"}})", "bitbucket/audit"},
        {R"({"kind":"Event","apiVersion":"audit.k8s.io/v1","verb":"create"})",
         "kubernetes/audit/application"},
        {R"({"logtype":4002,"node_id":"n","src_host":"10.0.0.1"})", "opencanary//application"},
    };
    for (const auto& [document, source] : known) EXPECT_EQ(source_of(document), source) << document;
}

TEST_F(ProductSourcesTest, IsNotTakenInByLikeness) {
    for (const auto* document :
         {R"({"eventSource":"x","eventName":"y"})", R"({"kind":"Event","apiVersion":"v1"})",
          R"({"action":"a","actor":"b"})", R"({"eventType":"x","displayMessage":""})",
          R"({"query":"select 1","url":"/x","method":"GET"})", R"({"category":"SignInLogs"})"}) {
        EXPECT_EQ(source_of(document), "/") << document;
    }
}

TEST_F(ProductSourcesTest, KnowsZeek) {
    EXPECT_EQ(
        source_of(R"({"_path":"smb_files","ts":1612346078.1,"uid":"C","id.orig_h":"10.0.0.1"})"),
        "zeek/smb_files");
    EXPECT_EQ(
        source_of(R"({"ts":1612346078.1,"uid":"C","id.orig_h":"10.0.0.1","id.resp_h":"10.0.0.2",
        "id.resp_p":445,"proto":"tcp","conn_state":"SF"})"),
        "zeek/conn/firewall");
    EXPECT_NE(values_.find(";dst_port=445;"), std::string::npos) << values_;
    EXPECT_EQ(source_of(R"({"ts":1612346078.1,"uid":"C","id.orig_h":"10.0.0.1","host":"a.example",
        "method":"GET","uri":"/x.exe","user_agent":"curl"})"),
              "zeek/http/proxy");
    EXPECT_NE(values_.find(";cs-host=a.example;"), std::string::npos) << values_;
}

TEST_F(ProductSourcesTest, GivesFirewallsAndProxiesSigmasNames) {
    EXPECT_EQ(
        source_of(R"({"event_type":"dns","src_ip":"10.0.0.1","dest_ip":"10.0.0.2","dest_port":53,
        "proto":"UDP","dns":{"rrname":"a.example","rrtype":"TXT"}})"),
        "//firewall/dns");
    EXPECT_NE(values_.find(";query=a.example;record_type=TXT;"), std::string::npos) << values_;
    EXPECT_EQ(source_of(R"({"src_ip":"10.0.0.1","http":{"hostname":"a.example","url":"/b.exe",
        "http_user_agent":"curl","http_method":"GET"}})"),
              "//proxy");
    EXPECT_NE(values_.find(";c-useragent=curl;"), std::string::npos) << values_;
    EXPECT_EQ(
        source_of(R"({"source":{"ip":"10.0.0.1"},"destination":{"ip":"10.0.0.2","port":443}})"),
        "//firewall");
}

TEST_F(ProductSourcesTest, SysmonForLinuxIsOfLinux) {
    EXPECT_EQ(source_of(R"({"EventID":1,"Channel":"Linux-Sysmon/Operational","Image":"/bin/sh"})"),
              "linux/sysmon/process_creation");
    EXPECT_EQ(source_of(R"({"EventID":11,"Provider_Name":"Linux-Sysmon","Image":"/bin/sh"})"),
              "linux/sysmon/file_event");
    EXPECT_EQ(source_of(R"({"EventID":1,"Channel":"Microsoft-Windows-Sysmon/Operational"})"),
              "windows/sysmon/process_creation");
}

TEST_F(ProductSourcesTest, ABrokenByteDoesNotCostTheEvent) {
    const std::string text =
        "{\"a\":\"x\xffy\xe3\x81\",\"b\":\"\xe6\x97\xa5\"}\n{\"a\":\xff}\n{\"a\":\"z\"}\n";
    text_ = text + std::string(json_padding, '\0');
    JsonLog log({text_.data(), text.size()}, names_, windows_);
    ASSERT_TRUE(log.next(event_));
    EXPECT_EQ(event_.fields()[0].value, "x\xef\xbf\xbdy\xef\xbf\xbd\xef\xbf\xbd");
    EXPECT_EQ(event_.fields()[1].value, "\xe6\x97\xa5");
    ASSERT_EQ(log.damages().count(), 1U);
    EXPECT_EQ(log.damages().told()[0].what.message,
              "3 bytes that are no UTF-8 were read as U+FFFD");
    EXPECT_EQ(log.damages().told()[0].bytes, 0U);
    ASSERT_TRUE(log.next(event_));
    EXPECT_EQ(event_.fields()[0].value, "z");
    EXPECT_EQ(log.damages().count(), 2U) << "what is no JSON either way is left out";
    EXPECT_FALSE(log.next(event_));
}

TEST_F(ProductSourcesTest, HalfAPairOfSurrogatesDoesNotCostTheEvent) {
    const std::string text = R"({"a":"x \ud800 \\ud800 \ud83d\ude00","b":"\uDC20\ud800"})"
                             "\n";
    text_ = text + std::string(json_padding, '\0');
    JsonLog log({text_.data(), text.size()}, names_, windows_);
    ASSERT_TRUE(log.next(event_));
    EXPECT_EQ(event_.fields()[0].value, "x \xef\xbf\xbd \\ud800 \xf0\x9f\x98\x80");
    EXPECT_EQ(event_.fields()[1].value, "\xef\xbf\xbd\xef\xbf\xbd");
    ASSERT_EQ(log.damages().count(), 1U);
    EXPECT_EQ(log.damages().told()[0].what.message,
              "3 halves of surrogate pairs were read as U+FFFD");
}

TEST_F(ProductSourcesTest, AListThatNeverEndsIsToldOnce) {
    const std::string text = "[{\"a\":1},";
    text_ = text + std::string(json_padding, '\0');
    JsonLog log({text_.data(), text.size()}, names_, windows_);
    EXPECT_TRUE(log.next(event_));
    EXPECT_FALSE(log.next(event_));
    EXPECT_FALSE(log.next(event_));
    ASSERT_EQ(log.damages().count(), 1U);
    EXPECT_EQ(log.damages().told()[0].what.message, "the list of events does not end");
}

TEST_F(ProductSourcesTest, TheUserSaysWhatIsNotKnown) {
    const auto source = read_source("product=cisco,service=duo,category=application", names_);
    ASSERT_TRUE(source);
    Reading reading;
    reading.source = *source;
    Event event;
    reading.complete(event);
    EXPECT_EQ(names_.name(event.source.product), "cisco");
    EXPECT_EQ(names_.name(event.source.service), "duo");
    EXPECT_EQ(names_.name(event.source.categories[0]), "application");
    Event known;
    known.source.product = names_.source("aws");
    reading.complete(known);
    EXPECT_EQ(known.source.service, no_source) << "what is known stays";
    for (const auto* text : {"", "aws", "product", "product=", "vendor=x", "product=a,product=b",
                             "product=a,", ",product=a"}) {
        EXPECT_FALSE(read_source(text, names_)) << text;
    }
}

}  // namespace
}  // namespace shoji::event
