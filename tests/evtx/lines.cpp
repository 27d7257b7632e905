// The events of EVTX files as JSON, one a line: {"record":…,"fields":[[name,value],…]}.  evtx-lines
// FILE
#include "watch/event/evtx_file.h"
#include "watch/hunt/mapped_file.h"

#include <cstdio>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace {

int print(const char* path) {
    using namespace shoji;
    const auto file = hunt::MappedFile::open(path);
    if (!file) {
        fmt::print(stderr, "{}\n", file.error().message);
        return 1;
    }
    event::Names names;
    const event::WindowsSources windows(names);
    event::EvtxFile events(file->bytes(), names, windows);
    event::Event event;
    while (events.next(event)) {
        boost::json::array fields;
        for (const auto& field : event.fields()) {
            fields.push_back(boost::json::array{field.name, field.value});
        }
        fmt::print("{}\n", boost::json::serialize(boost::json::object{
                               {"record", event.record}, {"fields", std::move(fields)}}));
    }
    for (const auto& damage : events.damages().told()) {
        fmt::print(stderr, "{}: {}\n", damage.offset, damage.what.message);
    }
    return events.damages().count() == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
    if (count != 2) return 2;
    return print(values[1]);
}
