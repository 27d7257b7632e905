// A journal in a temporary folder, with clocks that the test moves.
#pragma once

#include "core/audit/writer.h"
#include "core/journal/folder.h"

#include <fstream>

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace shoji::audit {

class JournalFixture : public testing::Test {
  protected:
    static constexpr std::uint64_t reserve = 1 << 20;

    void SetUp() override {
        spdlog::set_level(spdlog::level::off);
        std::string folder = testing::TempDir() + "shoji-audit-XXXXXX";
        ASSERT_NE(::mkdtemp(folder.data()), nullptr);
        folder_ = folder;
        ASSERT_TRUE(key_.save(folder_ / journal::signing_key_file));
    }
    void TearDown() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] Clock clock() {
        return {boot_, [this] {
                    now_.time += std::chrono::milliseconds{1};
                    now_.uptime += std::chrono::milliseconds{1};
                    return now_;
                }};
    }

    [[nodiscard]] base::Result<Writer> open() {
        auto lock = JournalLock::take(folder_);
        if (!lock) return base::Failure(lock.error());
        return Writer::open(std::move(*lock), folder_, reserve, clock());
    }

    static journal::Submitted record(std::size_t number) {
        return {1001,
                {journal::Action::refusal, journal::Outcome::refused, "user", "terminal-7 (lgwan)",
                 std::to_string(number), "refusal.not_listed"}};
    }

    // One append() a record; all must be written.
    static void write(Writer& writer, std::size_t from, std::size_t to) {
        for (std::size_t i = from; i < to; ++i) {
            const std::vector records{record(i)};
            ASSERT_EQ(writer.append(records), std::vector{journal::Acknowledgement::written});
        }
    }

    [[nodiscard]] std::vector<journal::Entry> entries() const {
        std::vector<journal::Entry> all;
        const auto rest = journal::read_lines(folder_, [&](std::string_view line) {
            const auto parsed = journal::parse_line(line);
            EXPECT_TRUE(parsed) << line;
            if (parsed) all.push_back(parsed->entry);
            return true;
        });
        EXPECT_TRUE(rest) << rest.error().message;
        return all;
    }

    // "what" of each record, and the name of each notice with its detail.
    [[nodiscard]] std::vector<std::string> content() const {
        std::vector<std::string> words;
        for (const auto& entry : entries()) {
            if (const auto* submitted = std::get_if<journal::Submitted>(&entry.body)) {
                words.push_back(submitted->record.what);
            }
            if (const auto* notice = std::get_if<journal::Notice>(&entry.body)) {
                words.push_back(std::string(name_of(notice->event)) + ": " + notice->detail);
            }
        }
        return words;
    }

    // The finding, by default against the newest checkpoint.
    [[nodiscard]] std::optional<journal::Finding> verify() const {
        const auto known =
            journal::load_checkpoint(folder_ / journal::checkpoint_file, key_.public_key());
        EXPECT_TRUE(known) << known.error().message;
        const auto report = journal::verify_folder(
            folder_, key_.public_key(),
            known ? std::optional<journal::ParsedLine>(*known) : std::nullopt);
        EXPECT_TRUE(report) << report.error().message;
        return report ? report->finding : std::nullopt;
    }

    [[nodiscard]] std::filesystem::path segment(std::uint32_t ordinal) const {
        return folder_ / journal::journal_folder / journal::segment_name(ordinal);
    }

    static std::string read_file(const std::filesystem::path& path) {
        std::ifstream file(path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    static void write_file(const std::filesystem::path& path, std::string_view bytes) {
        std::ofstream(path, std::ios::binary)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    }

    std::filesystem::path folder_;
    journal::SigningKey key_ = journal::SigningKey::generate();
    BootId boot_{0xaa};
    Moment now_{Time(std::chrono::sys_days(std::chrono::year{2026} / 7 / 1)),
                std::chrono::hours{1}};
};

}  // namespace shoji::audit
