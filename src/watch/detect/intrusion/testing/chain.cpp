#include "watch/detect/intrusion/testing/chain.h"

namespace shoji::intrusion::testing {
namespace {

using event::ActivityKind;
using event::Time;
using incident::hour;
using incident::minute;
using incident::second;

constexpr std::string_view victim = "CITY\\user11";
constexpr std::string_view outlook = "C:\\Program Files\\Microsoft Office\\OUTLOOK.EXE";
constexpr std::string_view word = "C:\\Program Files\\Microsoft Office\\WINWORD.EXE";
constexpr std::string_view cmd = "C:\\Windows\\System32\\cmd.exe";
constexpr std::string_view powershell =
    "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";
constexpr std::string_view services = "C:\\Windows\\System32\\services.exe";
constexpr std::string_view payload = "C:\\Windows\\Temp\\qx7.exe";

void start(Scene& scene, Time time, std::string_view host, std::string_view user,
           std::string_view parent, std::uint64_t parent_id, std::string_view program,
           std::uint64_t id, std::string_view command) {
    auto& activity = scene.add(ActivityKind::process, time, host, user);
    activity.parent = parent;
    activity.parent_id = parent_id;
    activity.process = program;
    activity.process_id = id;
    activity.command = command;
}

void foothold(Scene& scene, Time time) {
    start(scene, time, "PC11", victim, outlook, 500, word, 501, "WINWORD.EXE /n 請求書.docm");
    start(scene, time + minute, "PC11", victim, word, 501, cmd, 502, "cmd /c start /min p.cmd");
    start(scene, time + minute + second, "PC11", victim, cmd, 502, powershell, 503,
          "powershell -w hidden -enc SQBFAFgA");
    auto& key = scene.add(ActivityKind::service, time + 5 * minute, "PC11", victim);
    key.process = powershell;
    key.process_id = 503;
    key.protocol = "key";
    key.target = "HKU\\S-1-5-21-1\\Software\\Microsoft\\Windows\\CurrentVersion\\Run\\Qx";
    key.path = "C:\\Users\\user11\\AppData\\Roaming\\qx7.exe";
    auto& memory = scene.add(ActivityKind::file_read, time + 20 * minute, "PC11", victim);
    memory.process = powershell;
    memory.process_id = 503;
    memory.protocol = "memory";
    memory.path = "C:\\Windows\\System32\\lsass.exe";
}

void move(Scene& scene, Time time, std::string_view from, std::string_view to) {
    auto& logon = scene.add(ActivityKind::logon, time, to, "CITY\\adm-sato");
    logon.domain = from;
    logon.logon_type = 3;
    auto& service = scene.add(ActivityKind::service, time + second, to, "CITY\\adm-sato");
    service.process = services;
    service.protocol = "service";
    service.target = "qxsvc";
    service.path = payload;
    start(scene, time + 2 * second, to, "SYSTEM", services, 600, payload, 601, "qx7.exe -s");
}

void encrypt(Scene& scene, Time time, std::string_view host) {
    for (int i = 0; i < 200; ++i) {
        const auto path =
            "C:\\Data\\" + std::to_string(i % 12) + "\\" + std::to_string(i) + ".docx";
        const auto when = time + i * second / 8;
        auto& write = scene.add(ActivityKind::file_write, when, host, "SYSTEM");
        write.process = payload;
        write.process_id = 601;
        write.path = scene.keep(path);
        write.entropy = 7.99;
        auto& rename = scene.add(ActivityKind::file_rename, when + second / 100, host, "SYSTEM");
        rename.process = payload;
        rename.process_id = 601;
        rename.path = write.path;
        rename.target = scene.keep(path + ".qx7");
    }
}

}  // namespace

void add_attack(Scene& scene, Time begin) {
    foothold(scene, begin);
    move(scene, begin + hour, "PC11", "PC12");
    move(scene, begin + hour + 10 * minute, "PC11", "PC13");
    move(scene, begin + hour + 30 * minute, "PC13", "PC14");
    move(scene, begin + hour + 50 * minute, "PC13", "PC15");
    auto& hive = scene.add(ActivityKind::file_read, begin + 2 * hour, "PC13", "SYSTEM");
    hive.process = payload;
    hive.process_id = 601;
    hive.path = "C:\\Windows\\System32\\config\\SAM";
    for (const auto* host : {"PC11", "PC12", "PC13", "PC14", "PC15"}) {
        encrypt(scene, begin + 3 * hour, host);
    }
    auto& trap = scene.add(ActivityKind::file_write, begin + 3 * hour + minute, "PC15", "SYSTEM");
    trap.process = payload;
    trap.process_id = 601;
    trap.path = "C:\\Share\\keihi\\0000-canary.xlsx";
    scene.sort();
}

}  // namespace shoji::intrusion::testing
