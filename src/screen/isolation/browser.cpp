#include "screen/isolation/browser.h"

#include "screen/isolation/libraries.h"

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
// Libraries that NSS opens at run time to start at all.
constexpr const char* opened_libraries[] = {"libsoftokn3.so", "libfreeblpriv3.so", "libfreebl3.so"};

// Fonts, their configuration and cache (without the cache a start takes 110 ms longer), the time
// zones, the keyboard rules.
constexpr const char* shared_data[] = {
    "/etc/fonts",          "/usr/share/fonts",  "/usr/share/fontconfig", "/var/cache/fontconfig",
    "/usr/share/zoneinfo", "/usr/share/X11/xkb"};

void bind_where_present(Root& root, const fs::path& path, bool execute) {
    std::error_code error;
    const fs::path source = fs::canonical(path, error);
    if (!error) root.binds.push_back({source, path, execute});
}

}  // namespace

base::Result<Root> browser_root(const fs::path& folder, std::uint64_t scratch_bytes) {
    const fs::path program = folder / "chromium";
    auto binds = bind_program(program, program);
    if (!binds) return base::Failure(binds.error());
    Root root;
    root.binds = std::move(*binds);
    root.links = merged_usr_links();
    for (const char* name : resources) bind_where_present(root, folder / name, false);
    for (const auto& bind : root.binds) {
        if (bind.target.filename() != "libnss3.so") continue;
        const fs::path beside = bind.target.parent_path();
        for (const char* name : opened_libraries) bind_where_present(root, beside / name, true);
        break;
    }
    for (const char* path : shared_data) bind_where_present(root, path, false);
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
