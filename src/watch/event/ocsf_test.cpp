// Every sort of event that is mapped is, with all its fields, an object that the schema allows.
#include "watch/event/ocsf.h"

#include "core/base/bytes.h"
#include "watch/event/log_sources.h"
#include "watch/event/testing/ocsf_check.h"

#include <deque>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <simdjson.h>

namespace shoji::event {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Fields = std::vector<std::pair<std::string, std::string>>;
namespace dom = simdjson::dom;

class OcsfTest : public ::testing::Test {
  protected:
    std::string shown(const ocsf::Sort& sort, const Fields& fields, bool category = false) {
        return view_.event(filled(sort, fields, category));
    }
    const Event& filled(const ocsf::Sort& sort, const Fields& fields, bool category) {
        event_.clear();
        texts_.clear();
        event_.source.product = names_.source("windows");
        (category ? event_.source.categories.front() : event_.source.service) =
            names_.source(sort.service);
        event_.time = 1'780'000'000'123'456'789;
        event_.record = 7;
        add("EventID", std::to_string(sort.event), Type::number);
        add("Channel", "The/Channel");
        add("Provider_Name", "The-Provider");
        add("Computer", "PC1.city.example");
        for (const auto& [name, value] : fields) add(name, value);
        return event_;
    }
    void add(const std::string& name, const std::string& value, Type type = Type::text) {
        const std::string_view kept_name = texts_.emplace_back(name);
        const std::string_view kept_value = texts_.emplace_back(value);
        event_.add({names_.field(name), type, kept_name, kept_value});
    }
    // The schema's objections to JSON of an event; `uid` must be its class.
    std::string objections(const std::string& json, std::uint64_t uid) {
        dom::element element;
        if (parser_.parse(json).get(element) != simdjson::SUCCESS) return "no JSON: " + json;
        const dom::object object = element;
        if (std::uint64_t{object["class_uid"]} != uid) return "another class: " + json;
        if (std::uint64_t{object["type_uid"]} != uid * 100 + std::uint64_t{object["activity_id"]}) {
            return "another type: " + json;
        }
        const auto wrong = testing::against(std::to_string(uid), object);
        return wrong.empty() ? wrong : wrong + ": " + json;
    }
    // The fields that the sort's shape knows, with values of their kinds.
    static Fields all_fields(const ocsf::Sort& sort) {
        Fields fields;
        for (const auto& attribute : ocsf::attributes()) {
            if (attribute.shape != sort.shape || attribute.field == "Computer") continue;
            fields.emplace_back(attribute.field, example(attribute));
        }
        if (!sort.where.empty()) fields.emplace_back(sort.where, sort.is);
        return fields;
    }
    static std::string example(const ocsf::Attribute& attribute) {
        using ocsf::Kind;
        switch (attribute.kind) {
            case Kind::number:
                return "0x1f0";
            case Kind::hashes:
                return "MD5=0123,SHA256=4567,IMPHASH=89AB";
            case Kind::direction:
                return "true";
            case Kind::outcome:
                return "success";
            case Kind::answers:
                return "type:  5 x.example;::ffff:192.0.2.1;";
            case Kind::user:
                return "CITY\\sato";
            default:
                return attribute.field == "cs-method" ? "POST" : "C:\\folder\\name.exe";
        }
    }

    Names names_;
    OcsfView view_{names_};
    Event event_;
    std::deque<std::string> texts_;
    dom::parser parser_;
};

const ocsf::Sort& sort_of(std::string_view service, std::uint32_t event) {
    for (const auto& sort : ocsf::sorts) {
        if (sort.service == service && sort.event == event) return sort;
    }
    ADD_FAILURE() << service << " " << event;
    return ocsf::sorts[0];
}

TEST_F(OcsfTest, EverySortIsWhatTheSchemaAllows) {
    for (const auto& sort : ocsf::sorts) {
        const auto& of = ocsf::classes[static_cast<std::size_t>(sort.of)];
        const auto json = shown(sort, all_fields(sort), sort.event == 0);
        EXPECT_EQ(objections(json, of.uid), "") << sort.service << " " << sort.event;
        EXPECT_THAT(json, HasSubstr(fmt::format("\"category_uid\":{}", of.category)));
        EXPECT_THAT(json, Not(HasSubstr("\"unmapped\":{\"C")))
            << "all of these fields have an attribute";
    }
}

TEST_F(OcsfTest, WithOneFieldOfEachStillIs) {
    for (const auto& sort : ocsf::sorts) {
        for (const auto& field : all_fields(sort)) {
            const auto json = shown(sort, {field}, sort.event == 0);
            dom::element element;
            ASSERT_EQ(parser_.parse(json).get(element), simdjson::SUCCESS) << json;
            const std::uint64_t uid = element["class_uid"];
            EXPECT_EQ(objections(json, uid), "") << sort.service << " " << field.first;
        }
    }
}

TEST_F(OcsfTest, AProcess) {
    const auto json = shown(sort_of("sysmon", 1), {{"ProcessId", "42"},
                                                   {"Image", "C:\\Windows\\cmd.exe"},
                                                   {"User", "CITY\\sato"},
                                                   {"ParentProcessId", "7"},
                                                   {"Hashes", "MD5=00"},
                                                   {"Own", "x"},
                                                   {"Own", "y"}});
    EXPECT_EQ(
        json,
        R"({"class_uid":1007,"class_name":"Process Activity","category_uid":1,"activity_id":1,)"
        R"("type_uid":100701,"severity_id":1,"time":1780000000123,"metadata":{"version":"1.5.0",)"
        R"("product":{"name":"The-Provider","vendor_name":"Microsoft"},"log_provider":)"
        R"("The-Provider","log_name":"The/Channel","event_code":"1","sequence":7,)"
        R"("profiles":["host"]},"device":{"hostname":"PC1.city.example","type_id":0,"os":)"
        R"({"name":"Windows","type_id":100}},"process":{"pid":42,"name":"cmd.exe","file":)"
        R"({"name":"cmd.exe","path":"C:\\Windows\\cmd.exe","type_id":1,"hashes":)"
        R"([{"algorithm":"MD5","algorithm_id":1,"value":"00"}]},"user":{"name":"sato",)"
        R"("domain":"CITY"}},"actor":{"process":{"pid":7}},"unmapped":{"Own":["x","y"]}})");
}

TEST_F(OcsfTest, WithoutWhatItsClassRequiresItIsABaseEvent) {
    const auto json = shown(sort_of("sysmon", 1), {{"Image", "C:\\a.exe"}, {"ProcessId", "-"}});
    EXPECT_EQ(objections(json, 0), "");
    EXPECT_THAT(json, HasSubstr(R"("unmapped":{"Image":"C:\\a.exe","ProcessId":"-"})"));
    EXPECT_EQ(objections(shown({"nothing", 9, {}, 0, {}}, {{"a.b", "1"}}), 0), "");
}

TEST_F(OcsfTest, ASecondNameOfTheSameValueIsNotUnmapped) {
    const auto& event = filled(
        sort_of("security", 4688),
        {{"NewProcessId", "0x10"}, {"NewProcessName", "C:\\a.exe"}, {"ProcessId", "0x4"}}, false);
    const auto* name = event.find(names_.field("NewProcessName"));
    event_.add({names_.field("Image"), name->type, "Image", name->value});
    const auto json = view_.event(event_);
    EXPECT_EQ(objections(json, 1007), "");
    EXPECT_THAT(json, Not(HasSubstr("unmapped")));
    EXPECT_THAT(json, HasSubstr(R"("pid":16)"));
}

TEST_F(OcsfTest, HostileTextIsJsonAllTheSame) {
    const std::string hostile = "\xff\"\\\x01\xe3\x81";
    const auto json = shown(
        sort_of("sysmon", 11),
        {{"TargetFilename", hostile}, {hostile, hostile}, {"ProcessId", "1"}, {"unmapped.x", "z"}});
    EXPECT_EQ(objections(json, 1001), "");
    EXPECT_TRUE(base::is_utf8(json));
    EXPECT_THAT(json, HasSubstr(R"("unmapped.x":"z")"));
    for (const auto* number : {"18446744073709551616", "9007199254740992", "0x", "1x", "-1"}) {
        EXPECT_THAT(shown(sort_of("sysmon", 11),
                          {{"TargetFilename", "f"}, {"ProcessId", number}, {"ProcessGuid", "g"}}),
                    Not(HasSubstr("\"pid\"")))
            << number;
    }
}

TEST_F(OcsfTest, ARequestsMethodIsItsActivity) {
    const auto of = [&](const std::string& method) {
        return shown(sort_of("proxy", 0), {{"cs-method", method}, {"c-uri", "http://x/"}}, true);
    };
    EXPECT_THAT(of("GET"), HasSubstr("\"type_uid\":400203"));
    EXPECT_THAT(of("BREW"), HasSubstr("\"type_uid\":400299"));
    EXPECT_EQ(objections(of("PUT"), 4002), "");
}

TEST_F(OcsfTest, EverySourceThatReadersTellApartIsKnown) {
    Names names;
    add_log_sources(names);
    for (const auto& sort : ocsf::sorts) {
        // Those that only Windows' events have are WindowsSources'.
        const bool of_devices = sort.shape == ocsf::Shape::http ||
                                sort.shape == ocsf::Shape::firewall ||
                                sort.shape == ocsf::Shape::host_logon;
        if (of_devices) {
            EXPECT_NE(names.source(sort.service), no_source) << sort.service;
        }
    }
}

TEST_F(OcsfTest, EvidenceHoldsWhatTheEventIsAbout) {
    const auto& event =
        filled(sort_of("sysmon", 7),
               {{"ImageLoaded", "C:\\a.dll"}, {"ProcessId", "5"}, {"Signed", "no"}}, false);
    const auto json = view_.evidence(event);
    dom::element element;
    ASSERT_EQ(parser_.parse(json).get(element), simdjson::SUCCESS) << json;
    const dom::object object = element;
    EXPECT_EQ(testing::against("evidences", object), "");
    EXPECT_THAT(json, HasSubstr(R"("actor":{"process":{"pid":5}})"));
    EXPECT_THAT(json, HasSubstr(R"("data":{"module":{"file":{"name":"a.dll")"));
    EXPECT_THAT(json, HasSubstr(R"("Signed":"no")"));
}

}  // namespace
}  // namespace shoji::event
