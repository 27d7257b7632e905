#include "watch/station/cause_reader.h"

#include "watch/station/process_start.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace shoji::station {
namespace {

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    return problem == std::errc() && end == text.data() + text.size();
}

}  // namespace

CauseReader::CauseReader(event::Names& names)
    : programs_{names.add_source("process_creation"), names.add_source("process_running")},
      writes_{names.add_source("file_event"), names.add_source("file_change"),
              names.add_source("file_rename")},
      guid_(names.add_field("ProcessGuid")),
      type_(names.add_field("EventType")),
      target_(names.add_field("TargetFilename")),
      image_(names.add_field("Image")),
      script_(names.add_field("Script")),
      device_(names.add_field("FileDevice")),
      inode_(names.add_field("FileInode")),
      hashes_(names.add_field("Hashes")),
      user_(names.add_field("RealUserId")) {}

letters::Cause CauseReader::read(std::string_view rule, const event::Event& event) const {
    constexpr std::uint64_t tick_nanoseconds = 10'000'000;  // of USER_HZ, 100 on all machines
    letters::Cause cause;
    cause.rule = rule;
    const auto started = start_in(event.value(guid_));
    cause.process = started.process;
    cause.start = started.nanoseconds / tick_nanoseconds;
    const auto target = event.value(target_);
    if (target.empty()) {
        read_program(event, cause);
        return cause;
    }
    // Who links to a file, or reads it, need not have had a hand in it.
    constexpr std::array types{"open_write", "close_write", "chmod", "chown", "rename"};
    const auto type = event.value(type_);
    const bool writes =
        writes_.contains(event.source.categories[0]) &&
        std::ranges::any_of(types, [&](std::string_view one) { return one == type; });
    if (!writes) return cause;
    cause.path = target;
    read_identity(event, cause);
    if (cause.inode != 0) cause.file = letters::Cause::File::written;
    return cause;
}

void CauseReader::read_program(const event::Event& event, letters::Cause& cause) const {
    cause.file = letters::Cause::File::run;
    cause.path = event.value(image_);
    // Other events tell of no program's file: the process is asked, while it runs.
    if (!programs_.contains(event.source.categories[0])) return;
    std::uint32_t user = 0;
    if (read_number(event.value(user_), user)) cause.user = user;
    if (const auto script = event.value(script_); !script.empty()) {
        cause.file = letters::Cause::File::script;
        cause.path = script;
        return;
    }
    read_identity(event, cause);
    constexpr std::string_view sum = "SHA256=";
    const auto hashes = event.value(hashes_);
    if (hashes.starts_with(sum)) cause.digest = hashes.substr(sum.size());
}

void CauseReader::read_identity(const event::Event& event, letters::Cause& cause) const {
    const auto device = event.value(device_);
    const auto colon = std::min(device.find(':'), device.size() - 1);
    std::uint32_t major = 0;
    std::uint32_t minor = 0;
    std::uint64_t inode = 0;
    if (device.empty() || !read_number(device.substr(0, colon), major) ||
        !read_number(device.substr(colon + 1), minor) || !read_number(event.value(inode_), inode)) {
        return;
    }
    cause.device = major << 20U | minor;
    cause.inode = inode;
}

}  // namespace shoji::station
