#include "watch/sensor/sockets.h"

#include "watch/sensor/family.h"

namespace shoji::sensor {
namespace {

std::string_view sort_of(std::uint64_t family) {
    switch (family) {
        case SENSOR_AF_INET:
        case SENSOR_AF_INET6:
            return "raw";
        case SENSOR_AF_PACKET:
            return "packet";
        case SENSOR_AF_ALG:
            return "alg";
        case SENSOR_AF_VSOCK:
            return "vsock";
        case SENSOR_AF_XDP:
            return "xdp";
        default:
            return "other";
    }
}

}  // namespace

base::Result<bool> read_sockets(Record record, Scene& scene, event::Event& event) {
    const auto part = RecordReader(record).part<sensor_act>();
    if (!part) return base::Failure(part.error());
    if (part->head.kind != SENSOR_SOCKET) {
        return base::fail(base::ErrorKind::corrupt, "no record of sockets is of kind {:#x}",
                          part->head.kind);
    }
    const auto& words = scene.words;
    scene.begin(event, part->head, words.socket_creation);
    EventWriter writer(event);
    writer.text(words.event_type, sort_of(part->value[0]));
    writer.number(words.address_family, part->value[0]);
    writer.number(words.socket_type, part->value[1]);
    writer.number(words.protocol, part->value[2]);
    if ((part->how & SENSOR_ACT_IO_URING) != 0) {
        writer.yes(words.by_io_uring);
    } else {
        scene.add_result(writer, part->result);
    }
    scene.add_actor(writer, part->head);
    if ((part->how & SENSOR_ACT_ASKED) != 0) writer.text(words.incomplete, "asked");
    return true;
}

}  // namespace shoji::sensor
