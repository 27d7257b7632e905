#include "watch/hunt/hunt.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>
#include <tuple>

namespace shoji::hunt {
namespace {

// The fields that tell most, the most telling first.
constexpr std::array<std::string_view, 24> telling{
    "Image",           "CommandLine",     "ParentImage", "ParentCommandLine", "TargetFilename",
    "TargetObject",    "Details",         "ImageLoaded", "SourceImage",       "TargetImage",
    "GrantedAccess",   "PipeName",        "QueryName",   "DestinationIp",     "DestinationHostname",
    "DestinationPort", "ServiceName",     "ImagePath",   "ServiceFileName",   "TaskName",
    "TargetUserName",  "SubjectUserName", "IpAddress",   "ScriptBlockText"};
constexpr std::size_t most_value = 300;  // bytes of one value
constexpr std::size_t most_details = 1200;

// The beginning of a text, not cut inside a character.
std::string_view beginning(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) --most;
    return text.substr(0, most);
}

std::string details_of(const event::Event& event) {
    std::string details;
    const auto add = [&](const event::Field& field) {
        if (field.value.empty() || details.size() > most_details) return;
        if (!details.empty()) details += " | ";
        details += field.name;
        details += '=';
        const auto shown = beginning(field.value, most_value);
        details += shown;
        if (shown.size() < field.value.size()) details += "…";
    };
    for (const auto name : telling) {
        const auto found = std::ranges::find(event.fields(), name, &event::Field::name);
        if (found != event.fields().end()) add(*found);
    }
    if (!details.empty()) return details;
    for (const auto& field : event.fields()) {
        const bool own = static_cast<std::size_t>(field.id) < event::own_fields.size();
        if (!own && field.name.find('_') == std::string_view::npos) add(field);
    }
    return details;
}

class Hunter {
  public:
    Hunter(const sigma::Plan& plan, const event::Names& names, const event::WindowsSources& windows,
           const std::vector<std::filesystem::path>& files, const Wish& wish, Progress& progress)
        : plan_(plan),
          names_(names),
          windows_(windows),
          files_(files),
          wish_(wish),
          progress_(progress) {}

    base::Result<Timeline> run() {
        std::vector<sigma::Matcher> matchers;
        for (unsigned int i = 0; i < std::max(1U, wish_.threads); ++i) {
            auto matcher = sigma::Matcher::make(plan_);
            if (!matcher) return base::Failure(matcher.error());
            matchers.push_back(std::move(*matcher));
        }
        {
            std::vector<std::jthread> threads;
            for (std::size_t i = 1; i < matchers.size(); ++i) {
                threads.emplace_back([this, &matcher = matchers[i]] { work(matcher); });
            }
            work(matchers.front());
        }
        std::ranges::sort(timeline_.hits, {}, [](const Hit& hit) {
            return std::tie(hit.time, hit.file, hit.record, hit.rule);
        });
        return std::move(timeline_);
    }

  private:
    // Takes files, one after the other, until none is left.
    void work(sigma::Matcher& matcher) {
        while (true) {
            const std::size_t number = next_.fetch_add(1);
            if (number >= files_.size()) return;
            Timeline own;
            read(static_cast<std::uint32_t>(number), matcher, own);
            take(std::move(own));
            ++progress_.files;
        }
    }

    void read(std::uint32_t number, sigma::Matcher& matcher, Timeline& own) {
        auto file = LogFile::open(files_[number], names_, windows_);
        if (!file) {
            ++own.losses;
            own.told.push_back({number, file.error().message});
            return;
        }
        event::Event event;
        std::uint64_t told_bytes = 0;
        while (file->next(event)) {
            ++own.events;
            ++progress_.events;
            own.fields_left_out += event.lost_fields();
            progress_.bytes += file->offset() - std::min(told_bytes, file->offset());
            told_bytes = std::max(told_bytes, file->offset());
            if (event.time != 0 && event.time < wish_.since) continue;
            for (const auto rule : matcher.match(event)) found(rule, number, event, own);
        }
        progress_.bytes += file->size() - std::min(told_bytes, file->size());
        own.bytes = file->size();
        own.losses += file->loss_count();
        for (auto& loss : file->losses()) {
            own.told.push_back({number, fmt::format("at byte {}: {}", loss.offset, loss.what)});
        }
    }

    void found(std::uint32_t rule, std::uint32_t file, const event::Event& event, Timeline& own) {
        if (plan_.rule(rule).level < wish_.least) return;
        ++progress_.hits;
        if (hits_.fetch_add(1) >= wish_.most_hits) {
            ++own.hits_left_out;
            return;
        }
        own.hits.push_back({event.time, rule, file, event.record,
                            std::string(event.value(event::field::computer)),
                            std::string(event.value(event::field::channel)),
                            std::string(event.value(event::field::event_id)), details_of(event)});
    }

    void take(Timeline own) {
        const std::scoped_lock lock(taking_);
        std::ranges::move(own.hits, std::back_inserter(timeline_.hits));
        timeline_.events += own.events;
        timeline_.bytes += own.bytes;
        timeline_.hits_left_out += own.hits_left_out;
        timeline_.fields_left_out += own.fields_left_out;
        timeline_.losses += own.losses;
        constexpr std::size_t most_told = 10'000;
        for (auto& loss : own.told) {
            if (timeline_.told.size() < most_told) timeline_.told.push_back(std::move(loss));
        }
    }

    const sigma::Plan& plan_;
    const event::Names& names_;
    const event::WindowsSources& windows_;
    const std::vector<std::filesystem::path>& files_;
    const Wish& wish_;
    Progress& progress_;

    std::atomic<std::size_t> next_ = 0;
    std::atomic<std::size_t> hits_ = 0;
    std::mutex taking_;
    Timeline timeline_;
};

}  // namespace

base::Result<Timeline> hunt(const sigma::Plan& plan, const event::Names& names,
                            const event::WindowsSources& windows,
                            const std::vector<std::filesystem::path>& files, const Wish& wish,
                            Progress& progress) {
    return Hunter(plan, names, windows, files, wish, progress).run();
}

}  // namespace shoji::hunt
