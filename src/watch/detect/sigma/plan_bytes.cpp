#include "watch/detect/sigma/plan_bytes.h"

#include "watch/detect/sigma/archive.h"
#include "watch/detect/sigma/plan_content.h"

#include <algorithm>
#include <array>
#include <cstring>

#include <fmt/format.h>
#include <hs/hs.h>

namespace shoji::sigma {

using base::ErrorKind;

template <class Archive>
void members(Archive& archive, Glob::Part& part) {
    archive(part.kind, part.text);
}

template <class Archive>
void members(Archive& archive, Glob& glob) {
    auto parts = glob.parts();
    archive(parts);
    if constexpr (Archive::is_loading) {
        glob = Glob();
        for (const auto& part : parts) glob.append(part.kind, part.text);
    }
}

template <class Archive>
void members(Archive& archive, Network& network) {
    archive(network.address, network.bits, network.version_6);
}

template <class Archive>
void members(Archive& archive, Test& test) {
    archive(test.field, test.operation, test.cased, test.glob, test.text, test.network, test.number,
            test.other);
}

void members(Saver& archive, std::optional<ManyMatcher>& matcher) {
    archive.bytes(matcher ? matcher->saved() : std::string());
}

void members(Loader& archive, std::optional<ManyMatcher>& matcher) {
    const auto bytes = archive.bytes();
    if (bytes.empty()) return;
    auto loaded = ManyMatcher::load(bytes);
    if (!loaded) return archive.fail();
    matcher = std::move(*loaded);
}

template <class Archive>
void members(Archive& archive, FieldIndex& index) {
    archive(index.field, index.starts, index.ends, index.inside, index.inside_findings,
            index.shortest_inside, index.expressions, index.expression_findings,
            index.unsure_findings, index.unsearched_findings);
}

template <class Archive>
void members(Archive& archive, Group& group) {
    archive(group.product, group.category, group.service, group.detections, group.always,
            group.fields, group.findings);
}

// What the compiler derives from the tests is derived again.
template <class Archive>
void members(Archive& archive, PlanContent& content) {
    archive(content.rules, content.flat_tests, content.literals, content.tests, content.nodes,
            content.detections, content.detection_of, content.groups,
            content.statistics.matcher_bytes);
}

namespace {

// The version of this form, and of what else the bytes depend on.
std::string head() {
    return fmt::format("shoji plan 3, Vectorscan {}, {} {}\n", hs_version(), sizeof(std::size_t),
                       sizeof(Test));
}

std::vector<std::string> all_names(std::size_t count, const auto& name) {
    std::vector<std::string> names;
    for (std::uint32_t i = 0; i < count; ++i) names.emplace_back(name(i));
    return names;
}

class Checker {
  public:
    Checker(const PlanContent& content, std::size_t fields) : content_(content), fields_(fields) {}

    [[nodiscard]] bool is_sound() const {
        return content_.detection_of.size() == content_.rules.size() && content_.rules.is_sound() &&
               all(content_.flat_tests, [&](const FlatTest& test) { return is_sound(test); }) &&
               all(content_.tests, [&](const Test& test) { return is_sound(test); }) &&
               all(content_.detections, [&](const FlatDetection& one) { return is_sound(one); }) &&
               are_detections(content_.detection_of) && are_nodes_sound() &&
               all(content_.groups, [&](const Group& group) { return is_sound(group); });
    }

  private:
    static bool all(const auto& values, const auto& check) {
        return std::ranges::all_of(values, check);
    }
    [[nodiscard]] bool is_field(event::FieldId field) const {
        return static_cast<std::uint32_t>(field) < fields_;
    }
    [[nodiscard]] bool is_sound(const FlatTest& test) const {
        if (!is_field(test.field) && test.field != any_field) return false;
        if (test.is_general()) return test.begin < content_.tests.size();
        const auto size = content_.literals.size();
        return test.shape < static_cast<std::uint32_t>(Glob::Shape::general) &&
               test.begin <= size && test.size <= size - test.begin;
    }
    [[nodiscard]] bool is_sound(const Test& test) const {
        return (is_field(test.field) || test.field == any_field) &&
               (is_field(test.other) || test.other == event::other_field) &&
               test.operation <= Operation::never && test.network.bits <= 128 &&
               all(test.glob.parts(),
                   [](const Glob::Part& part) { return part.kind <= Glob::Kind::one; });
    }
    [[nodiscard]] bool is_sound(const FlatDetection& detection) const {
        const auto& asked = detection.asked;
        return detection.first_node < content_.nodes.size() && asked.count <= asked.of.size() &&
               std::all_of(asked.of.begin(), asked.of.begin() + asked.count,
                           [&](event::FieldId field) { return is_field(field); });
    }
    // Each node's children are inside it, not too deep, and a negation has one.
    [[nodiscard]] bool are_nodes_sound() const {
        constexpr std::size_t most_depth = 256;
        std::vector<std::uint32_t> ends;
        for (std::uint32_t i = 0; i < content_.nodes.size(); ++i) {
            const auto& node = content_.nodes[i];
            while (!ends.empty() && ends.back() == i) ends.pop_back();
            const auto end = ends.empty() ? content_.nodes.size() : ends.back();
            if (node.after <= i || node.after > end || ends.size() > most_depth ||
                node.kind > static_cast<std::uint32_t>(Expression::Kind::test)) {
                return false;
            }
            if (node.is(Expression::Kind::test) && node.test >= content_.flat_tests.size()) {
                return false;
            }
            if (node.is(Expression::Kind::negation) && node.after == i + 1) return false;
            ends.push_back(node.after);
        }
        return true;
    }
    [[nodiscard]] bool are_detections(const std::vector<DetectionNumber>& numbers) const {
        return are_below(numbers, content_.detections.size());
    }
    static bool are_below(const std::vector<std::uint32_t>& numbers, std::size_t limit) {
        return all(numbers, [&](std::uint32_t number) { return number < limit; });
    }
    [[nodiscard]] bool is_sound(const Group& group) const {
        const auto findings = static_cast<std::uint32_t>(group.findings.size());
        const auto own = group.detections.size();
        return are_detections(group.detections) && are_below(group.always, own) &&
               group.findings.is_sound() && are_below(group.findings.values(), own) &&
               all(group.fields, [&](const FieldIndex& index) {
                   return (is_field(index.field) || index.field == any_field) &&
                          index.starts.is_sound(findings) && index.ends.is_sound(findings) &&
                          are_below(index.inside_findings, findings) &&
                          are_below(index.expression_findings, findings) &&
                          are_below(index.unsure_findings, findings);
               });
    }

    const PlanContent& content_;
    std::size_t fields_;
};

bool put_names(event::Names& names, const std::vector<std::string>& fields,
               const std::vector<std::string>& sources) {
    for (std::uint32_t i = 0; i < fields.size(); ++i) {
        if (names.add_field(fields[i]) != event::FieldId{i}) return false;
    }
    for (std::uint32_t i = 0; i < sources.size(); ++i) {
        if (names.add_source(sources[i]) != event::SourceId{i}) return false;
    }
    return true;
}

}  // namespace

// Four sums side by side, since each step of one waits for the step before.
std::uint64_t sum_of(std::string_view bytes) {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15U;
    constexpr std::size_t lanes = 4;
    std::array<std::uint64_t, lanes> sums{bytes.size(), 1, 2, 3};
    std::array<std::uint64_t, lanes> words{};
    const auto add = [&] {
        for (std::size_t i = 0; i < lanes; ++i) {
            sums[i] = (sums[i] ^ words[i]) * odd;
            sums[i] ^= sums[i] >> 32U;
        }
    };
    for (; bytes.size() >= sizeof words; bytes.remove_prefix(sizeof words)) {
        std::memcpy(words.data(), bytes.data(), sizeof words);
        add();
    }
    words = {};
    if (!bytes.empty()) std::memcpy(words.data(), bytes.data(), bytes.size());
    add();
    std::uint64_t sum = 0;
    for (const auto one : sums) sum = (sum ^ one) * odd ^ one >> 32U;
    return sum;
}

std::string to_bytes(const Plan& plan, const event::Names& names) {
    Saver archive;
    auto fields =
        all_names(names.fields(), [&](std::uint32_t i) { return names.name(event::FieldId{i}); });
    auto sources =
        all_names(names.sources(), [&](std::uint32_t i) { return names.name(event::SourceId{i}); });
    archive(fields, sources, *plan.content_);
    std::string bytes = head() + archive.take();
    const auto sum = sum_of(bytes);
    bytes.append(reinterpret_cast<const char*>(&sum), sizeof sum);
    return bytes;
}

base::Result<Plan> from_bytes(std::string_view bytes, event::Names& names) {
    const auto first = head();
    std::uint64_t sum = 0;
    if (!bytes.starts_with(first) || bytes.size() < first.size() + sizeof sum) {
        return base::because(ErrorKind::invalid, "the plan is of another version");
    }
    std::memcpy(&sum, bytes.data() + bytes.size() - sizeof sum, sizeof sum);
    bytes.remove_suffix(sizeof sum);
    if (sum != sum_of(bytes)) return base::because(ErrorKind::invalid, "the plan is damaged");
    Loader archive(bytes.substr(first.size()));
    std::vector<std::string> fields;
    std::vector<std::string> sources;
    auto content = std::make_unique<PlanContent>();
    archive(fields, sources, *content);
    if (!archive.finished() || !Checker(*content, fields.size()).is_sound()) {
        return base::because(ErrorKind::invalid, "the plan is damaged");
    }
    if (!put_names(names, fields, sources)) {
        return base::because(ErrorKind::invalid, "the plan was made with other names");
    }
    content->fields = names.fields();
    derive(*content);
    return Plan(std::move(content));
}

}  // namespace shoji::sigma
