#include "screen/gateway/static_files.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

namespace shoji::gateway {
namespace {

constexpr std::uintmax_t maximum_bytes = std::uintmax_t{64} << 20U;

constexpr std::array<std::pair<std::string_view, std::string_view>, 11> types{{
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
    {".map", "application/json"},
}};

base::Result<std::string> read_file(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream bytes;
    bytes << file.rdbuf();
    if (!file) return base::fail(base::ErrorKind::system, "reading {} failed", path.native());
    return std::move(bytes).str();
}

}  // namespace

std::string_view content_type_of(std::string_view name) {
    for (const auto& [ending, type] : types) {
        if (name.ends_with(ending)) return type;
    }
    return {};
}

bool has_digest(std::string_view name) {
    constexpr std::size_t digest_characters = 8;  // as Vite writes them
    const auto dot = name.rfind('.');
    const auto dash = name.rfind('-', dot);
    // The digest itself may hold a dash, so the one before it stands 8 characters before the dot.
    if (dot == std::string_view::npos || dot <= digest_characters ||
        dash == std::string_view::npos) {
        return false;
    }
    return name[dot - digest_characters - 1] == '-' && name.find('/') != std::string_view::npos;
}

base::Result<StaticFiles> StaticFiles::load(const std::filesystem::path& root) {
    StaticFiles files;
    std::uintmax_t total = 0;
    for (const std::string_view part : {"console", "screen"}) {
        const std::filesystem::path folder = root / part;
        std::error_code error;
        std::filesystem::recursive_directory_iterator entries(folder, error);
        if (error) {
            return base::fail(base::ErrorKind::not_found,
                              "reading the web pages of {}: {}; build them or name their folder "
                              "with --web",
                              folder.native(), error.message());
        }
        for (const auto& entry : entries) {
            if (!entry.is_regular_file()) continue;
            const std::string name = entry.path().lexically_relative(folder).native();
            const auto type = content_type_of(name);
            total += entry.file_size();
            if (type.empty() || total > maximum_bytes) {
                return base::fail(base::ErrorKind::invalid,
                                  "the web page {} is of a type that is not served, or the pages "
                                  "have more than {} MiB in all",
                                  entry.path().native(), maximum_bytes >> 20U);
            }
            auto bytes = read_file(entry.path());
            if (!bytes) return base::Failure(bytes.error());
            StaticFile file;
            const bool page = name.ends_with(".html");
            file.kind = part == "screen" ? Kind::screen : page ? Kind::console : Kind::asset;
            file.content_type = type;
            file.bytes = std::make_shared<const std::string>(std::move(*bytes));
            file.immutable = has_digest(name);
            if (name == "index.html") {
                files.files_["/" + std::string(part) + "/"] = file;
                if (part == "console") files.files_["/"] = file;
            }
            files.files_["/" + std::string(part) + "/" + name] = std::move(file);
        }
        if (!files.files_.contains("/" + std::string(part) + "/")) {
            return base::fail(base::ErrorKind::not_found, "there is no {}/index.html",
                              folder.native());
        }
    }
    return files;
}

const StaticFile* StaticFiles::find(std::string_view path) const {
    const auto found = files_.find(path);
    return found == files_.end() ? nullptr : &found->second;
}

}  // namespace shoji::gateway
