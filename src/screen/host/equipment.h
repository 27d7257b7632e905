// What every session of this machine is given, put together once at start: roots, filters, rules.
#pragma once

#include "core/base/result.h"
#include "core/base/settings.h"
#include "core/confinement/seccomp.h"
#include "screen/isolation/browser.h"
#include "screen/isolation/root.h"

#include <filesystem>
#include <string>
#include <vector>

namespace shoji::host {

// Where the programs are.
struct Programs {
    std::filesystem::path folder;                         // shoji-session, shoji-egress
    std::filesystem::path browser = "/usr/lib/chromium";  // the folder of Chromium itself
};

struct Equipment {
    std::string browser;  // paths inside the roots
    std::string compositor;
    std::string egress;
    isolation::Root browser_root;
    isolation::Root compositor_root;
    isolation::Root egress_root;
    confinement::FilterProgram browser_filter;
    confinement::LandlockRules browser_landlock;
    std::vector<std::string> authorities;  // as certificates_in() gives them
};

base::Result<Equipment> equip(const Programs& programs, const base::Settings& settings);

}  // namespace shoji::host
