#include "watch/sensor/policy.h"

#include "core/base/toml.h"
#include "watch/sensor/log_files.h"
#include "watch/sensor/record.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <optional>
#include <set>
#include <sstream>

namespace shoji::sensor {
namespace {

constexpr std::size_t most_bytes = 1 << 20;
constexpr std::size_t most_entries = 1024;
constexpr std::array<std::string_view, 7> family_names{"process", "file",   "network",   "dns",
                                                       "sockets", "access", "privileges"};

// Takes values out of one table; the first thing wrong is kept.
class Reader {
  public:
    Reader(const toml::table& table, std::string_view file, std::optional<base::Error>& error)
        : table_(table), file_(file), error_(error) {}
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() {
        for (const auto& [key, value] : table_) {
            if (!known_.contains(key.str())) refuse(value, key.str(), "is not a setting");
        }
    }

    void number(std::string_view key, std::uint32_t least, std::uint32_t most,
                std::uint32_t& into) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto value = node->value_exact<std::int64_t>();
        if (!value || *value < std::int64_t{least} || *value > std::int64_t{most}) {
            return refuse(*node, key, fmt::format("must be a number from {} to {}", least, most));
        }
        into = static_cast<std::uint32_t>(*value);
    }

    void paths(std::string_view key, std::vector<std::string>& into,
               std::size_t most = most_entries) {
        list(
            key, most,
            [&](const toml::node& element) {
                const auto value = element.value_exact<std::string>();
                if (!value || !value->starts_with('/') || value->size() > SENSOR_MOST_PREFIX) {
                    return refuse(element, key, "must be absolute paths of at most 248 bytes");
                }
                into.push_back(*value);
            },
            into);
    }

    void numbers(std::string_view key, std::vector<std::uint32_t>& into) {
        list(
            key, most_entries,
            [&](const toml::node& element) {
                const auto value = element.value_exact<std::int64_t>();
                if (!value || *value < 0 || *value > std::numeric_limits<std::uint32_t>::max()) {
                    return refuse(element, key, "must be user ids");
                }
                into.push_back(static_cast<std::uint32_t>(*value));
            },
            into);
    }

    void switches(std::map<std::string, bool, std::less<>>& into) {
        for (const auto name : family_names) {
            const auto* node = take(name);
            if (node == nullptr) continue;
            const auto value = node->value_exact<bool>();
            if (!value) return refuse(*node, name, "must be true or false");
            into.emplace(name, *value);
        }
    }

    void path(std::string_view key, std::string& into) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto value = node->value_exact<std::string>();
        if (!value || !value->starts_with('/') || value->size() > SENSOR_MOST_PREFIX) {
            return refuse(*node, key, "must be an absolute path of at most 248 bytes");
        }
        into = *value;
    }

    void source(std::string_view key, LogonSource& into) {
        static constexpr std::array<std::string_view, 4> names{"auto", "journal", "files", "none"};
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto value = node->value_exact<std::string>();
        const auto found = std::ranges::find(names, value.value_or(""));
        if (found == names.end()) {
            return refuse(*node, key, "must be auto, journal, files or none");
        }
        into = static_cast<LogonSource>(found - names.begin());
    }

    // Somebody else reads it.
    void leave(std::string_view key) { known_.insert(key); }

    const toml::table* table(std::string_view key) {
        const auto* node = take(key);
        if (node == nullptr) return nullptr;
        if (!node->is_table()) refuse(*node, key, "must be a table");
        return node->as_table();
    }

  private:
    const toml::node* take(std::string_view key) {
        known_.insert(key);
        return table_.get(key);
    }

    template <class Each, class List>
    void list(std::string_view key, std::size_t most, const Each& each, List& into) {
        const auto* node = take(key);
        if (node == nullptr) return;
        const auto* array = node->as_array();
        if (array == nullptr || array->size() > most) {
            return refuse(*node, key, fmt::format("must be a list of at most {}", most));
        }
        into.clear();
        for (const auto& element : *array) each(element);
    }

    void refuse(const toml::node& node, std::string_view key, std::string_view why) {
        if (error_) return;
        error_ = base::Error{
            base::ErrorKind::invalid,
            fmt::format("{}, line {}: {} {}", file_, node.source().begin.line, key, why)};
    }

    const toml::table& table_;
    std::string_view file_;
    std::optional<base::Error>& error_;
    std::set<std::string_view> known_;
};

void read_all(const toml::table& root, std::string_view file, Policy& policy,
              std::optional<base::Error>& error) {
    Reader reader(root, file, error);
    for (const auto part :
         {"state", "runtime", "local", "keeper", "detection", "delivery", "response"}) {
        reader.leave(part);
    }
    constexpr auto most_user = std::numeric_limits<std::uint32_t>::max() - 1;
    reader.number("argument_bytes", 0, SENSOR_MOST_ARGUMENTS, policy.argument_bytes);
    reader.number("poll_milliseconds", 1, 1000, policy.poll_milliseconds);
    reader.number("analyst_user", 1, most_user, policy.analyst_user);
    if (const auto* families = reader.table("families")) {
        Reader(*families, file, error).switches(policy.families);
    }
    if (const auto* processes = reader.table("processes")) {
        Reader(*processes, file, error).number("most", 16, 1'000'000, policy.most_processes);
    }
    if (const auto* files = reader.table("files")) {
        Reader inner(*files, file, error);
        inner.number("rate", 0, 1'000'000'000, policy.file_rate);
        inner.paths("ignore_paths", policy.ignore_paths);
        inner.numbers("ignore_users", policy.ignore_users);
        inner.paths("ignore_cgroups", policy.ignore_cgroups);
        inner.paths("watch_reads", policy.watch_reads);
    }
    if (const auto* network = reader.table("network")) {
        Reader inner(*network, file, error);
        inner.number("rate", 0, 1'000'000'000, policy.network_rate);
        inner.number("flow_seconds", 1, 86400, policy.flow_seconds);
    }
    if (const auto* acts = reader.table("acts")) {
        Reader(*acts, file, error).number("rate", 0, 1'000'000'000, policy.act_rate);
    }
    if (const auto* logons = reader.table("logons")) {
        Reader inner(*logons, file, error);
        inner.source("source", policy.logons.source);
        inner.paths("files", policy.logons.files, most_log_files);
        inner.path("journal", policy.logons.journal);
        inner.number("journal_user", 1, most_user, policy.logons.journal_user);
    }
    if (const auto* hash = reader.table("hash")) {
        Reader(*hash, file, error).number("most_megabytes", 0, 1024, policy.hash_megabytes);
    }
}

}  // namespace

bool Policy::wants(std::string_view family) const {
    const auto found = families.find(family);
    return found == families.end() || found->second;
}

base::Result<Policy> parse_policy(std::string_view text, std::string_view name) {
    if (text.size() > most_bytes) {
        return base::fail(base::ErrorKind::invalid, "{} is longer than a mebibyte", name);
    }
    try {
        const toml::table root = toml::parse(text);
        Policy policy;
        std::optional<base::Error> error;
        read_all(root, name, policy, error);
        if (error) return base::Failure(*error);
        return policy;
    } catch (const toml::parse_error& error) {
        return base::fail(base::ErrorKind::invalid, "{}, line {}: {}", name,
                          error.source().begin.line, error.description());
    }
}

base::Result<Policy> load_policy(const std::filesystem::path& file) {
    std::ifstream stream(file);
    if (!stream) {
        return base::fail(base::ErrorKind::not_found, "{} cannot be read", file.native());
    }
    std::ostringstream text;
    text << stream.rdbuf();
    return parse_policy(text.view(), file.native());
}

}  // namespace shoji::sensor
