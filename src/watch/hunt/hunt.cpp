#include "watch/hunt/hunt.h"

#include "watch/event/time.h"
#include "watch/hunt/gathering.h"

#include <algorithm>
#include <array>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

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
constexpr std::size_t most_kept_value = 8192;  // bytes of one value of Hit::fields

// The beginning of a text, not cut inside a character.
std::string_view beginning(std::string_view text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80) --most;
    return text.substr(0, most);
}

// `shown` gets the fields that are part of it.
std::string details_of(const event::Event& event, std::vector<const event::Field*>& shown_fields) {
    std::string details;
    const auto add = [&](const event::Field& field) {
        if (field.value.empty() || details.size() > most_details) return;
        shown_fields.push_back(&field);
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

std::string details_of(const sigma::CorrelationHit& hit, const sigma::CorrelationRule& rule) {
    std::string details;
    for (const auto& [name, value] : hit.group) details += name + "=" + value + " | ";
    const bool temporal = rule.type == sigma::CorrelationType::temporal ||
                          rule.type == sigma::CorrelationType::temporal_ordered;
    details += fmt::format("{}={} | since={}", temporal ? "rules" : sigma::name_of(rule.type),
                           hit.measure, event::format_time(hit.first));
    return details;
}

// A second name for a value that stands under another one already (windows_sources.h).
bool is_second_name(const event::Event& event, const event::Field& field) {
    if (field.value.empty()) return false;
    for (const auto& other : event.fields()) {
        if (&other == &field) return false;
        if (other.value.data() == field.value.data() && other.value.size() == field.value.size()) {
            return true;
        }
    }
    return false;
}

std::vector<HitField> fields_of(const event::Event& event,
                                const std::vector<const event::Field*>& shown) {
    std::vector<HitField> fields;
    for (const auto& field : event.fields()) {
        if (is_second_name(event, field)) continue;
        const bool in_details = std::ranges::any_of(shown, [&](const event::Field* one) {
            return one->value.data() == field.value.data();
        });
        auto& kept = fields.emplace_back(
            HitField{std::string(field.name), std::string(beginning(field.value, most_kept_value)),
                     field.type, in_details});
        if (kept.value.size() < field.value.size()) kept.value += "…";
    }
    return fields;
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
          progress_(progress),
          gathering_(wish.most_gathered_bytes) {}

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
        correlate();
        std::ranges::sort(timeline_.hits, {}, &Hit::place_in_order);
        return std::move(timeline_);
    }

  private:
    // Takes files, one after the other, until none is left.
    void work(sigma::Matcher& matcher) {
        std::optional<Recording::Tape> tape;
        if (wish_.recording != nullptr) tape.emplace(*wish_.recording);
        while (true) {
            const std::size_t number = next_.fetch_add(1);
            if (number >= files_.size()) return;
            Timeline own;
            read(static_cast<std::uint32_t>(number), matcher, tape, own);
            take(std::move(own));
            ++progress_.files;
        }
    }

    void read(std::uint32_t number, sigma::Matcher& matcher, std::optional<Recording::Tape>& tape,
              Timeline& own) {
        auto file = LogFile::open(files_[number], names_, windows_, wish_.reading);
        if (!file) {
            ++own.losses;
            own.told.push_back({number, file.error()});
            return;
        }
        event::Event event;
        std::uint64_t told_bytes = 0;
        std::uint64_t lost_fields = 0;
        std::vector<Seen> seen;  // since the last batch
        while (file->next(event)) {
            ++own.events;
            ++progress_.events;
            lost_fields += event.lost_fields();
            if (event.local_time) ++own.local_times;
            if (event.source == event::LogSource{}) ++own.without_source;
            progress_.bytes += file->offset() - std::min(told_bytes, file->offset());
            told_bytes = std::max(told_bytes, file->offset());
            if (event.time != 0 && event.time < wish_.since) continue;
            const auto rules = matcher.match(event);
            for (const auto rule : rules) found(rule, number, event, own);
            gather(event, rules, number, own, seen);
            if (tape) record(event, rules, {number, own.events}, *tape);
        }
        gathering_.add(seen);
        progress_.bytes += file->size() - std::min(told_bytes, file->size());
        own.bytes = file->size();
        own.losses += file->loss_count();
        for (auto& loss : file->losses()) {
            own.told.push_back({number, std::move(loss.what).inside(at_byte(loss.offset))});
        }
        if (lost_fields > 0) own.fields_left_out.emplace(number, lost_fields);
    }

    void found(std::uint32_t rule, std::uint32_t file, const event::Event& event, Timeline& own) {
        if (plan_.rule(rule).level < wish_.least) return;
        if (wish_.correlations != nullptr && wish_.correlations->is_quiet(rule)) return;
        ++progress_.hits;
        std::vector<const event::Field*> shown;
        auto details = details_of(event, shown);
        const bool kept =
            keep({event.time, rule, file, event.record, own.events, 0,
                  std::string(event.value(event::field::computer)),
                  std::string(event.value(event::field::channel)),
                  std::string(event.value(event::field::event_id)), std::move(details)},
                 own);
        if (kept && wish_.fields) keep_fields(fields_of(event, shown), event.source, own);
    }

    bool keep(Hit hit, Timeline& timeline) {
        const std::size_t bytes = sizeof hit + hit.computer.size() + hit.channel.size() +
                                  hit.event_id.size() + hit.details.size();
        // Once they are full they stay full: what is shown is the beginning, whatever its size.
        if (hits_.fetch_add(1) >= wish_.most_hits ||
            hit_bytes_.fetch_add(bytes) + bytes > wish_.most_hit_bytes) {
            ++timeline.hits_left_out;
            return false;
        }
        timeline.hits.push_back(std::move(hit));
        return true;
    }

    void keep_fields(std::vector<HitField> fields, const event::LogSource& source, Timeline& own) {
        std::size_t bytes = 0;
        for (const auto& field : fields) {
            bytes += sizeof field + field.name.size() + field.value.size();
        }
        if (field_bytes_.fetch_add(bytes) + bytes > wish_.most_field_bytes) {
            ++own.hits_without_fields;
            return;
        }
        auto& hit = own.hits.back();
        hit.fields = std::move(fields);
        if (source.product != event::no_source) hit.product = names_.name(source.product);
        for (const auto category : source.categories) {
            if (category == event::no_source) continue;
            hit.categories.emplace_back(names_.name(category));
        }
    }

    void gather(const event::Event& event, std::span<const std::uint32_t> rules, std::uint32_t file,
                const Timeline& own, std::vector<Seen>& seen) {
        if (wish_.correlations == nullptr || rules.empty()) return;
        auto observation = wish_.correlations->observe(event, rules);
        if (!observation) return;
        seen.push_back({std::move(*observation), file, own.events, event.record,
                        std::string(event.value(event::field::computer)),
                        std::string(event.value(event::field::channel)),
                        std::string(event.value(event::field::event_id))});
        if (seen.size() >= Gathering::batch) gathering_.add(seen);
    }

    // Rules that correlations only refer to are no hits.
    void record(const event::Event& event, std::span<const std::uint32_t> rules,
                const EventPlace& at, Recording::Tape& tape) const {
        std::vector<RuleHit> hits;
        for (const auto rule : rules) {
            if (wish_.correlations != nullptr && wish_.correlations->is_quiet(rule)) continue;
            hits.push_back({&plan_.rule(rule), rule});
        }
        // Matchers give them in no order.
        std::ranges::sort(hits, {}, [](const RuleHit& hit) { return hit.rule->id; });
        tape.add(event, hits, at);
    }

    // One pass over all files' events in the order of time, whichever thread has read them.
    void correlate() {
        if (wish_.correlations == nullptr) return;
        sigma::Correlator correlator(*wish_.correlations, wish_.correlation_limits);
        std::vector<sigma::CorrelationHit> hits;
        std::optional<Recording::Tape> tape;
        if (wish_.recording != nullptr) tape.emplace(*wish_.recording);
        for (const auto& seen : gathering_.take()) {
            correlator.add(seen.observation, hits);
            for (const auto& hit : hits) found(hit, seen);
            if (tape) record(hits, seen, *tape);
            hits.clear();
        }
        timeline_.observations_left_out = gathering_.left_out() + correlator.losses().untimed;
        timeline_.correlation_losses = correlator.losses();
    }

    void record(const std::vector<sigma::CorrelationHit>& hits, const Seen& seen,
                Recording::Tape& tape) {
        std::uint32_t number = 0;
        for (const auto& hit : hits) {
            const auto& step = wish_.correlations->steps()[hit.step];
            if (step.quiet) continue;
            const auto& file = files_[seen.file].native();
            tape.add({&step.rule, number_of(hit)},
                     incident::alert_of(step.rule, hit.group,
                                        {hit.time, seen.computer, {file, seen.record}}),
                     seen.record, {seen.file, seen.place}, number++);
        }
    }

    void found(const sigma::CorrelationHit& hit, const Seen& seen) {
        const auto& step = wish_.correlations->steps()[hit.step];
        if (step.quiet || step.rule.level < wish_.least) return;
        ++progress_.hits;
        keep({hit.time, number_of(hit), seen.file, seen.record, seen.place, 0, seen.computer,
              seen.channel, seen.event_id, details_of(hit, step.rule)},
             timeline_);
    }

    // As Hit::rule has it.
    [[nodiscard]] std::uint32_t number_of(const sigma::CorrelationHit& hit) const {
        return static_cast<std::uint32_t>(plan_.statistics().rules) + hit.step;
    }

    void take(Timeline own) {
        const std::scoped_lock lock(taking_);
        std::ranges::move(own.hits, std::back_inserter(timeline_.hits));
        timeline_.events += own.events;
        timeline_.bytes += own.bytes;
        timeline_.hits_left_out += own.hits_left_out;
        timeline_.fields_left_out.merge(own.fields_left_out);
        timeline_.local_times += own.local_times;
        timeline_.without_source += own.without_source;
        timeline_.hits_without_fields += own.hits_without_fields;
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
    std::atomic<std::size_t> hit_bytes_ = 0;
    std::atomic<std::size_t> field_bytes_ = 0;  // of what hits keep
    Gathering gathering_;
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
