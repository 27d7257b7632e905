// A spool in a folder of its own.
#pragma once

#include "core/base/random.h"
#include "watch/spool/spool.h"

#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace shoji::spool {

inline std::vector<std::uint8_t> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

class SpoolFixture : public testing::Test {
  protected:
    SpoolFixture()
        : folder_(std::filesystem::temp_directory_path() / ("shoji-spool-" + base::random_hex(8))) {
        std::filesystem::create_directory(folder_);
        limits_.segment = 256 << 10;
        limits_.reserve = 512 << 10;
        limits_.bytes = 2 << 20;
        limits_.memory = 256 << 10;
    }
    ~SpoolFixture() override {
        spool_.reset();
        std::filesystem::remove_all(folder_);
    }

    void open() {
        spool_.reset();
        auto opened = Spool::open(folder_, limits_);
        ASSERT_TRUE(opened) << opened.error().message;
        spool_.emplace(std::move(*opened));
    }
    base::Result<void> append(Class kind, std::string_view text) {
        return spool_->append(kind, bytes_of(text), now_);
    }
    // All that can be read behind `after`, in steps of about `step` bytes.
    std::vector<Record> read_all(Class kind, std::uint64_t after = 0, std::size_t step = 10'000) {
        std::vector<Record> all;
        for (;;) {
            auto some = spool_->read(kind, after, step);
            EXPECT_TRUE(some) << some.error().message;
            if (!some || some->empty()) return all;
            after = some->back().sequence;
            for (auto& one : *some) all.push_back(std::move(one));
        }
    }

    std::filesystem::path folder_;
    Limits limits_;
    std::optional<Spool> spool_;
    Clock::time_point now_{std::chrono::hours(1)};
};

}  // namespace shoji::spool
