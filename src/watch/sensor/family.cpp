#include "watch/sensor/family.h"

#include "watch/sensor/objects.h"

#include <algorithm>
#include <array>

namespace shoji::sensor {
namespace {

constexpr std::array process_backends{Backend{"tracepoints", process_object}};

constexpr std::array file_backends{Backend{"fentry", file_fentry_object},
                                   Backend{"system calls", file_calls_object}};

constexpr std::array network_backends{Backend{"control groups", network_object}};

constexpr std::array dns_backends{Backend{"control groups", dns_object}};

constexpr std::array sockets_backends{Backend{"fentry", sockets_fentry_object},
                                      Backend{"system calls", sockets_calls_object}};

constexpr std::array access_backends{Backend{"fentry", access_fentry_object},
                                     Backend{"system calls", access_calls_object}};

constexpr std::array privileges_backends{Backend{"fentry", privileges_fentry_object},
                                         Backend{"system calls", privileges_calls_object}};

constexpr std::array all{
    Family{"process", 0x01, process_backends, read_process},
    Family{"file", 0x02, file_backends, read_file},
    Family{"network", 0x03, network_backends, read_network},
    Family{"dns", 0x04, dns_backends, read_dns, "network"},
    Family{"sockets", 0x05, sockets_backends, read_sockets},
    Family{"access", 0x06, access_backends, read_access},
    Family{"privileges", 0x07, privileges_backends, read_privileges},
};

}  // namespace

std::span<const Family> families() {
    return all;
}

base::Result<bool> read_record(Record record, Scene& scene, event::Event& event) {
    const auto head = RecordReader(record).part<sensor_head>();
    if (!head) return base::Failure(head.error());
    if (head->size != record.size()) {
        return base::fail(base::ErrorKind::corrupt, "a record says {} bytes and has {}", head->size,
                          record.size());
    }
    const auto found = std::ranges::find(all, head->kind >> 8, &Family::number);
    if (found == all.end()) {
        return base::fail(base::ErrorKind::corrupt, "no family has records of kind {:#x}",
                          head->kind);
    }
    return found->read(record, scene, event);
}

}  // namespace shoji::sensor
