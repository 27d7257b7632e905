#include "watch/station/alert_line.h"

#include "watch/event/time.h"
#include "watch/sensor/output.h"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace shoji::station {

void print_alert(const incident::Alert& alert, int descriptor) {
    namespace json = boost::json;
    json::object values;
    for (const auto& value : alert.values) values[value.name] = value.value;
    const json::object object{{"Time", event::format_time(alert.time)},
                              {"Category", "alert"},
                              {"Detector", incident::name_of(alert.detector)},
                              {"Rule", alert.rule},
                              {"Level", sigma::name_of(alert.level)},
                              {"Computer", alert.host},
                              {"User", alert.user},
                              {"Image", alert.process},
                              {"ProcessId", alert.process_id},
                              {"TargetFilename", alert.file},
                              {"Values", std::move(values)}};
    const auto line = json::serialize(object) + "\n";
    sensor::write_whole(descriptor,
                        {reinterpret_cast<const std::uint8_t*>(line.data()), line.size()});
}

}  // namespace shoji::station
