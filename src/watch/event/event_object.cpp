#include "watch/event/event_object.h"

#include <array>
#include <span>

namespace shoji::event {
namespace {

struct PieceText {
    std::string_view field{};
    std::string_view before{};
    std::string_view after{};
    std::string_view usual{};  // a value that is left out
};
struct PatternText {
    std::string_view category;
    std::string_view type;
    std::array<PieceText, 7> pieces{};
};

constexpr PieceText result{"Result", " ", "", "success"};

// Those with a type stand before those of the same category without.
constexpr std::array<PatternText, 36> texts{{
    {"process_creation", "", {{{"CommandLine"}}}},
    {"process_running", "", {{{"CommandLine"}}}},
    {"process_fork", "", {{{"ParentProcessId"}}}},
    {"process_termination", "", {{{"Signal", "signal=", ""}, {"ExitCode", "exit=", "", "0"}}}},
    {"process_access", "open_memory", {{{"TargetFilename"}}}},
    {"process_access",
     "",
     {{{"TargetImage"}, {"TargetProcessId", " (", ")"}, {"Request", " "}, result}}},
    {"process_act", "memory_file", {{{"TargetFilename"}}}},
    {"process_act", "io_uring", {{{"Entries"}, result}}},
    {"process_act", "", {{{"Request"}, {"SourceFilename", " "}, {"TargetFilename", " "}}}},
    {"file_event", "", {{{"TargetFilename"}, {"SourceFilename", " → "}}}},
    {"file_change", "close_write", {{{"TargetFilename"}, {"BytesWritten", " (", " B)"}}}},
    {"file_change", "chmod", {{{"TargetFilename"}, {"FileMode", " (", ")"}}}},
    {"file_change", "chown", {{{"TargetFilename"}, {"FileOwner", " (", ")"}}}},
    {"file_rename", "", {{{"SourceFilename"}, {"TargetFilename", " → "}}}},
    {"file_delete", "", {{{"TargetFilename"}}}},
    {"file_access", "", {{{"TargetFilename"}}}},
    {"image_load", "", {{{"ImageLoaded"}}}},
    {"driver_load", "", {{{"ImageLoaded"}, result}}},
    {"network_connection",
     "connect",
     {{{"Protocol"},
       {"DestinationIp", " "},
       {"DestinationPort", " "},
       {"DestinationHostname", " (", ")"},
       result}}},
    {"network_connection",
     "",
     {{{"Protocol"},
       {"SourceIp", " "},
       {"SourcePort", " "},
       {"DestinationIp", " → "},
       {"DestinationPort", " "}}}},
    {"network_flow",
     "",
     {{{"Protocol"},
       {"SourceIp", " "},
       {"SourcePort", " "},
       {"DestinationIp", " → "},
       {"DestinationPort", " "},
       {"BytesSentInAll", " ↑", " B"},
       {"BytesReceivedInAll", " ↓", " B"}}}},
    {"network_listen", "", {{{"Protocol"}, {"SourceIp", " "}, {"SourcePort", " "}}}},
    {"dns_query", "no_dns", {{{"Protocol"}, {"ServerIp", " "}, {"MessageBytes", " ", " B"}}}},
    {"dns_answer", "no_dns", {{{"Protocol"}, {"ServerIp", " "}, {"MessageBytes", " ", " B"}}}},
    {"dns_query", "", {{{"QueryName"}, {"QueryType", " (", ")"}, {"ServerIp", " @"}}}},
    {"dns_answer",
     "",
     {{{"QueryName"},
       {"QueryType", " (", ")"},
       {"QueryStatus", " RCODE ", "", "0"},
       {"QueryResults", " → "}}}},
    {"socket_creation", "", {{{"EventType"}, result}}},
    {"privilege_change", "users", {{{"FormerUser"}, {"UserId", " → "}, result}}},
    {"privilege_change", "capabilities", {{{"Capabilities"}, result}}},
    {"privilege_change", "namespaces", {{{"Namespaces"}, result}}},
    {"privilege_change",
     "bpf",
     {{{"BpfCommand"}, {"BpfProgramType", " "}, {"BpfProgramName", " "}, result}}},
    {"privilege_change", "kernel_parameter", {{{"Parameter"}, {"Value", " = "}}}},
    {"privilege_change", "chroot", {{{"RootDirectory"}, result}}},
    {"privilege_change",
     "",
     {{{"MountSource"}, {"MountPoint", " → "}, {"FileSystem", " (", ")"}, result}}},
    {"sensor_report", "loss", {{{"Cause"}, {"Family", " ", ""}, {"Count", " × "}}}},
    {"sensor_report",
     "",
     {{{"Family"}, {"Backend", " (", ")"}, {"Cgroup", " "}, {"Count", " × "}}}},
}};
// What logs say of logons, and other programs' events.
constexpr std::array<PieceText, 8> other_fields{{{"message"},
                                                 {"TargetFilename"},
                                                 {"ImageLoaded"},
                                                 {"QueryName"},
                                                 {"DestinationIp"},
                                                 {"SourceIp"},
                                                 {"Script"},
                                                 {"CommandLine"}}};

}  // namespace

EventObject::EventObject(Names& names) {
    const auto known = [&](const PieceText& piece) {
        return Piece{names.add_field(piece.field), piece.before, piece.after, piece.usual};
    };
    for (const auto& text : texts) {
        Pattern pattern{names.add_source(text.category), text.type, {}};
        for (const auto& piece : text.pieces) {
            if (!piece.field.empty()) pattern.pieces.push_back(known(piece));
        }
        patterns_.push_back(std::move(pattern));
    }
    for (const auto& piece : other_fields) others_.push_back(known(piece));
}

std::string EventObject::text(const Event& event) const {
    const auto category = event.source.categories[0];
    const auto type = event.value(field::event_type);
    for (const auto& pattern : patterns_) {
        if (category != pattern.category) continue;
        if (!pattern.type.empty() && pattern.type != type) continue;
        std::string all;
        for (const auto& piece : pattern.pieces) {
            const auto value = event.value(piece.field);
            if (value.empty() || value == piece.usual) continue;
            // A separator is not put before the first.
            if (!all.empty() || !piece.before.starts_with(' ')) all += piece.before;
            all += value;
            all += piece.after;
        }
        return all;
    }
    for (const auto& piece : others_) {
        if (const auto value = event.value(piece.field); !value.empty()) return std::string(value);
    }
    return {};
}

}  // namespace shoji::event
