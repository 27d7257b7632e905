#include "screen/host/equipment.h"

#include "screen/host/authorities.h"
#include "screen/host/browser_command.h"
#include "screen/isolation/libraries.h"

namespace shoji::host {
namespace {

namespace fs = std::filesystem;

const fs::path inner_folder = "/usr/lib/shoji";

// A root with one of Shoji's own programs and nothing else.
base::Result<isolation::Root> root_of(const fs::path& program) {
    auto binds = isolation::bind_program(program, inner_folder / program.filename());
    if (!binds) return base::Failure(binds.error());
    isolation::Root root;
    root.binds = std::move(*binds);
    root.links = isolation::merged_usr_links();
    root.devices = true;
    root.processes = true;
    return root;
}

}  // namespace

base::Result<Equipment> equip(const Programs& programs, const base::Settings& settings) {
    Equipment equipment;
    equipment.browser = programs.browser / "chromium";
    equipment.compositor = inner_folder / "shoji-session";
    equipment.egress = inner_folder / "shoji-egress";

    // Its scratch folders count against the session's memory, and none may take all of it.
    const std::uint64_t scratch = std::uint64_t{settings.session.memory_megabytes} << 19U;
    auto browser_root = isolation::browser_root(programs.browser, scratch);
    if (!browser_root) return base::Failure(browser_root.error());
    equipment.browser_root = std::move(*browser_root);

    auto authorities = read_authorities(settings.destination_authorities);
    if (!authorities) return base::Failure(authorities.error());
    equipment.authorities = std::move(*authorities);

    auto compositor_root = root_of(programs.folder / "shoji-session");
    if (!compositor_root) return base::Failure(compositor_root.error());
    equipment.compositor_root = std::move(*compositor_root);
    // The keymap is compiled from these.
    const fs::path keyboard = "/usr/share/X11/xkb";
    equipment.compositor_root.binds.push_back({keyboard, keyboard, false});

    auto egress_root = root_of(programs.folder / "shoji-egress");
    if (!egress_root) return base::Failure(egress_root.error());
    equipment.egress_root = std::move(*egress_root);
    std::error_code absent;  // then names in it do not resolve, as for every program here
    const fs::path hosts = fs::canonical("/etc/hosts", absent);
    if (!absent) equipment.egress_root.binds.push_back({hosts, "/etc/hosts", false});

    auto filter =
        isolation::browser_filter().compile(confinement::SyscallFilter::Otherwise::refuse);
    if (!filter) return base::Failure(filter.error());
    equipment.browser_filter = std::move(*filter);
    equipment.browser_landlock = isolation::browser_landlock(equipment.browser, proxy_port);
    return equipment;
}

}  // namespace shoji::host
