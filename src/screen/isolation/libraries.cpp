#include "screen/isolation/libraries.h"

#include "screen/isolation/spawn.h"

#include <algorithm>
#include <string>

namespace shoji::isolation {
namespace {

namespace fs = std::filesystem;

// "/lib/x/libm.so.6" where /lib is a link to usr/lib becomes "/usr/lib/x/libm.so.6"; a link in
// the last place stays, for its name is what the loader asks for.
base::Result<Root::Bind> bind_library(const fs::path& library) {
    std::error_code error;
    const fs::path source = fs::canonical(library, error);
    if (error) return base::fail_errno(error.value(), "looking for " + library.native());
    const fs::path folder = fs::canonical(library.parent_path(), error);
    if (error) return base::fail_errno(error.value(), "looking for " + library.native());
    return Root::Bind{source, folder / library.filename(), true};
}

}  // namespace

base::Result<std::vector<fs::path>> parse_library_list(std::string_view printed) {
    std::vector<fs::path> libraries;
    while (!printed.empty()) {
        const auto end = std::min(printed.find('\n'), printed.size());
        const std::string_view line = printed.substr(0, end);
        printed.remove_prefix(std::min(end + 1, printed.size()));
        if (line.ends_with("not found")) {
            return base::fail(base::ErrorKind::not_found, "a shared library is missing:{}", line);
        }
        const auto slash = line.find('/');
        if (slash == std::string_view::npos) continue;  // the kernel's own vdso
        libraries.emplace_back(line.substr(slash, line.find(" (", slash) - slash));
    }
    return libraries;
}

base::Result<std::vector<Root::Bind>> bind_program(const fs::path& program,
                                                   const fs::path& target) {
    const auto printed = run_and_read({loader, "--list", program.native()});
    if (!printed) return base::Failure(printed.error());
    auto libraries = parse_library_list(*printed);
    if (!libraries) return base::Failure(libraries.error());
    if (std::ranges::find(*libraries, fs::path(loader)) == libraries->end()) {
        libraries->emplace_back(loader);
    }
    std::error_code error;
    std::vector<Root::Bind> binds{{fs::canonical(program, error), target, true}};
    if (error) return base::fail_errno(error.value(), "looking for " + program.native());
    for (const auto& library : *libraries) {
        auto bind = bind_library(library);
        if (!bind) return base::Failure(bind.error());
        binds.push_back(std::move(*bind));
    }
    return binds;
}

std::vector<Root::Link> merged_usr_links() {
    return {{"/lib", "usr/lib"}, {"/lib64", "usr/lib64"}};
}

}  // namespace shoji::isolation
