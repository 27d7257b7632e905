#include "watch/sensor/access.h"

#include "watch/sensor/family.h"
#include "watch/sensor/process_access.h"

#include <sys/ptrace.h>

namespace shoji::sensor {
namespace {

std::string_view name_of_request(std::uint64_t request) {
    switch (request) {
        case PTRACE_TRACEME:
            return "traceme";
        case PTRACE_POKETEXT:
        case PTRACE_POKEDATA:
        case PTRACE_POKEUSER:
            return "poke";
        case PTRACE_SETREGS:
        case PTRACE_SETFPREGS:
        case PTRACE_SETREGSET:
            return "set_registers";
        case PTRACE_ATTACH:
            return "attach";
        case PTRACE_SEIZE:
            return "seize";
        default:
            return "other";
    }
}

std::string_view type_of(std::uint16_t kind) {
    switch (kind) {
        case SENSOR_ACCESS_PTRACE:
            return "ptrace";
        case SENSOR_ACCESS_READ:
            return "read_memory";
        case SENSOR_ACCESS_WRITE:
            return "write_memory";
        case SENSOR_ACCESS_DESCRIPTOR:
            return "take_descriptor";
        case SENSOR_ACCESS_MEMORY_FILE:
            return "memory_file";
        case SENSOR_ACCESS_URING:
            return "io_uring";
        default:
            return {};
    }
}

void add_access_to(EventWriter& writer, const Scene& scene, const sensor_act& part) {
    const auto& words = scene.words;
    if (part.head.kind == SENSOR_ACCESS_PTRACE) {
        writer.text(words.request, name_of_request(part.value[0]));
    }
    if (part.head.kind == SENSOR_ACCESS_DESCRIPTOR) {
        writer.number(words.descriptor, part.value[0]);
    }
    add_access(writer, scene, part.head, part.target, (part.how & SENSOR_ACT_INSIDE) != 0);
}

}  // namespace

base::Result<bool> read_access(Record record, Scene& scene, event::Event& event) {
    RecordReader reader(record);
    const auto part = reader.part<sensor_act>();
    if (!part) return base::Failure(part.error());
    const auto name = reader.text(part->text_bytes[0]);
    const auto type = type_of(part->head.kind);
    if (type.empty() || !reader.whole()) {
        return base::fail(base::ErrorKind::corrupt, "no record of access is of kind {:#x}",
                          part->head.kind);
    }
    const auto& words = scene.words;
    const bool to_another = part->head.kind <= SENSOR_ACCESS_DESCRIPTOR;
    scene.begin(event, part->head, to_another ? words.process_access : words.process_act);
    EventWriter writer(event);
    writer.text(words.event_type, type);
    if (to_another) add_access_to(writer, scene, *part);
    if (part->head.kind == SENSOR_ACCESS_MEMORY_FILE) {
        writer.text(words.target, name);
        writer.number(words.flags, part->value[0]);
    }
    if (part->head.kind == SENSOR_ACCESS_URING) {
        writer.number(words.entries, part->value[0]);
        writer.number(words.flags, part->value[2]);
    }
    scene.add_result(writer, part->result);
    scene.add_actor(writer, part->head);
    return true;
}

}  // namespace shoji::sensor
