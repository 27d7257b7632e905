#include "watch/detect/exfiltration/testing/days.h"

namespace shoji::exfiltration::testing {

NameList names() {
    auto list = NameList::parse(
        "edition test\nstorage drive.example\npaste paste.example\n"
        "webmail mail.example\nlookups lookups.example\n");
    return std::move(list.value());
}

}  // namespace shoji::exfiltration::testing
