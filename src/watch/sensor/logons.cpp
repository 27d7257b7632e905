#include "watch/sensor/logons.h"

#include "watch/event/linux_messages.h"

#include <charconv>

namespace shoji::sensor {
namespace {

// Services and fields of linux_messages.h, so that rules and who prints can name them.
constexpr std::string_view services[] = {"sshd", "sudo",   "auth",
                                         "cron", "syslog", "authentication"};
constexpr std::string_view fields[] = {"User",       "TargetUser", "SourceUser",  "SourceIp",
                                       "SourcePort", "SourceHost", "Outcome",     "LogonType",
                                       "LogonId",    "Method",     "PamService",  "Terminal",
                                       "EventType",  "Image",      "CommandLine", "CronTable"};

Word word(event::Names& names, std::string_view name) {
    return {names.add_field(name), name};
}

// RFC 5424's numbers of the two that logons have.
std::string_view facility_of(std::string_view number) {
    if (number == "4") return "auth";
    return number == "10" ? "authpriv" : std::string_view();
}

std::uint32_t number_of(std::string_view digits) {
    std::uint32_t number = 0;
    const auto* last = digits.data() + digits.size();
    const auto [end, error] = std::from_chars(digits.data(), last, number);
    return error == std::errc() && end == last ? number : 0;
}

}  // namespace

LogonReader::LogonReader(event::Names& names, const Scene& scene)
    : names_(names),
      scene_(scene),
      program_(word(names, "program")),
      pid_(word(names, "pid")),
      facility_(word(names, "facility")),
      message_(word(names, "message")),
      written_by_(word(names, "WrittenBy")),
      written_by_user_(word(names, "WrittenByUser")) {
    for (const auto service : services) names.add_source(service);
    for (const auto field : fields) names.add_field(field);
}

void LogonReader::begin(event::Event& event, std::string_view program, std::string_view process,
                        std::string_view message) const {
    event.clear();
    EventWriter writer(event);
    writer.text(scene_.words.computer, scene_.computer);
    writer.text(program_, program);
    writer.text(pid_, process);
    writer.text(message_, message);
}

// By its number, which a forged line can choose as well.
void LogonReader::add_writer(EventWriter& writer, std::string_view process) const {
    const auto number = number_of(process);
    const auto* found = number == 0 ? nullptr : scene_.processes.find_last(number);
    if (found == nullptr) return;
    scene_.add_guid(writer, scene_.words.process_guid, found->key);
    writer.number(scene_.words.process_id, number);
    writer.kept(written_by_, found->program->image);
    scene_.add_user(writer, written_by_user_, found->user);
}

bool LogonReader::read(std::string_view line, const event::SyslogDefaults& now,
                       event::Event& event) const {
    const auto message = event::parse_syslog_message(line, now);
    if (!message) return false;
    begin(event, message->program, message->process_id, message->text);
    event.time = message->time == 0 ? now.newest : message->time;
    EventWriter writer(event);
    writer.text(facility_, message->facility);
    add_writer(writer, message->process_id);
    event::add_linux_message(message->program, message->facility, message->text, names_, event);
    return true;
}

void LogonReader::read(const JournalEntry& entry, event::Event& event) const {
    begin(event, entry.program, entry.process, entry.message);
    event.time = entry.time;
    EventWriter writer(event);
    const auto facility = facility_of(entry.facility);
    writer.text(facility_, facility);
    const auto number = number_of(entry.process);
    if (const auto* found = number == 0 ? nullptr : scene_.processes.find_last(number)) {
        scene_.add_guid(writer, scene_.words.process_guid, found->key);
        writer.number(scene_.words.process_id, number);
    }
    writer.text(written_by_, entry.executable);
    if (!entry.user.empty()) scene_.add_user(writer, written_by_user_, number_of(entry.user));
    event::add_linux_message(entry.program, facility, entry.message, names_, event);
}

}  // namespace shoji::sensor
