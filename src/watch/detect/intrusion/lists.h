// What the detector knows from the start: where credentials lie and who may read them, programs
// that start no shells, shells, folders that users write to, kinds of files. Data, by edition; the
// form stands at the head of data/lists-2026-11.txt.
#pragma once

#include "core/base/result.h"
#include "watch/detect/incident/alert.h"
#include "watch/detect/incident/path_glob.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::intrusion {

using incident::Level;

struct Credential {
    std::string sort;  // "lsass", "sam", "ntds", "browser" or "shadow"
    Level level = Level::high;
    std::string technique;
    incident::PathGlob path;
    std::vector<incident::PathGlob> owners;
};

struct ParentClass {
    std::string name;  // "office", "pdf", "browser", "web" or "database"
    Level level = Level::high;
    std::string technique;
};

class Lists {
  public:
    static constexpr std::size_t most_bytes = 1 << 20;
    static constexpr std::size_t most_entries = 10'000;
    static constexpr std::size_t most_part = 200;

    // An error names the line.
    static base::Result<Lists> parse(std::string_view text);

    [[nodiscard]] const std::string& edition() const { return edition_; }
    // Null: no credentials lie there. `path` is a path_key().
    [[nodiscard]] const Credential* credential(std::string_view path) const;
    // Null: not listed. Programs are program_name()s.
    [[nodiscard]] const ParentClass* parent(std::string_view program) const;
    // The technique; null: it is no shell, or starts nothing for others.
    [[nodiscard]] const std::string* child(std::string_view program) const;
    [[nodiscard]] const std::string* remote(std::string_view program) const;
    [[nodiscard]] bool is_writable(std::string_view path) const;
    // Bits a byte; nothing for a kind that is not known.
    [[nodiscard]] std::optional<double> extension(std::string_view name) const;

  private:
    using Parts = std::vector<std::string>;
    using Programs = std::map<std::string, std::string, std::less<>>;

    bool take(const Parts& parts);
    bool take_credential(const Parts& parts);
    bool take_parent(const Parts& parts);
    bool take_extension(const Parts& parts);
    static bool take_programs(const Parts& parts, Programs& into);

    std::string edition_;
    std::size_t entries_ = 0;
    std::vector<Credential> credentials_;
    std::map<std::string, ParentClass, std::less<>> parents_;
    Programs children_;
    Programs remotes_;
    std::vector<incident::PathGlob> writable_;
    std::map<std::string, double, std::less<>> extensions_;
};

}  // namespace shoji::intrusion
