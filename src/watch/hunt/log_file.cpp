#include "watch/hunt/log_file.h"

#include "watch/event/evtx_file.h"
#include "watch/event/json_documents.h"
#include "watch/event/json_reader.h"
#include "watch/hunt/mapped_file.h"

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>

namespace shoji::hunt {

namespace fs = std::filesystem;

static_assert(MappedFile::zeros_behind >= event::json_padding);

struct LogFile::Content {
    Content(MappedFile mapped, const event::Names& names, const event::WindowsSources& windows)
        : file(std::move(mapped)) {
        if (event::EvtxFile::is_one(file.bytes())) {
            evtx.emplace(file.bytes(), names, windows);
        } else {
            documents.emplace(file.text());
            json = std::make_unique<event::JsonReader>(names, windows);
        }
    }

    MappedFile file;
    std::optional<event::EvtxFile> evtx;
    std::optional<event::JsonDocuments> documents;
    std::unique_ptr<event::JsonReader> json;
    std::uint64_t number = 0;  // of the document
    std::uint64_t loss_count = 0;
    std::vector<LogLoss> losses;
};

LogFile::LogFile(std::unique_ptr<Content> content) : content_(std::move(content)) {}
LogFile::LogFile(LogFile&&) noexcept = default;
LogFile& LogFile::operator=(LogFile&&) noexcept = default;
LogFile::~LogFile() = default;

base::Result<LogFile> LogFile::open(const fs::path& path, const event::Names& names,
                                    const event::WindowsSources& windows) {
    auto file = MappedFile::open(path);
    if (!file) return base::Failure(file.error());
    return LogFile(std::make_unique<Content>(std::move(*file), names, windows));
}

bool LogFile::next(event::Event& event) {
    auto& content = *content_;
    if (content.evtx) return content.evtx->next(event);
    while (const auto document = content.documents->next()) {
        ++content.number;
        const auto read = content.json->read(*document, event);
        if (read) {
            if (event.record == 0) event.record = content.number;
            return true;
        }
        ++content.loss_count;
        if (content.losses.size() < most_losses) {
            content.losses.push_back({content.documents->offset(), read.error().message});
        }
    }
    return false;
}

std::uint64_t LogFile::size() const {
    return content_->file.bytes().size();
}

std::uint64_t LogFile::offset() const {
    return content_->evtx ? content_->evtx->offset() : content_->documents->offset();
}

std::uint64_t LogFile::loss_count() const {
    return content_->evtx ? content_->evtx->damage_count() : content_->loss_count;
}

std::vector<LogLoss> LogFile::losses() const {
    if (!content_->evtx) return content_->losses;
    std::vector<LogLoss> losses;
    for (const auto& damage : content_->evtx->damages()) {
        losses.push_back({damage.offset, damage.what});
    }
    return losses;
}

base::Result<std::vector<fs::path>> log_files(const std::vector<fs::path>& paths) {
    constexpr std::array<std::string_view, 4> endings{".evtx", ".json", ".jsonl", ".ndjson"};
    std::vector<fs::path> files;
    for (const auto& path : paths) {
        std::error_code error;
        if (!fs::is_directory(path, error)) {
            if (error) return unreadable(path, error.value());
            files.push_back(path);
            continue;
        }
        fs::recursive_directory_iterator entry(path, error);
        for (; !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
            std::error_code ignored;
            if (std::ranges::find(endings, entry->path().extension()) != endings.end() &&
                entry->is_regular_file(ignored)) {
                files.push_back(entry->path());
            }
        }
        if (error) return unreadable(path, error.value());
    }
    std::ranges::sort(files);
    files.erase(std::unique(files.begin(), files.end()), files.end());
    return files;
}

}  // namespace shoji::hunt
