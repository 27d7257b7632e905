#include "cli/incident_page.h"

#include "cli/ocsf_incident.h"
#include "watch/detect/intrusion/detector.h"
#include "watch/detect/intrusion/testing/chain.h"
#include "watch/detect/intrusion/testing/lists.h"
#include "watch/detect/intrusion/testing/office.h"
#include "watch/event/testing/ocsf_check.h"

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shoji::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using text::Language;

constexpr std::array languages{Language::ja, Language::en};

// The whole attack, within an office's week.
incident::Gatherer attacked() {
    namespace scenes = intrusion::testing;
    intrusion::Settings settings;
    settings.canaries = {std::string(scenes::canary)};
    intrusion::Detector detector(settings, scenes::lists());
    incident::Gatherer gatherer{incident::Settings{}};
    std::uint64_t record = 0;
    for (unsigned week = 0; week < 3; ++week) {
        scenes::Scene scene;
        scenes::add_office_week(scene, week, 20);
        if (week == 2) {
            scenes::add_attack(scene,
                               scenes::first_monday + 15 * incident::day + 10 * incident::hour);
        }
        for (const auto& activity : scene.activities) {
            gatherer.observe(activity);
            std::vector<incident::Alert> alerts;
            detector.observe(activity, {"scene.evtx", ++record}, alerts);
            for (const auto& alert : alerts) gatherer.add(alert);
        }
    }
    return gatherer;
}

TEST(IncidentPage, IsAnIncidentFindingOfOcsf) {
    const auto gatherer = attacked();
    ASSERT_EQ(gatherer.incidents().size(), 1U);
    simdjson::dom::parser parser;
    for (const auto language : languages) {
        const auto json = ocsf_incident({*gatherer.incidents()[0], gatherer}, language);
        simdjson::dom::object object;
        ASSERT_EQ(parser.parse(json).get(object), simdjson::SUCCESS) << json;
        EXPECT_EQ(event::testing::against("2005", object), "") << json;
        EXPECT_THAT(json, HasSubstr(R"("type_uid":200501)"));
        EXPECT_THAT(json, HasSubstr(R"("technique":{"uid":"T1021"})"));
        EXPECT_THAT(json, HasSubstr("adm-sato"));
    }
}

TEST(IncidentPage, NamesTheWholeAttack) {
    const auto gatherer = attacked();
    ASSERT_EQ(gatherer.incidents().size(), 1U);
    const IncidentView view{*gatherer.incidents()[0], gatherer};
    for (const auto language : languages) {
        const auto page = incident_text(view, language);
        for (const auto* wanted : {"pc11",
                                   "pc12",
                                   "pc13",
                                   "pc14",
                                   "pc15",
                                   "user11",
                                   "adm-sato",
                                   "WINWORD.EXE",
                                   "powershell.exe",
                                   "powershell -w hidden",
                                   "lsass.exe",
                                   "config\\SAM",
                                   "qxsvc",
                                   "CurrentVersion\\Run\\Qx",
                                   "qx7",
                                   "0000-canary.xlsx",
                                   "T1204.002",
                                   "T1059.003",
                                   "T1003.001",
                                   "T1021.002",
                                   "T1543.003",
                                   "T1547.001",
                                   "T1486",
                                   "scene.evtx#",
                                   "2026-11-17 01:01:00"}) {
            EXPECT_THAT(page, HasSubstr(wanted));
        }
        EXPECT_THAT(page, Not(HasSubstr("intrusion."))) << "every key has words";
        EXPECT_THAT(page, Not(HasSubstr("incident.")));
        EXPECT_THAT(page, Not(HasSubstr("{")));
        EXPECT_LT(std::ranges::count(page, '\n'), 150) << "it is a page";
    }
    EXPECT_THAT(incident_text(view, Language::ja), HasSubstr("次にすること"));
    const auto page = incident_text(view, Language::en);
    EXPECT_THAT(page, HasSubstr("Disable the accounts"));
    EXPECT_THAT(page, HasSubstr("The same on: PC12, PC13, PC14, PC15"));
}

TEST(IncidentPage, TheTreeStandsUnderItsParents) {
    const auto gatherer = attacked();
    const IncidentView view{*gatherer.incidents()[0], gatherer};
    const auto page = incident_text(view, Language::en);
    const auto outlook = page.find("- C:\\Program Files\\Microsoft Office\\OUTLOOK.EXE (500)");
    const auto word = page.find("  - C:\\Program Files\\Microsoft Office\\WINWORD.EXE (501)");
    const auto shell = page.find("    ! C:\\Windows\\System32\\cmd.exe (502)");
    EXPECT_LT(outlook, word);
    EXPECT_LT(word, shell);
    EXPECT_LT(shell, page.size());
}

TEST(IncidentPage, JsonHasItAll) {
    const auto gatherer = attacked();
    const auto object = incident_json({*gatherer.incidents()[0], gatherer}, Language::en);
    EXPECT_EQ(object.at("state").as_string(), "open");
    EXPECT_EQ(object.at("hosts").as_array().size(), 5U);
    EXPECT_GT(object.at("risk").as_double(), 100);
    EXPECT_GE(object.at("timeline").as_array().size(), 14U);
    const auto text = boost::json::serialize(object);
    EXPECT_THAT(text, HasSubstr(R"("rule":"lateral_chain")"));
    EXPECT_THAT(text, HasSubstr(R"("name":"qxsvc")"));
    EXPECT_THAT(text, HasSubstr(R"("first":"2026-11-17T)"));
}

incident::Alert hostile() {
    incident::Alert alert;
    alert.time = 1'795'392'000 * incident::second;
    alert.host = "pc\x1b[31m\n1";
    alert.user = "a\xff\xe2\x80\xae";
    alert.process = "C:\\\nRisk: 0\x07.exe";
    alert.rule = "r\ns";
    alert.what = "incident.sigma";
    alert.values = {{"title", "x\n{title}\x1b]0;evil\x07"}};
    alert.level = incident::Level::critical;
    alert.techniques = {"T1\n2"};
    alert.evidence = {{"f\n", 1}};
    return alert;
}

TEST(IncidentPage, WhatLogsSayCannotChangeThePage) {
    incident::Gatherer gatherer{incident::Settings{}};
    const auto id = gatherer.add(hostile());
    const IncidentView view{*gatherer.find(id), gatherer};
    for (const auto language : languages) {
        const auto page = incident_text(view, language);
        for (const char c : page) EXPECT_TRUE(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
        EXPECT_THAT(page, Not(HasSubstr("\xe2\x80\xae")));
        EXPECT_THAT(page, Not(HasSubstr("\nRisk: 0\xef")));
        EXPECT_THAT(boost::json::serialize(incident_json(view, language)),
                    Not(HasSubstr("\\u001b")));
    }
}

TEST(IncidentPage, ATreeThatRunsInACircleEnds) {
    incident::Incident incident;
    incident.id = 1;
    incident.processes.resize(3);
    incident.processes[0].parent = 1;
    incident.processes[1].parent = 0;
    incident.processes[2].parent = 2;
    incident::Gatherer gatherer{incident::Settings{}};
    EXPECT_THAT(incident_text({incident, gatherer}, Language::en), HasSubstr("(0)"));
}

TEST(IncidentPage, SuppressionsAreShown) {
    auto read = incident::Suppressions::parse(
        "[[suppression]]\nrule = 'noise'\nowner = '山田'\nreason = 'known tool'\n"
        "expires = 2027-03-31\n"
        "[[suppression]]\nrule = 'old'\nowner = 'sato'\nreason = 'x'\nexpires = 2026-01-31\n"
        "[[suppression]]\nrule = 'nobody'\n");
    ASSERT_TRUE(read);
    incident::Gatherer gatherer(incident::Settings{}, std::move(*read));
    auto alert = hostile();
    alert.rule = "noise";
    for (int i = 0; i < 7; ++i) gatherer.add(alert);
    alert.rule = "old";
    const auto id = gatherer.add(alert);
    const auto page = suppressions_text(gatherer, {}, Language::en);
    EXPECT_THAT(page, HasSubstr("noise: 7 alerts held back"));
    EXPECT_THAT(page, HasSubstr("Conditions rule=noise, owner"));
    EXPECT_THAT(page, HasSubstr("山田"));
    EXPECT_THAT(page, HasSubstr("expired on 2026-01-31 15:00:00"));
    EXPECT_THAT(page, HasSubstr("let through since: 1"));
    EXPECT_THAT(page, HasSubstr("line 11"));
    EXPECT_THAT(incident_text({*gatherer.find(id), gatherer}, Language::en),
                HasSubstr("[suppressed]"));
    gatherer.set_suppressions({});
    EXPECT_THAT(suppressions_text(gatherer, {}, Language::ja), HasSubstr("noise: 7 件を抑止"));
}

}  // namespace
}  // namespace shoji::cli
