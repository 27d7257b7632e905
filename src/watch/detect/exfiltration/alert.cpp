#include "watch/detect/exfiltration/alert.h"

namespace shoji::exfiltration {

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::volume_day:
            return "volume_day";
        case Kind::volume_hour:
            return "volume_hour";
        case Kind::pair_day:
            return "pair_day";
        case Kind::pair_week:
            return "pair_week";
        case Kind::program_day:
            return "program_day";
        case Kind::leak:
            return "leak";
        case Kind::chain:
            return "chain";
        case Kind::tunnel:
            return "tunnel";
        case Kind::protocol:
            return "protocol";
        case Kind::my_number:
            return "my_number";
    }
    return {};
}

std::string_view name_of(Medium medium) {
    switch (medium) {
        case Medium::web:
            return "web";
        case Medium::storage:
            return "storage";
        case Medium::paste:
            return "paste";
        case Medium::mail:
            return "mail";
        case Medium::stick:
            return "stick";
        case Medium::share:
            return "share";
        case Medium::print:
            return "print";
        case Medium::capture:
            return "capture";
        case Medium::icmp:
            return "icmp";
        case Medium::input:
            return "input";
    }
    return {};
}

std::string_view name_of(Baseline::From from) {
    switch (from) {
        case Baseline::From::own:
            return "own";
        case Baseline::From::peers:
            return "peers";
        case Baseline::From::city:
            return "city";
        case Baseline::From::fixed:
            return "fixed";
    }
    return {};
}

}  // namespace shoji::exfiltration
