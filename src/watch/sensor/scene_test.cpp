#include "watch/sensor/scene.h"

#include "watch/sensor/boot_time.h"
#include "watch/sensor/counters.h"
#include "watch/sensor/json_sink.h"
#include "watch/sensor/policy.h"
#include "watch/sensor/policy_maps.h"

#include <gmock/gmock.h>

namespace shoji::sensor {
namespace {

TEST(Scene, ReadsUsersAndPassesOverWhatIsNone) {
    const auto users =
        parse_users("root:x:0:0::/root:/bin/sh\n\nbroken\nx:y:z\nme:x:1000:1000:::\n:x:7:7:::\n");
    EXPECT_EQ(users.size(), 2U);
    EXPECT_EQ(users.at(0), "root");
    EXPECT_EQ(users.at(1000), "me");
}

TEST(Scene, FindsContainersAndSessionsInTheirGroups) {
    const std::string id(64, 'a');
    EXPECT_EQ(describe_cgroup("/system.slice/docker-" + id + ".scope").container, id);
    EXPECT_EQ(describe_cgroup("/docker/" + id).container, id);
    EXPECT_EQ(describe_cgroup("/kubepods.slice/cri-containerd-" + id + ".scope/x").container, id);
    EXPECT_EQ(describe_cgroup("/user.slice/" + std::string(65, 'a')).container, "");
    EXPECT_EQ(describe_cgroup("/shoji-0123abcd/7f/browser").session, "7f");
    EXPECT_EQ(describe_cgroup("/shoji-0123abcd/7f/browser").role, "browser");
    EXPECT_EQ(describe_cgroup("/x/shoji-0123abcd/7f").role, "");
    EXPECT_EQ(describe_cgroup("/shoji-other/7f").session, "");
}

// Containers come and go: a group that is in use keeps its name, and what is kept is bounded.
TEST(Scene, GroupsInUseKeepTheirNames) {
    CgroupNames names;
    names.add(1, {"/long-lived", "", "", ""});
    for (std::uint64_t i = 2; i < 10 * CgroupNames::most; ++i) {
        names.add(i, {"/short-lived", "", "", ""});
        if (i % 1000 != 0) continue;
        ASSERT_NE(names.find(1), nullptr) << i;
    }
    EXPECT_EQ(names.find(1)->path, "/long-lived");
    EXPECT_EQ(names.find(2), nullptr);
    EXPECT_LE(names.size(), 2 * CgroupNames::most);
    names.add(1, {"/another", "", "", ""});
    EXPECT_EQ(names.find(1)->path, "/another");
}

TEST(BootTime, IsOfTheBestReadingAndStaysWhileItIsRight) {
    constexpr std::int64_t second = 1'000'000'000;
    const std::array readings{ClockReading{100, 5 * second + 50'000'000, 100'000'100},
                              ClockReading{200, 5 * second + 210, 220},
                              ClockReading{300, 5 * second + 400, 700}};
    EXPECT_EQ(boot_time_by(readings, 0), 5 * second);
    EXPECT_EQ(boot_time_by(readings, 5 * second - 900'000), 5 * second - 900'000);
    EXPECT_EQ(boot_time_by(readings, 5 * second + 2'000'000), 5 * second);
    EXPECT_EQ(boot_time_by({}, 7), 7);
    const auto now = read_clocks();
    EXPECT_LE(now.boot_before, now.boot_after);
}

TEST(Policy, TakesWhatItKnows) {
    const auto policy = parse_policy(
        "argument_bytes = 100\n[processes]\nmost = 100\n[files]\nrate = 5\nignore_paths = "
        "[\"/var/log/\"]\n[families]\nfile "
        "= false\n",
        "p");
    ASSERT_TRUE(policy);
    EXPECT_EQ(policy->argument_bytes, 100U);
    EXPECT_EQ(policy->most_processes, 100U);
    EXPECT_EQ(policy->file_rate, 5U);
    EXPECT_TRUE(policy->wants("process"));
    EXPECT_FALSE(policy->wants("file"));
}

TEST(Policy, RefusesWhatItDoesNotKnow) {
    for (const auto* text :
         {"x = 1", "[processes]\nmost = 15", "argument_bytes = 9000", "argument_bytes = \"1\"",
          "analyst_user = 0", "[files]\nignore_paths = [\"var\"]", "[files]\nignore_users = [-1]",
          "[families]\nnone = true", "poll_milliseconds = 0", "[[files]]", "= "}) {
        const auto policy = parse_policy(text, "p.toml");
        ASSERT_FALSE(policy) << text;
        EXPECT_THAT(policy.error().message, testing::StartsWith("p.toml, line ")) << text;
    }
}

TEST(PolicyMaps, AFolderAndOneNameInIt) {
    const auto keys = find_watched({"/etc/passwd", "/etc/", "/no/such/folder/x"});
    ASSERT_EQ(keys.entries.size(), 2U);
    EXPECT_EQ(keys.entries[0].key.name, 0U);
    EXPECT_EQ(keys.entries[0].all, 1);
    EXPECT_EQ(keys.entries[1].key.name, name_hash("passwd"));
    EXPECT_EQ(keys.absent, std::vector<std::string>{"/no/such/folder/x"});
    // The published values of FNV-1a.
    EXPECT_EQ(name_hash(""), 0xcbf29ce484222325ULL);
    EXPECT_EQ(name_hash("a"), 0xaf63dc4c8601ec8cULL);
}

TEST(Counters, LossesAreToldOnceEach) {
    std::vector<std::uint64_t> counts(2 * SENSOR_LOSSES);
    std::vector<std::uint64_t> known(counts.size());
    std::vector<Loss> told;
    // Each time another reader.
    const auto look = [&] {
        LossWatch(counts, known).look([&](const Loss& loss) { told.push_back(loss); });
    };
    look();
    counts[SENSOR_LOSSES + SENSOR_LOSS_NO_SCRATCH] = 3;
    look();
    look();
    counts[SENSOR_LOSSES + SENSOR_LOSS_NO_SCRATCH] = 5;
    look();
    ASSERT_EQ(told.size(), 2U);
    EXPECT_EQ(told[0].processor, 1U);
    EXPECT_EQ(told[0].cause, SENSOR_LOSS_NO_SCRATCH);
    EXPECT_EQ(told[0].count, 3U);
    EXPECT_EQ(told[1].count, 2U);
}

TEST(Counters, AFloodBeginsGoesOnAndEnds) {
    constexpr std::uint64_t second = 1'000'000'000;
    std::vector<sensor_throttle> slots(4);
    FloodWatch watch(slots);
    std::vector<Flood> told;
    const auto look = [&](std::uint64_t now) {
        watch.look(now * second, [&](const Flood& flood) { told.push_back(flood); });
    };
    look(1);
    slots[2].cgroup = 77;
    slots[2].held = 10;
    look(2);
    slots[2].held = 30;
    look(3);
    look(4);
    look(5);
    slots[2].held = 31;
    look(9);
    ASSERT_EQ(told.size(), 3U);
    EXPECT_EQ(told[0].phase, Flood::Phase::begins);
    EXPECT_EQ(told[0].cgroup, 77U);
    EXPECT_EQ(told[1].phase, Flood::Phase::ends);
    EXPECT_EQ(told[1].held, 30U);
    EXPECT_EQ(told[2].phase, Flood::Phase::begins);
    EXPECT_EQ(told[2].held, 1U);
}

TEST(Counters, AGroupThatTakesAFloodingPlaceEndsThatFlood) {
    std::vector<sensor_throttle> slots(1);
    FloodWatch watch(slots);
    std::vector<Flood> told;
    const auto look = [&](std::uint64_t now) {
        watch.look(now, [&](const Flood& flood) { told.push_back(flood); });
    };
    slots[0].cgroup = 1;
    slots[0].held = 10;
    look(1);
    slots[0].cgroup = 2;
    slots[0].held = 15;
    look(2);
    ASSERT_EQ(told.size(), 3U);
    EXPECT_EQ(told[1].phase, Flood::Phase::ends);
    EXPECT_EQ(told[1].cgroup, 1U);
    EXPECT_EQ(told[1].held, 10U);
    EXPECT_EQ(told[2].cgroup, 2U);
    EXPECT_EQ(told[2].held, 5U);
}

TEST(JsonSink, WritesWhatIsNoTextSafely) {
    event::Names names;
    const Words words(names);
    event::Event event;
    event.source.categories[0] = words.file_event;
    EventWriter writer(event);
    writer.text(words.target, "a\"\\\n\xff\xe3\x81\x82");
    writer.number(words.size, 7);
    writer.text(words.environment, "A=1");
    writer.text(words.environment, "B=2");
    writer.yes(words.created);
    std::string line;
    append_json(event, names, line);
    EXPECT_EQ(line,
              "{\"Time\":\"1970-01-01T00:00:00.000000000Z\",\"Category\":\"file_event\","
              "\"TargetFilename\":\"a\\\"\\\\\\u000a\xef\xbf\xbd\xe3\x81\x82\",\"FileSize\":7,"
              "\"Environment\":[\"A=1\",\"B=2\"],\"Created\":true}\n");
}

}  // namespace
}  // namespace shoji::sensor
