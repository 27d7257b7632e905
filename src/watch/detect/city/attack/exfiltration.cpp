#include "watch/detect/city/attack/exfiltration.h"

namespace shoji::city {

void fill_upload(event::Activity& activity, const Site& site, std::uint64_t out) {
    activity.kind = event::ActivityKind::request;
    activity.process = browser_path;
    activity.peer = site.address;
    activity.domain = site.name;
    activity.host_header = site.name;
    activity.port = 443;
    activity.protocol = "tls";
    activity.method = "POST";
    activity.duration = seconds + static_cast<Time>(out) * (seconds / 10'000'000);
    activity.bytes_out = out;
    activity.bytes_in = 900 + out / 200;
}

Site own_site(std::uint64_t number) {
    // Whoever attacks can register no name under lg.jp.
    std::uint64_t chosen = 0xEF110000 + number;
    while (site_name(chosen).ends_with(".lg.jp")) chosen += 0x100000;
    return {site_name(chosen), address_of(chosen)};
}

}  // namespace shoji::city
