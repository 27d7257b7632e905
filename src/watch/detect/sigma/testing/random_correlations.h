// For tests: correlation rules of all types over four rules, and events in which these hold.
#pragma once

#include "watch/detect/sigma/testing/correlations.h"

#include <array>
#include <random>
#include <string>
#include <vector>

namespace shoji::sigma::testing {

class RandomCorrelations {
  public:
    explicit RandomCorrelations(std::uint32_t seed) : engine_(seed) {}
    int below(int limit) { return std::uniform_int_distribution<int>(0, limit - 1)(engine_); }

    static std::vector<std::string> rules() { return {"r0", "r1", "r2", "r3"}; }

    std::string correlations(int count) {
        std::string text;
        for (int i = 0; i < count; ++i) text += correlation(i, i);
        return text;
    }
    std::vector<Observation> observations(const Correlations& all, int count) {
        std::vector<Observation> observations;
        double time = 0;
        for (int i = 0; i < count; ++i) {
            if (below(3) != 0) time += below(5);
            observations.push_back(observation(all, time));
        }
        // Those that no correlation is about.
        std::erase_if(observations, [](const Observation& one) { return one.time == 0; });
        return observations;
    }

  private:
    std::string correlation(int number, int known) {
        static constexpr std::array types{"event_count",  "value_count",      "temporal",
                                          "value_sum",    "temporal_ordered", "value_avg",
                                          "value_median", "value_percentile"};
        const std::string type = types[static_cast<std::size_t>(below(8))];
        const bool temporal = type.starts_with("temporal");
        std::string rules;
        std::vector<std::string> named;
        for (const auto* base : {"r0", "r1", "r2", "r3"}) {
            if (below(2) == 0) named.emplace_back(base);
        }
        if (known > 0 && below(2) == 0) named.push_back("c" + std::to_string(below(known)));
        if (named.empty()) named.emplace_back("r0");
        for (const auto& name : named) rules += (rules.empty() ? "" : ", ") + name;
        std::string text =
            "---\ntitle: c" + std::to_string(number) + "\nname: c" + std::to_string(number) +
            "\ncorrelation:\n  type: " + type + "\n  rules: [" + rules +
            "]\n  timespan: " + std::to_string(1 + below(20)) + "s\n  group-by: [" +
            std::array{"", "G", "H", "G, H", "both"}[static_cast<std::size_t>(below(5))] + "]\n";
        if (below(2) == 0) text += "  aliases:\n    both: {" + named.front() + ": G}\n";
        return text + (temporal ? temporal_condition(type, named) : condition(type));
    }

    Observation observation(const Correlations& all, double time) {
        std::vector<std::string> rules;
        for (const auto* base : {"r0", "r1", "r2", "r3"}) {
            if (below(3) == 0) rules.emplace_back(base);
        }
        Fields fields;
        for (const auto* name : {"G", "H", "both"}) {
            if (below(8) != 0) {
                fields.emplace_back(name,
                                    std::array{"x", "X", "y"}[static_cast<std::size_t>(below(3))]);
            }
        }
        if (below(8) != 0) fields.emplace_back("N", std::to_string(below(40) - 10) + ".25");
        return all.at(time, rules, fields);
    }
    std::string bound(int low, int high) {
        static constexpr std::array names{"lt", "lte", "gt", "gte", "eq", "neq"};
        return std::string(names[static_cast<std::size_t>(below(6))]) + ": " +
               std::to_string(low + below(high - low));
    }
    std::string condition(const std::string& type) {
        if (type == "event_count") return "  condition: {" + bound(1, 6) + "}\n";
        if (type == "value_count") {
            return "  condition: {field: [N, H], " + bound(1, 5) + "}\n";
        }
        std::string more = bound(-10, 30);
        if (type == "value_percentile" && below(2) == 0) {
            more += ", percentile: " + std::to_string(below(101));
        }
        if (type == "value_sum") more = bound(-40, 120);
        return "  condition: {field: N, " + more + "}\n";
    }
    std::string temporal_condition(const std::string& type, const std::vector<std::string>& named) {
        const int kind = below(3);
        if (kind == 0) return "";
        if (kind == 1 || type == "temporal_ordered") return "  condition: {" + bound(0, 4) + "}\n";
        std::string expression;
        for (const auto& name : named) {
            if (!expression.empty()) expression += below(2) == 0 ? " and " : " or ";
            if (below(3) == 0) expression += "not ";
            expression += name;
        }
        return "  condition: " + expression + "\n";
    }

    std::mt19937 engine_;
};

}  // namespace shoji::sigma::testing
