#include "screen/isolation/browser.h"

#include "screen/isolation/libraries.h"

#include <algorithm>

namespace shoji::isolation {
namespace {

namespace fs = std::filesystem;

constexpr const char* scratch_folders[] = {browser_home, "/tmp", "/dev/shm"};

// Of Chromium's folder; what it opens there beside the program itself.
constexpr const char* resources[] = {"icudtl.dat",
                                     "resources.pak",
                                     "chrome_100_percent.pak",
                                     "chrome_200_percent.pak",
                                     "v8_context_snapshot.bin",
                                     "snapshot_blob.bin",
                                     "locales"};
// Libraries that NSS opens at run time: without them and what they need, Chromium ends at the first
// certificate that it looks at.
constexpr const char* opened_libraries[] = {"libsoftokn3.so", "libfreeblpriv3.so", "libfreebl3.so"};

// Fonts, their configuration and cache (without the cache a start takes 110 ms longer), the time
// zones, the keyboard rules.
constexpr const char* shared_data[] = {
    "/etc/fonts",          "/usr/share/fonts",  "/usr/share/fontconfig", "/var/cache/fontconfig",
    "/usr/share/zoneinfo", "/usr/share/X11/xkb"};

void bind_where_present(Root& root, const fs::path& path) {
    std::error_code error;
    const fs::path source = fs::canonical(path, error);
    if (!error) root.binds.push_back({source, path, false});
}

// Adds what is not there yet.
void bind_missing(Root& root, const std::vector<Root::Bind>& binds) {
    for (const auto& bind : binds) {
        const auto is_same = [&](const Root::Bind& other) { return other.target == bind.target; };
        if (std::ranges::none_of(root.binds, is_same)) root.binds.push_back(bind);
    }
}

base::Result<void> bind_opened_libraries(Root& root) {
    const auto beside =
        std::ranges::find(root.binds, fs::path("libnss3.so"),
                          [](const Root::Bind& bind) { return bind.target.filename(); });
    if (beside == root.binds.end()) return {};
    const fs::path folder = beside->target.parent_path();
    for (const char* name : opened_libraries) {
        const auto binds = bind_program(folder / name, folder / name);
        if (!binds) return base::Failure(binds.error());
        bind_missing(root, *binds);
    }
    return {};
}

}  // namespace

base::Result<Root> browser_root(const fs::path& folder, std::uint64_t scratch_bytes) {
    const fs::path program = folder / "chromium";
    auto binds = bind_program(program, program);
    if (!binds) return base::Failure(binds.error());
    Root root;
    root.binds = std::move(*binds);
    root.links = merged_usr_links();
    for (const char* name : resources) bind_where_present(root, folder / name);
    if (auto bound = bind_opened_libraries(root); !bound) return base::Failure(bound.error());
    for (const char* path : shared_data) bind_where_present(root, path);
    for (const char* path : scratch_folders) root.scratch.push_back({path, scratch_bytes});
    root.devices = true;
    root.processes = true;
    return root;
}

confinement::LandlockRules browser_landlock(const std::string& program, std::uint16_t proxy_port) {
    confinement::LandlockRules rules;
    rules.paths.push_back({"/", false, false});
    rules.paths.push_back({"/proc", true, false});
    rules.paths.push_back({"/dev", true, false});
    for (const char* path : scratch_folders) rules.paths.push_back({path, true, false});
    rules.paths.push_back({program, false, true});
    rules.paths.push_back({loader, false, true});
    rules.connect_ports = {proxy_port};
    return rules;
}

}  // namespace shoji::isolation
