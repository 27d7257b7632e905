// A collector, and sensors that deliver to it by messages in memory, in a time that the test sets.
#pragma once

#include "core/base/random.h"
#include "core/store/guarded.h"
#include "hub/collector.h"
#include "hub/tables.h"
#include "watch/delivery/courier.h"

#include <algorithm>
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

namespace shoji::hub {

inline incident::Alert sample_alert(std::string_view rule,
                                    incident::Level level = incident::Level::medium) {
    incident::Alert alert;
    alert.time = 1'800'000'000'000'000'000;
    alert.host = "somebody-else";
    alert.rule = rule;
    alert.what = "sigma.hit";
    alert.level = level;
    return alert;
}

class CollectorFixture : public testing::Test {
  protected:
    struct SensorSide {
        std::string name;
        store::Digest fingerprint{};
        std::filesystem::path folder;
        std::optional<spool::Spool> spool;
        std::optional<delivery::Courier> courier;
        Collector::LinkId link = 0;  // 0: not connected
    };

    CollectorFixture()
        : folder_(std::filesystem::temp_directory_path() / ("shoji-hub-" + base::random_hex(8))) {
        std::filesystem::create_directory(folder_);
        limits_.segment = 256 << 10;
        limits_.reserve = 512 << 10;
        limits_.bytes = std::uint64_t{8} << 20U;
    }
    ~CollectorFixture() override {
        sensors_.clear();
        collector_.reset();
        database_.reset();
        std::filesystem::remove_all(folder_);
    }

    void open() {
        collector_.reset();
        database_.reset();
        for (auto& one : sensors_) one->link = 0;
        auto opened = store::Database::open(folder_ / "hub.db", table_steps());
        ASSERT_TRUE(opened) << opened.error().message;
        database_.emplace(std::move(*opened));
        auto collector = Collector::open(*database_, keep_, now_);
        ASSERT_TRUE(collector) << collector.error().message;
        collector_ = std::move(*collector);
    }
    SensorSide& enrol(const std::string& name) {
        auto side = std::make_unique<SensorSide>();
        side->name = name;
        base::fill_random(side->fingerprint);
        side->folder = folder_ / name;
        const auto added = collector_->add_sensor(name, side->fingerprint, 2'000'000'000, now_);
        EXPECT_TRUE(added) << added.error().message;
        sensors_.push_back(std::move(side));
        start(*sensors_.back());
        return *sensors_.back();
    }
    void start(SensorSide& side) {
        disconnect(side);
        side.courier.reset();
        side.spool.reset();
        auto spool = spool::Spool::open(side.folder, limits_);
        ASSERT_TRUE(spool) << spool.error().message;
        side.spool.emplace(std::move(*spool));
        delivery::Introduction introduction;
        introduction.boot.fill(1);
        base::fill_random(introduction.start);
        introduction.program = "test";
        side.courier.emplace(*side.spool, introduction, [] { return 0.5; });
    }
    [[nodiscard]] delivery::Moment sensor_now() const { return {now_.steady, now_.wall}; }

    bool connect(SensorSide& side) {
        const auto admission = collector_->admit(side.name, side.fingerprint, now_);
        if (admission.refused) return false;
        side.link = admission.link;
        side.courier->connected(sensor_now());
        return true;
    }
    void disconnect(SensorSide& side) {
        if (side.link == 0) return;
        collector_->leave(side.link);
        side.link = 0;
        side.courier->disconnected(sensor_now());
    }

    // One exchange each way. False: the connection is over. `lost`: whether a message gets lost,
    // with all after it, as when a connection breaks.
    bool exchange(
        SensorSide& side, const std::function<bool()>& lost = [] { return false; }) {
        const auto bytes = side.courier->send(sensor_now(), 1 << 20);
        if (!bytes) return false;
        line::Splitter splitter;
        splitter.add(*bytes);
        for (;;) {
            auto message = splitter.next();
            EXPECT_TRUE(message);
            if (!message || !*message) break;
            if (lost()) return false;
            collector_->receive(side.link, std::move(**message), now_);
        }
        while (collector_->turn(now_)) continue;
        for (const auto& answer : collector_->take_answers(side.link)) {
            if (lost()) return false;
            if (!side.courier->receive(answer, sensor_now())) return false;
        }
        return !collector_->ends(side.link);
    }
    // Until nothing waits.
    void deliver(SensorSide& side) {
        ASSERT_TRUE(side.spool->sync());
        for (int tries = 0; tries < 1000 && waits(side); ++tries) {
            if (side.link == 0 && !connect(side)) return;
            if (!exchange(side)) disconnect(side);
        }
        EXPECT_FALSE(waits(side));
    }
    static bool waits(const SensorSide& side) {
        for (const auto kind : {line::Class::alert, line::Class::notice, line::Class::event}) {
            if (side.spool->acknowledged(kind) + 1 < side.spool->next(kind)) return true;
        }
        return false;
    }

    void put_alert(SensorSide& side, std::string_view rule,
                   incident::Level level = incident::Level::medium) {
        EXPECT_TRUE(side.spool->append(line::Class::alert,
                                       incident::to_bytes(sample_alert(rule, level)), now_.steady));
    }
    void put_event(SensorSide& side, std::string_view text) {
        EXPECT_TRUE(side.spool->append(
            line::Class::event, {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()},
            now_.steady));
    }

    void pass(std::chrono::nanoseconds time) {
        now_.steady += time;
        now_.wall += time.count();
    }
    // Rules of stored alerts of that host, in order; what the hub raised waits no longer.
    std::vector<std::string> rules(const std::string& host = "") {
        while (collector_->turn(now_)) continue;
        AlertQuery query;
        query.after = 0;
        query.host = host;
        query.most = 100'000;
        const auto found = collector_->records().alerts(query);
        EXPECT_TRUE(found);
        std::vector<std::string> list;
        for (const auto& one : *found) list.push_back(one.alert.rule);
        return list;
    }
    std::size_t count(const std::string& rule) {
        const auto all = rules();
        return static_cast<std::size_t>(std::ranges::count(all, rule));
    }
    std::int64_t number(const std::string& sql) {
        return database_->connection().execAndGet(sql).getInt64();
    }

    std::filesystem::path folder_;
    spool::Limits limits_;
    Keep keep_;
    Moment now_{std::chrono::steady_clock::time_point(std::chrono::hours(1)),
                1'800'000'000'000'000'000};
    std::optional<store::Database> database_;
    std::unique_ptr<Collector> collector_;
    std::vector<std::unique_ptr<SensorSide>> sensors_;
};

}  // namespace shoji::hub
