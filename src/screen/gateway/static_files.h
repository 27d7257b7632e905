// The web pages, read whole at the start: no request ever names a file of the system.
#pragma once

#include "core/base/result.h"
#include "screen/gateway/http.h"

#include <filesystem>
#include <map>

namespace shoji::gateway {

struct StaticFile {
    Kind kind = Kind::asset;
    std::string content_type;
    std::shared_ptr<const std::string> bytes;
    bool immutable = false;
};

class StaticFiles {
  public:
    // `root` has the folders console/ and screen/, each with an index.html; files there become
    // /console/… and /screen/…, the console's index.html also /. Files of a type that browsers do
    // not need are an error, as are more than 64 MiB in all.
    static base::Result<StaticFiles> load(const std::filesystem::path& root);

    // The file of that path of an URL (no escapes are undone); null when there is none.
    [[nodiscard]] const StaticFile* find(std::string_view path) const;
    [[nodiscard]] std::size_t size() const { return files_.size(); }

  private:
    std::map<std::string, StaticFile, std::less<>> files_;
};

// The Content-Type for a file's name; empty for a type that is not served.
std::string_view content_type_of(std::string_view name);
// "assets/index-4f3a9b1c.js": the build put a digest of the content into the name.
bool has_digest(std::string_view name);

}  // namespace shoji::gateway
