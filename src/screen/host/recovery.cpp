#include "screen/host/sessions.h"

#include <algorithm>
#include <fstream>
#include <iterator>

#include <spdlog/spdlog.h>

namespace shoji::host {
namespace {

namespace fs = std::filesystem;

// What is known of a session's folder: its record, or its name alone.
Record read_record(const fs::path& folder, const control::SessionId& id) {
    std::ifstream file(folder / "record");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    auto record = parse_record(text);
    if (record && record->id == id) return *record;
    Record name_alone;
    name_alone.id = id;
    return name_alone;
}

}  // namespace

std::vector<Record> read_records(const base::Settings& settings) {
    std::vector<Record> records;
    Slots slots(settings.session.maximum);
    std::error_code error;  // no folder: no sessions
    for (const auto& entry : fs::directory_iterator(settings.host_sessions(), error)) {
        const auto id = control::session_id_from(entry.path().filename().native());
        if (!id) continue;
        auto record = read_record(entry.path(), *id);
        if (!slots.take(record.slot)) record.slot = no_slot;
        records.push_back(std::move(record));
    }
    return records;
}

void Sessions::recover(const std::vector<Record>& records) {
    const std::string boot = boot_id();
    for (const auto& record : records) {
        const std::string name = control::to_text(record.id);
        Entry& entry = add(Session(surroundings_, record));
        base::Result<void> adopted = base::fail(base::ErrorKind::corrupt, "its record is unusable");
        if (slots_.take(record.slot) && record.boot == boot) adopted = entry.session.adopt();
        if (adopted) {
            spdlog::info("session {} goes on", name);
            watch(entry);
        } else {
            spdlog::warn("session {} is cleared away: {}", name, adopted.error().message);
            begin_end(entry, control::Reason::start_failed);
        }
    }
    remove_stray_groups();
}

// Groups of sessions whose folder is gone.
void Sessions::remove_stray_groups() {
    if (!surroundings_.machine.cgroups) return;
    const auto& mounts = *surroundings_.machine.cgroups;
    for (const auto& name : isolation::list_cgroups(mounts, group_of(surroundings_.settings))) {
        const auto id = control::session_id_from(name);
        if (!id || entries_.contains(*id)) continue;
        spdlog::warn("session {} is cleared away: it has no record", name);
        Record name_alone;
        name_alone.id = *id;
        begin_end(add(Session(surroundings_, name_alone)), control::Reason::start_failed);
    }
}

}  // namespace shoji::host
