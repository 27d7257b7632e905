#include "watch/response/evidence.h"

#include "core/base/printable.h"
#include "watch/response/evidence_archive.h"
#include "watch/response/quarantine.h"
#include "watch/response/small_file.h"

#include <algorithm>
#include <cerrno>
#include <charconv>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::response {
namespace {

constexpr std::size_t most_small = 64U << 20U;
constexpr std::uint64_t most_region = 4U << 20U;  // bytes of memory in one member

// What /proc has of a process and of the network that it sees.
constexpr std::array process_files{"status",  "stat",      "maps",   "cmdline",
                                   "cgroup",  "mountinfo", "limits", "sched",
                                   "environ", "comm",      "io",     "attr/current"};
constexpr std::array network_files{"tcp",    "tcp6", "udp",     "udp6",  "raw",        "raw6",
                                   "packet", "unix", "netlink", "route", "ipv6_route", "arp"};

std::string line_of(const Process& process) {
    std::error_code unread;
    const auto program =
        std::filesystem::read_symlink(fmt::format("/proc/{}/exe", process.id.number), unread);
    auto words = read_small_file(fmt::format("/proc/{}/cmdline", process.id.number), most_small);
    std::string arguments = words ? *words : std::string();
    std::replace(arguments.begin(), arguments.end(), '\0', ' ');
    constexpr std::size_t most = 8192;
    return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", process.id.number, process.id.start,
                       process.parent, process.session, process.state,
                       base::printable(process.name, most), base::printable(process.cgroup, most),
                       base::printable(program.native(), most), base::printable(arguments, most));
}

class Collector {
  public:
    // `archive` null: only the names.
    Collector(const EvidenceRequest& request, EvidenceArchive* archive)
        : request_(request), archive_(archive) {}

    base::Result<Evidence> collect() {
        auto done = add_processes();
        if (done && request_.process) done = add_process(*request_.process);
        for (std::size_t i = 0; done && i < request_.files.size(); ++i)
            done = add_file(request_.files[i]);
        if (done && !evidence_.omissions.empty()) {
            std::string text;
            for (const auto& one : evidence_.omissions) text += one + "\n";
            done = add("omissions", text);
        }
        if (!done) return base::Failure(done.error());
        if (archive_ != nullptr) evidence_.members = archive_->members();
        return std::move(evidence_);
    }

  private:
    void omit(const std::string& name, std::string_view why) {
        constexpr std::size_t most = 4500;
        evidence_.omissions.push_back(base::printable(fmt::format("{}: {}", name, why), most));
    }
    base::Result<void> add(const std::string& name, std::string_view content) {
        if (archive_ != nullptr) return archive_->add(name, content);
        evidence_.members.push_back({name, content.size(), {}});
        return {};
    }
    base::Result<void> add_kernel_file(const std::string& name, const std::string& path) {
        const auto text = read_small_file(path, most_small);
        if (text) return add(name, *text);
        omit(name, text.error().message);
        return {};
    }

    base::Result<void> add_processes() {
        const auto all = list_processes();
        if (!all) return base::Failure(all.error());
        std::string table =
            "process\tstart\tparent\tsession\tstate\tname\tcgroup\tprogram\targuments\n";
        std::size_t count = 0;
        for (const auto& process : *all) {
            if (count++ >= request_.limits.processes) {
                omit("processes",
                     fmt::format("{} of {} listed", request_.limits.processes, all->size()));
                break;
            }
            table += line_of(process);
        }
        return add("processes.tsv", table);
    }

    // Held all the while, so that nothing is of another process that got its number.
    base::Result<void> add_process(ProcessId id) {
        const auto held = hold_process(id);
        if (!held) {
            return base::worded(
                base::fail(base::ErrorKind::not_found, "there is no process {} that began at {}",
                           id.number, id.start),
                "response.kill.gone", {{"pid", std::to_string(id.number)}});
        }
        const std::string from = fmt::format("/proc/{}/", id.number);
        const std::string into = fmt::format("process/{}/", id.number);
        for (const char* file : process_files) {
            if (auto done = add_kernel_file(into + file, from + file); !done) return done;
        }
        for (const char* file : network_files) {
            if (auto done = add_kernel_file(into + "net/" + file, from + "net/" + file); !done)
                return done;
        }
        if (auto done = add(into + "open_files.tsv", open_files(from)); !done) return done;
        const base::FileDescriptor program(::open((from + "exe").c_str(), O_RDONLY | O_CLOEXEC));
        if (!program.valid()) {
            omit(into + "program", base::fail_errno(errno, "opening it").value().message);
        } else if (auto done = add_open_file(into + "program", program.get()); !done) {
            return done;
        }
        if (request_.memory) {
            if (auto done = add_memory(from, into); !done) return done;
        }
        if (hold_process(id)) return {};
        omit(into, "the process ended meanwhile");
        return {};
    }

    static std::string open_files(const std::string& from) {
        std::string table = "number\tfile\n";
        std::error_code gone;
        for (std::filesystem::directory_iterator entry(from + "fd", gone), end;
             !gone && entry != end; entry.increment(gone)) {
            std::error_code unread;
            const auto target = std::filesystem::read_symlink(entry->path(), unread).native();
            table +=
                entry->path().filename().native() + "\t" + base::printable(target, 4200) + "\n";
        }
        return table;
    }

    base::Result<void> add_memory(const std::string& from, const std::string& into) {
        const auto maps = read_small_file(from + "maps", most_small);
        const base::FileDescriptor memory(::open((from + "mem").c_str(), O_RDONLY | O_CLOEXEC));
        if (!maps || !memory.valid()) {
            omit(into + "memory", "it cannot be read");
            return {};
        }
        std::uint64_t room = request_.limits.memory_bytes;
        for (std::string_view rest = *maps; !rest.empty();) {
            const auto line = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(line.size() + 1, rest.size()));
            std::uint64_t begin = 0;
            std::uint64_t end = 0;
            const char* stop = line.data() + line.size();
            const auto first = std::from_chars(line.data(), stop, begin, 16);
            if (first.ec != std::errc{} || first.ptr == stop) continue;
            const auto second = std::from_chars(first.ptr + 1, stop, end, 16);
            const bool readable = second.ptr + 1 < stop && second.ptr[1] == 'r';
            // The kernel's own pages, which are of no process.
            if (!readable || line.ends_with("[vvar]") || line.ends_with("[vsyscall]")) continue;
            for (std::uint64_t at = begin; at < end; at += most_region) {
                const std::uint64_t size = std::min(most_region, end - at);
                const std::string name = fmt::format("{}memory/{:012x}", into, at);
                if (size > room) {
                    omit(name, "the limit of memory is reached");
                    return {};
                }
                room -= size;
                if (auto done = add_bytes(name, memory.get(), at, size); !done) return done;
            }
        }
        return {};
    }

    base::Result<void> add_bytes(const std::string& name, int file, std::uint64_t from,
                                 std::uint64_t size) {
        if (archive_ == nullptr) {
            evidence_.members.push_back({name, size, {}});
            return {};
        }
        const auto whole = archive_->add_file(name, file, from, size);
        if (!whole) return base::Failure(whole.error());
        if (!*whole) omit(name, "not all of it could be read; the rest is zeros");
        return {};
    }
    base::Result<void> add_open_file(const std::string& name, int file) {
        struct stat state {};
        if (::fstat(file, &state) != 0 || !S_ISREG(state.st_mode)) {
            omit(name, "it is no ordinary file");
            return {};
        }
        const auto size =
            std::min(static_cast<std::uint64_t>(state.st_size), request_.limits.file_bytes);
        if (size < static_cast<std::uint64_t>(state.st_size)) {
            omit(name, fmt::format("the first {} bytes of {}", size, state.st_size));
        }
        return add_bytes(name, file, 0, size);
    }

    base::Result<void> add_file(const std::string& path) {
        constexpr std::size_t most_name = 4000;
        const std::string name = "files" + base::printable(path, most_name);
        const auto place = find_place(path);
        if (!place) {
            omit(name, place.error().message);
            return {};
        }
        const base::FileDescriptor file(
            ::openat(place->folder.get(), place->name.c_str(),
                     O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOATIME | O_CLOEXEC));
        if (file.valid()) return add_open_file(name, file.get());
        omit(name, base::fail_errno(errno, "opening it").value().message);
        return {};
    }

    const EvidenceRequest& request_;
    EvidenceArchive* archive_;
    Evidence evidence_;
};

base::Result<void> check(const EvidenceRequest& request) {
    if (request.files.size() <= request.limits.files) return {};
    return base::fail(base::ErrorKind::invalid, "at most {} files are collected at once",
                      request.limits.files);
}

}  // namespace

base::Result<Evidence> plan_evidence(const EvidenceRequest& request) {
    if (auto good = check(request); !good) return base::Failure(good.error());
    return Collector(request, nullptr).collect();
}

base::Result<Evidence> collect_evidence(const EvidenceRequest& request,
                                        const std::filesystem::path& archive,
                                        const journal::SigningKey& key) {
    if (auto good = check(request); !good) return base::Failure(good.error());
    auto made = EvidenceArchive::create(archive, request.time);
    if (!made) return base::Failure(made.error());
    auto evidence = Collector(request, &*made).collect();
    auto finished = evidence ? made->finish(request, key) : base::Result<void>();
    if (!evidence || !finished) {
        ::unlink(archive.c_str());
        return evidence ? base::Result<Evidence>(base::Failure(finished.error()))
                        : std::move(evidence);
    }
    return evidence;
}

}  // namespace shoji::response
