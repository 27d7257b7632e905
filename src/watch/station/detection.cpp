#include "watch/station/detection.h"

#include "core/base/bytes.h"
#include "core/base/random.h"
#include "watch/hunt/mapped_file.h"
#include "watch/response/small_file.h"

#include <algorithm>
#include <array>
#include <utility>

namespace shoji::station {
namespace {

namespace fs = std::filesystem;
using base::Result;
using incident::Alert;

constexpr std::string_view channel = "shoji-sensor";  // what evidence names
constexpr const char* analysis_file = "analysis.state";
constexpr const char* correlations_file = "correlations.state";
constexpr std::size_t most_state = std::size_t{64} << 20U;

base::Failure of_file(const fs::path& path, const base::Error& error) {
    return base::fail(error.kind, "{}: {}", path.native(), error.message);
}

// What `read` makes of the file's text; without a file, what it is from the start.
template <class Read>
auto read_text(const fs::path& path, const Read& read) -> decltype(read(std::string_view())) {
    if (path.empty()) return {};
    const auto file = hunt::MappedFile::open(path);
    if (!file) return of_file(path, file.error());
    auto result = read(file->text());
    if (!result) return of_file(path, result.error());
    return result;
}

Result<analysis::Settings> read_settings(const DetectionPolicy& policy) {
    auto settings =
        policy.settings.empty()
            ? Result<analysis::Settings>(host_settings())
            : read_text(policy.settings, [&](std::string_view text) {
                  return analysis::parse_settings(text, policy.settings, host_settings());
              });
    if (!settings) return settings;
    base::fill_random(settings->exfiltration.secret);
    std::array<std::uint8_t, sizeof settings->beacon.key> key{};
    base::fill_random(key);
    settings->beacon.key = base::ByteReader(key).read<std::uint64_t>();
    return settings;
}

Result<analysis::Lists> read_lists(const DetectionPolicy& policy) {
    analysis::Lists lists;
    auto destinations = read_text(policy.destinations, exfiltration::NameList::parse);
    if (!destinations) return base::Failure(destinations.error());
    lists.destinations = std::move(*destinations);
    auto intrusion = read_text(policy.intrusion_lists, intrusion::Lists::parse);
    if (!intrusion) return base::Failure(intrusion.error());
    lists.intrusion = std::move(*intrusion);
    return lists;
}

Result<std::unique_ptr<hunt::RuleSet>> read_rules(const DetectionPolicy& policy) {
    if (policy.rules.empty()) return std::make_unique<hunt::RuleSet>();
    hunt::RuleRequest request;
    request.rules.assign(policy.rules.begin(), policy.rules.end());
    request.pipelines.assign(policy.pipelines.begin(), policy.pipelines.end());
    request.placeholders = policy.placeholders;
    request.wanted = is_for_sensor;
    return hunt::read_rule_set(request);
}

sigma::CorrelationLimits correlation_limits() {
    sigma::CorrelationLimits limits;
    limits.groups = 4096;
    limits.events = 2000;
    limits.bytes = 2 << 20;
    return limits;
}

}  // namespace

analysis::Settings host_settings() {
    analysis::Settings settings;
    auto& out = settings.exfiltration;
    out.most_subjects = 256;
    out.most_pairs = 4096;
    out.most_programs = 2048;
    out.most_places = 4096;
    out.most_domains = 512;
    out.most_chains = 128;
    out.most_protocols = 512;
    out.most_inputs = 64;
    settings.beacon.memory_bytes = std::size_t{2} << 20U;
    settings.intrusion.most_usual = 2000;
    settings.intrusion.most_hosts = 64;
    settings.intrusion.most_sources = 128;
    settings.intrusion.most_storms = 256;
    settings.incident.most_cases = 256;
    settings.incident.most_bytes = std::size_t{2} << 20U;
    settings.incident.most_hosts = 64;
    settings.incident.most_processes = 2048;
    settings.incident.most_subjects = 64;
    return settings;
}

bool is_for_sensor(const sigma::RuleSource& source) {
    constexpr std::array<std::string_view, 13> categories{
        "process_creation", "process_termination", "process_access", "file_event", "file_change",
        "file_rename",      "file_delete",         "file_access",    "image_load", "driver_load",
        "dns_query",        "network_connection",  "authentication"};
    constexpr std::array<std::string_view, 3> services{"sshd", "sudo", "auth"};
    if (!source.product.empty() && source.product != "linux") return false;
    const auto is_in = [](const auto& names, std::string_view name) {
        return std::ranges::find(names, name) != names.end();
    };
    if (source.service.empty()) return is_in(categories, source.category);
    // What logs say of logons (sensor/logons.h).
    return is_in(services, source.service) &&
           (source.category.empty() || source.category == "authentication");
}

bool HourlyLimit::admit(const Alert& alert) {
    auto& hour = by_rule_[alert.rule];
    // A clock that was set back begins a new hour as well.
    if (alert.time < hour.from || alert.time - hour.from >= incident::hour) {
        hour.from = alert.time;
        hour.told = 0;
    }
    hour.host = alert.host;
    hour.title = alert.values.empty() ? alert.rule : alert.values.front().value;
    if (hour.told < most_) {
        ++hour.told;
        return true;
    }
    if (hour.held++ == 0) hour.held_from = alert.time;
    return false;
}

void HourlyLimit::tell(event::Time now, bool all, std::vector<Alert>& told) {
    for (auto& [rule, hour] : by_rule_) {
        if (hour.held == 0) continue;
        // An hour that began anew meanwhile leaves what the one before held back.
        const auto since = std::min(hour.from, hour.held_from);
        const bool is_over = now < since || now - since >= incident::hour;
        if (!is_over && !all) continue;
        Alert alert;
        alert.time = now;
        alert.host = hour.host;
        alert.detector = incident::Detector::sensor;
        alert.rule = "sensor.alerts_held";
        alert.what = "sensor.alert.alerts_held";
        alert.values = {{"title", hour.title}, {"count", std::to_string(hour.held)}};
        told.push_back(alert.bounded());
        hour.held = 0;
    }
}

struct Detection::Parts {
    Parts(hunt::RuleSet& rules, const Start& start)
        : lens(rules.names),
          analysis(start.settings, start.lists, start.suppressions),
          correlator(rules.correlations, correlation_limits()),
          beyond_rules(start.beyond_rules) {}

    analysis::Lens lens;
    analysis::Analysis analysis;
    sigma::Correlator correlator;
    std::optional<sigma::Matcher> matcher;
    bool beyond_rules;
    std::vector<sigma::CorrelationHit> correlation_hits;  // kept for their memory
};

Detection::Detection(std::unique_ptr<hunt::RuleSet> rules, Start start, std::uint32_t alerts_hourly)
    : rules_(std::move(rules)), start_(std::move(start)), limit_(alerts_hourly) {}
Detection::~Detection() = default;

Result<std::unique_ptr<Detection>> Detection::make(const DetectionPolicy& policy) {
    auto rules = read_rules(policy);
    if (!rules) return base::Failure(rules.error());
    auto settings = read_settings(policy);
    if (!settings) return base::Failure(settings.error());
    auto lists = read_lists(policy);
    if (!lists) return base::Failure(lists.error());
    auto suppressions = read_text(policy.suppressions, incident::Suppressions::parse);
    if (!suppressions) return base::Failure(suppressions.error());
    std::unique_ptr<Detection> made(new Detection(
        std::move(*rules),
        {std::move(*settings), std::move(*lists), std::move(*suppressions), policy.beyond_rules},
        policy.alerts_hourly));
    if (auto begun = made->begin(); !begun) return base::Failure(begun.error());
    return made;
}

Result<void> Detection::begin() {
    parts_ = std::make_unique<Parts>(*rules_, *start_);
    if (!rules_->plan) return {};
    auto matcher = sigma::Matcher::make(*rules_->plan);
    if (!matcher) return base::Failure(matcher.error());
    parts_->matcher.emplace(std::move(*matcher));
    return {};
}

std::size_t Detection::rules() const {
    return rules_->plan ? rules_->plan->statistics().rules : 0;
}

void Detection::take(const event::Event& event, Alerts& told) {
    ++events_;
    held_.clear();
    event::Activity activity;
    if (parts_->beyond_rules && parts_->lens.activities.view(event, activity)) {
        parts_->analysis.observe(activity, {std::string(channel), events_}, told);
    }
    if (parts_->matcher) tell_hits(event, told);
}

void Detection::tell_hits(const event::Event& event, Alerts& told) {
    const auto hits = parts_->matcher->match(event);
    if (hits.empty()) return;
    for (const auto hit : hits) {
        if (rules_->correlations.is_quiet(hit)) continue;
        auto alert = parts_->lens.hits.alert_of(rules_->plan->rule(hit), event, channel);
        alert.evidence.front().record = events_;
        tell(std::move(alert), told);
    }
    if (rules_->correlations.steps().empty()) return;
    if (auto observation = rules_->correlations.observe(event, hits)) {
        // Records of several processors come a moment out of order: the moment is given up.
        last_observation_ = std::max(last_observation_, observation->time);
        observation->time = last_observation_;
        parts_->correlator.add(*observation, parts_->correlation_hits);
        correlate(event, told);
    }
}

void Detection::correlate(const event::Event& event, Alerts& told) {
    for (const auto& hit : parts_->correlation_hits) {
        const auto& step = rules_->correlations.steps()[hit.step];
        if (step.quiet) continue;
        tell(incident::alert_of(step.rule, hit.group,
                                {hit.time,
                                 std::string(event.value(event::field::computer)),
                                 {std::string(channel), events_}}),
             told);
    }
    parts_->correlation_hits.clear();
}

void Detection::tell(Alert alert, Alerts& told) {
    if (limit_.admit(alert)) {
        if (add(alert)) told.push_back(std::move(alert));
        return;
    }
    const auto& incidents = parts_->analysis.incidents();
    if (incidents.suppressions().covering(alert, incidents.now()) != nullptr) return;
    held_.push_back(std::move(alert));
}

bool Detection::add(const Alert& alert) {
    return parts_->analysis.incidents().add(alert) != 0;
}

void Detection::tick(event::Time now, bool last, Alerts& told) {
    const auto from = told.size();
    limit_.tell(now, last, told);
    for (auto at = from; at < told.size(); ++at) static_cast<void>(add(told[at]));
    if (last) parts_->analysis.finish(told);
}

Result<void> Detection::save(const fs::path& folder) {
    const auto keep = [&](const char* name, const std::vector<std::uint8_t>& bytes) {
        const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        return response::replace_file(folder / name, text, 0600);
    };
    if (auto kept = keep(analysis_file, parts_->analysis.save()); !kept) return kept;
    return keep(correlations_file, parts_->correlator.save());
}

Result<void> Detection::load_files(const fs::path& folder) {
    const auto analysis = response::read_small_file(folder / analysis_file, most_state);
    const auto correlations = response::read_small_file(folder / correlations_file, most_state);
    for (const auto* file : {&analysis, &correlations}) {
        if (!*file && file->error().kind != base::ErrorKind::not_found) {
            return base::Failure(file->error());
        }
    }
    const auto view = [](const std::string& text) {
        return std::span(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    };
    if (analysis) {
        if (auto loaded = parts_->analysis.load(view(*analysis)); !loaded) return loaded;
    }
    if (!correlations) return {};
    // Of rules that have changed nothing is taken over, and nothing is missed.
    const auto loaded = parts_->correlator.load(view(*correlations));
    return loaded ? Result<void>() : base::Failure(loaded.error());
}

Result<void> Detection::load(const fs::path& folder) {
    auto loaded = load_files(folder);
    if (!loaded) {
        if (auto begun = begin(); !begun) return begun;
    }
    start_.reset();
    return loaded;
}

}  // namespace shoji::station
