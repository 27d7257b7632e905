// What devices write into messages of syslog or into lines of files, each form told by how it
// begins:
//   CEF:0|Vendor|Product|Version|ID|Name|Severity|src=… dst=…        ArcSight's common event format
//   LEEF:1.0|Vendor|Product|Version|ID|src=…<TAB>dst=…                QRadar's; 2.0 names its
//   delimiter date=2026-11-20 srcip=… msg="…"                                   key=value, as
//   FortiGate writes it … IN=eth0 OUT= SRC=… DST=… PROTO=TCP SPT=… DPT=…                  Linux's
//   netfilter, behind any text
// Their fields are added by their own names; log_names.h adds Sigma's.
#pragma once

#include "watch/event/event.h"

#include <string_view>

namespace shoji::event {

enum class Payload : std::uint8_t { none, cef, leef, key_value, netfilter };

// Views into the text, or kept by the event. What the payload has no room for is counted there.
Payload add_payload(std::string_view text, const Names& names, Event& event);

}  // namespace shoji::event
