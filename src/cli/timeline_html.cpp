#include "cli/html.h"
#include "cli/incident_list.h"
#include "cli/incident_page.h"
#include "cli/profile.h"
#include "cli/timeline.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace shoji::cli {
namespace {

constexpr std::size_t most_rows = 20'000;
constexpr std::size_t most_summary = 30;
constexpr std::size_t levels = 5;

constexpr std::string_view style = R"(
body{font:15px/1.5 system-ui,"Noto Sans CJK JP",sans-serif;margin:2rem auto;max-width:80rem;padding:0 1rem;color:#1c2226}
h1{font-size:1.5rem}h2{font-size:1.15rem;margin-top:2rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;padding:.25rem .6rem;border-bottom:1px solid #d5dade}
th{position:sticky;top:0;background:#fff}td.number{text-align:right;font-variant-numeric:tabular-nums}
td.details{overflow-wrap:anywhere;font:13px/1.45 ui-monospace,monospace}td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(20rem,1fr));gap:0 2rem}
tr.suppressed td{color:#5b666d!important;font-weight:400}.level{font-weight:600}pre{font:13px/1.5 ui-monospace,"Noto Sans Mono CJK JP",monospace;white-space:pre-wrap;overflow-wrap:anywhere;background:#f5f7f8;padding:.8rem 1rem}
summary{cursor:pointer;padding:.3rem 0}svg{width:100%;height:auto}
@media print{th{position:static}}
)";

class Page {
  public:
    Page(const Finds& finds, text::Language language, const Profile& profile)
        : finds_(finds), language_(language), profile_(profile) {}

    std::string whole() {
        const auto title = say("hunt.report.title");
        html_ = fmt::format(
            "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><meta "
            "name=\"viewport\" "
            "content=\"width=device-width\"><meta http-equiv=\"Content-Security-Policy\" "
            "content=\"default-src 'none'; style-src "
            "'unsafe-inline'\"><title>{}</title><style>{}</style>"
            "</head><body><h1>{}</h1>\n",
            language_ == text::Language::ja ? "ja" : "en", title, style, title);
        const auto& timeline = finds_.timeline;
        html_ += fmt::format("<p>{}</p>\n",
                             escaped(text::say(language_, "hunt.summary",
                                               {{"events", std::to_string(timeline.events)},
                                                {"files", std::to_string(finds_.files.size())},
                                                {"hits", std::to_string(timeline.hits.size())}})));
        if (const auto count = finds_.suppressed(); count > 0) {
            html_ +=
                fmt::format("<p>{}</p>\n", escaped(text::say(language_, "hunt.suppressed",
                                                             {{"count", std::to_string(count)}})));
        }
        if (timeline.losses > 0) {
            html_ += fmt::format("<p><strong>{}</strong></p>\n",
                                 escaped(text::say(language_, "hunt.lost",
                                                   {{"count", std::to_string(timeline.losses)}})));
        }
        if (timeline.local_times > 0) {
            html_ += fmt::format("<p>{}</p>\n",
                                 escaped(text::say(language_, "hunt.local_times",
                                                   {{"count", std::to_string(timeline.local_times)},
                                                    {"zone", finds_.zone.name()}})));
        }
        plot();
        if (finds_.incidents != nullptr) {
            html_ += incidents_html(*finds_.incidents, finds_.zone, language_);
            for (const auto* one : finds_.incidents->unused_suppressions()) {
                html_ += fmt::format(
                    "<p>{}</p>\n", escaped(unused_suppression_words(*one, finds_.zone, language_)));
            }
        }
        html_ += "<div class=\"columns\">\n";
        summary("hunt.by_level", by_level(finds_));
        summary("hunt.by_computer", by_computer(finds_));
        summary("hunt.by_technique", by_technique(finds_));
        html_ += "</div>\n";
        summary("hunt.by_rule", by_rule(finds_));
        rows();
        return std::move(html_) + "</body></html>\n";
    }

  private:
    [[nodiscard]] std::string say(std::string_view key) const {
        return escaped(text::say(language_, key));
    }

    void summary(std::string_view title, const std::vector<Tally>& tallies) {
        html_ += fmt::format("<section><h2>{}</h2><table>", say(title));
        for (std::size_t i = 0; i < std::min(tallies.size(), most_summary); ++i) {
            const auto& tally = tallies[i];
            html_ += fmt::format(
                "<tr><td class=\"number\">{}</td><td class=\"level\" "
                "style=\"color:{}\">{}</td><td>{}</td></tr>",
                tally.hits, colour_of(tally.level), shown_level(tally.level, language_),
                escaped(tally.name));
        }
        html_ += "</table></section>\n";
    }

    // Hits over time, one bar a part of it, the levels above each other.
    void plot() {
        event::Time begin = 0;
        event::Time end = 0;
        for (const auto& hit : finds_.timeline.hits) {
            if (hit.time == 0) continue;
            begin = begin == 0 ? hit.time : std::min(begin, hit.time);
            end = std::max(end, hit.time);
        }
        if (begin == 0) return;
        constexpr std::size_t parts = 120;
        constexpr double width = 1200;
        constexpr double height = 160;
        const auto span = static_cast<double>(std::max<event::Time>(1, end - begin));
        std::array<std::array<std::uint64_t, levels>, parts> counts{};
        for (const auto& hit : finds_.timeline.hits) {
            if (hit.time == 0) continue;
            const auto share = static_cast<double>(hit.time - begin) / span;
            const auto part = std::min(parts - 1, static_cast<std::size_t>(share * parts));
            ++counts.at(part).at(static_cast<std::size_t>(finds_.heading(hit).level));
        }
        std::uint64_t most = 1;
        for (const auto& part : counts) {
            std::uint64_t sum = 0;
            for (const auto count : part) sum += count;
            most = std::max(most, sum);
        }
        html_ += fmt::format(
            "<section><h2>{}</h2><svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\">",
            say("hunt.over_time"), width, height + 20, say("hunt.over_time"));
        for (std::size_t part = 0; part < parts; ++part) {
            double top = height;
            for (std::size_t level = 0; level < levels; ++level) {
                const auto count = counts.at(part).at(level);
                if (count == 0) continue;
                const double bar =
                    std::max(1.0, height * static_cast<double>(count) / static_cast<double>(most));
                top -= bar;
                html_ += fmt::format(
                    "<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"8\" height=\"{:.1f}\" fill=\"{}\"/>",
                    static_cast<double>(part) * width / parts, top, bar,
                    colour_of(static_cast<sigma::Level>(level)));
            }
        }
        html_ += fmt::format(
            "<text x=\"0\" y=\"{0}\" font-size=\"13\">{1}</text><text x=\"{2}\" y=\"{0}\" "
            "font-size=\"13\" text-anchor=\"end\">{3}</text></svg></section>\n",
            height + 15, shown_time(begin, finds_.zone), width, shown_time(end, finds_.zone));
    }

    void rows() {
        html_ += fmt::format("<section><h2>{}</h2>", say("hunt.timeline"));
        const auto& hits = finds_.timeline.hits;
        if (hits.size() > most_rows) {
            html_ += fmt::format("<p>{}</p>",
                                 escaped(text::say(language_, "hunt.report.first_rows",
                                                   {{"count", std::to_string(most_rows)}})));
        }
        html_ += "<table><thead><tr>";
        for (const auto& column : profile_.columns) {
            html_ += fmt::format("<th scope=\"col\">{}</th>",
                                 escaped(heading_of(column, finds_, language_)));
        }
        html_ += "</tr></thead><tbody>\n";
        for (std::size_t i = 0; i < std::min(hits.size(), most_rows); ++i) {
            html_ += hits[i].suppressed > 0 ? "<tr class=\"suppressed\">" : "<tr>";
            for (const auto& column : profile_.columns) cell(column, hits[i]);
            html_ += "</tr>\n";
        }
        html_ += "</tbody></table></section>\n";
    }

    void cell(const ProfileColumn& column, const hunt::Hit& hit) {
        std::string attributes;
        switch (column.column) {
            case Column::time:
                attributes = " class=\"time\"";
                break;
            case Column::level:
                attributes = fmt::format(" class=\"level\" style=\"color:{}\"",
                                         colour_of(finds_.heading(hit).level));
                break;
            case Column::details:
            case Column::extra_fields:
            case Column::fields:
                attributes = " class=\"details\"";
                break;
            default:
                break;
        }
        html_ += fmt::format("<td{}>{}</td>", attributes,
                             escaped(shown_cell(column, hit, finds_, language_)));
    }

    const Finds& finds_;
    text::Language language_;
    const Profile& profile_;
    std::string html_;
};

}  // namespace

std::string to_html(const Finds& finds, text::Language language, const Profile& profile) {
    return Page(finds, language, profile).whole();
}

}  // namespace shoji::cli
