// Values taken out of one table of TOML into a program's settings. It remembers which keys it
// knows, so that a misspelt key is an error; the first error is kept, and names file, line and key.
#pragma once

#include "core/base/result.h"
#include "core/base/toml.h"

#include <concepts>
#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace shoji::base {

class TomlReader {
  public:
    struct Place {
        const toml::table& table;
        std::string_view file;  // what the error calls the text
        std::string_view name;  // of the table; empty: the whole
    };

    TomlReader(Place place, std::optional<Error>& error)
        : table_(place.table), file_(place.file), name_(place.name), error_(error) {}
    TomlReader(const TomlReader&) = delete;
    TomlReader& operator=(const TomlReader&) = delete;
    ~TomlReader() {
        for (const auto& [key, value] : table_) {
            if (!known_.contains(std::string(key.str()))) {
                refuse(value, std::string(key.str()), "is not a setting");
            }
        }
    }

    // A whole number may be from `least` to `most`. What the table does not have stays as it is.
    template <std::integral T>
    requires(!std::same_as<T, bool>) void take(const std::string& key, T& into,
                                               std::int64_t least = 0,
                                               std::int64_t most = most_of<T>()) {
        const toml::node* node = find(key);
        if (node == nullptr) return;
        const auto value = node->value_exact<std::int64_t>();
        if (!value) return refuse(*node, key, "must be a whole number");
        if (*value < least || *value > most) return refuse(*node, key, "is out of range");
        into = static_cast<T>(*value);
    }
    void take(const std::string& key, double& into, double least, double most) {
        const toml::node* node = find(key);
        if (node == nullptr) return;
        const auto value = node->value<double>();
        if (!value || node->is_boolean()) return refuse(*node, key, "must be a number");
        if (!(*value >= least && *value <= most)) return refuse(*node, key, "is out of range");
        into = *value;
    }
    template <class T>
    requires(std::same_as<T, bool> ||
             std::same_as<T, std::string>) void take(const std::string& key, T& into) {
        const toml::node* node = find(key);
        if (node == nullptr) return;
        const auto value = node->value_exact<T>();
        if (!value) return refuse(*node, key, "has the wrong type");
        into = *value;
    }
    // True when it is there: then it is the whole list.
    bool take(const std::string& key, std::vector<std::string>& into) {
        const toml::node* node = find(key);
        if (node == nullptr) return false;
        into.clear();
        const toml::array* array = node->as_array();
        if (array == nullptr) {
            refuse(*node, key, "must be a list of strings");
            return false;
        }
        for (const auto& element : *array) {
            const auto value = element.value_exact<std::string>();
            if (!value) {
                refuse(element, key, "must be a list of strings");
                return false;
            }
            into.push_back(*value);
        }
        return true;
    }

    // Null: it is not there, or no table.
    const toml::table* table(const std::string& key) {
        const toml::node* node = find(key);
        if (node == nullptr) return nullptr;
        if (!node->is_table()) refuse(*node, key, "must be a table");
        return node->as_table();
    }
    const toml::array* tables(const std::string& key) {
        const toml::node* node = find(key);
        if (node == nullptr) return nullptr;
        if (!node->is_array_of_tables()) {
            refuse(*node, key, "must be a list of tables");
            return nullptr;
        }
        return node->as_array();
    }

    // `why` goes on from the key: "must be a table". With "{} " before it, it is a sentence of the
    // catalogue (words.h).
    void refuse(const toml::node& node, const std::string& key, std::string_view why) {
        if (error_) return;
        const auto setting = fmt::format("{}{}{}", name_, name_.empty() ? "" : ".", key);
        Words words{fmt::format("{{}} {}", why), {setting}};
        Error error{ErrorKind::invalid, words.english()};
        error.words.push_back(std::move(words));
        error_ = std::move(error).inside(Words::of("{}, line {}", file_, node.source().begin.line));
    }

  private:
    // TOML's numbers have 63 bits.
    template <std::integral T>
    static constexpr std::int64_t most_of() {
        return std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                   ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                   : std::numeric_limits<std::int64_t>::max();
    }

    const toml::node* find(const std::string& key) {
        known_.insert(key);
        return table_.get(key);
    }

    const toml::table& table_;
    std::string_view file_;
    std::string_view name_;
    std::optional<Error>& error_;
    std::set<std::string> known_;
};

}  // namespace shoji::base
