#include "watch/detect/beacon/alert.h"

namespace shoji::beacon {

std::string_view name_of(AlertKind kind) {
    switch (kind) {
        case AlertKind::beacon:
            return "beacon";
        case AlertKind::long_connection:
            return "long connection";
        case AlertKind::rare_destination:
            return "rare destination";
        case AlertKind::young_domain:
            return "young domain";
        case AlertKind::generated_names:
            return "generated names";
        case AlertKind::denied:
            return "denied";
        case AlertKind::flood:
            return "flood";
    }
    return {};
}

std::string_view name_of(View view) {
    switch (view) {
        case View::hours:
            return "hours";
        case View::shifts:
            return "shifts";
        case View::office:
            return "office";
    }
    return {};
}

}  // namespace shoji::beacon
