#include "watch/detect/intrusion/testing/office.h"

#include <random>

namespace shoji::intrusion::testing {
namespace {

using event::ActivityKind;
using event::Time;
using incident::day;
using incident::hour;
using incident::minute;
using incident::second;

constexpr std::string_view explorer = "C:\\Windows\\explorer.exe";
constexpr std::string_view word = "C:\\Program Files\\Microsoft Office\\WINWORD.EXE";
constexpr std::string_view excel = "C:\\Program Files\\Microsoft Office\\EXCEL.EXE";
constexpr std::string_view chrome = "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe";
constexpr std::string_view backup = "C:\\Program Files\\Backup\\agent.exe";
constexpr std::string_view defender = "C:\\Program Files\\Windows Defender\\MsMpEng.exe";
constexpr std::string_view updater = "C:\\Windows\\System32\\svchost.exe";

class Office {
  public:
    Office(Scene& scene, unsigned week, unsigned hosts)
        : scene_(scene), random_(week + 1), week_(week), hosts_(hosts) {}

    void workday(unsigned weekday) {
        const auto morning = first_monday + (7 * week_ + weekday) * day + 8 * hour;
        for (unsigned host = 1; host <= hosts_; ++host) {
            person(host, morning);
            machine(host, morning);
        }
        help_desk(morning + 2 * hour);
        // Updates come on Wednesdays; every second week the administrators roll something out.
        if (weekday == 2) updates(morning + 3 * hour);
        if (weekday == 3 && week_ % 2 == 0) rollout(morning + 4 * hour);
    }

  private:
    std::string name(unsigned host) const { return "PC" + std::to_string(host); }
    std::string user(unsigned host) const { return "CITY\\user" + std::to_string(host); }
    Time within(Time span) {
        return static_cast<Time>(random_() % static_cast<std::uint32_t>(span / second)) * second;
    }

    void start(Time time, unsigned host, std::string_view parent, std::string_view program) {
        auto& activity = scene_.add(ActivityKind::process, time, name(host), user(host));
        activity.parent = parent;
        activity.process = program;
        activity.process_id = ++process_id_;
    }

    void file(ActivityKind kind, Time time, unsigned host, std::string_view program,
              std::string path, double entropy = -1) {
        auto& activity = scene_.add(kind, time, name(host), user(host));
        activity.process = program;
        activity.path = scene_.keep(std::move(path));
        activity.entropy = entropy;
    }

    void logon(Time time, std::string_view to, std::string_view from, std::string_view who,
               std::uint8_t type) {
        auto& activity = scene_.add(ActivityKind::logon, time, to, who);
        activity.domain = scene_.keep(std::string(from));
        activity.logon_type = type;
    }

    void person(unsigned host, Time morning) {
        logon(morning + within(hour), "FS01", name(host), user(host), 3);
        logon(morning + within(hour), "DC01", name(host), user(host), 3);
        const auto folder = "C:\\Users\\user" + std::to_string(host) + "\\Documents\\";
        for (int i = 0; i < 12; ++i) {
            const auto time = morning + within(9 * hour);
            start(time, host, explorer, i % 2 == 0 ? word : excel);
            file(ActivityKind::file_write, time + minute, host, word,
                 folder + std::to_string(random_() % 400) + ".docx", 7.7);
            file(ActivityKind::file_write, time + 2 * minute, host, excel,
                 folder + std::to_string(random_() % 400) + ".xlsx", 7.7);
            file(ActivityKind::file_write, time + 3 * minute, host, chrome,
                 "C:\\Users\\Public\\Downloads\\" + std::to_string(i) + ".pdf", 7.8);
            start(time + 4 * minute, host, chrome, chrome);
        }
        file(ActivityKind::file_read, morning + hour, host, chrome,
             "C:\\Users\\u\\AppData\\Local\\Google\\Chrome\\User Data\\Default\\Login Data");
        // The accountants' macro, and a developer's shell.
        if (host % 20 == 0) start(morning + within(8 * hour), host, excel, cmd);
        if (host == 7) start(morning + within(8 * hour), host, explorer, powershell);
        // Photographs of the day, renamed; an archive unpacked.
        if (host % 10 == 1) rename_photos(host, morning + 5 * hour);
        if (host % 10 == 2) unpack(host, morning + 6 * hour);
    }

    void rename_photos(unsigned host, Time time) {
        for (int i = 0; i < 120; ++i) {
            const auto folder = "C:\\Photos\\" + std::to_string(i % 4) + "\\";
            auto& activity = scene_.add(ActivityKind::file_rename, time + i * second / 4,
                                        name(host), user(host));
            activity.process = explorer;
            activity.path = scene_.keep(folder + "IMG_" + std::to_string(i) + ".JPG");
            activity.target = scene_.keep(folder + "event" + std::to_string(i) + ".jpg");
        }
    }

    void unpack(unsigned host, Time time) {
        constexpr std::string_view kinds[] = {".docx", ".txt", ".jpg", ".pdf"};
        constexpr double bits[] = {7.7, 4.6, 7.9, 7.8};
        for (unsigned i = 0; i < 300; ++i) {
            const auto folder = "C:\\Temp\\" + std::to_string(i % 9) + "\\";
            file(ActivityKind::file_write, time + i * second / 10, host,
                 "C:\\Program Files\\7-Zip\\7z.exe",
                 folder + std::to_string(i) + std::string(kinds[i % 4]), bits[i % 4]);
        }
    }

    void machine(unsigned host, Time morning) {
        for (int i = 0; i < 20; ++i) {
            start(morning + within(9 * hour), host, "C:\\Windows\\System32\\services.exe", updater);
        }
        file(ActivityKind::file_read, morning + within(hour), host, defender,
             "C:\\Windows\\System32\\lsass.exe");
        scene_.activities.back().protocol = "memory";
        const auto night = morning + 14 * hour + within(hour);
        for (unsigned i = 0; i < 100; ++i) {
            file(ActivityKind::file_read, night + i * second / 3, host, backup,
                 "C:\\Users\\u\\Documents\\" + std::to_string(i) + ".docx");
        }
        file(ActivityKind::file_read, night, host, backup, "C:\\Windows\\System32\\config\\SAM");
        install(night, host, "task",
                "\\OneDrive Reporting Task-S-1-5-21-" + std::to_string(1000 + host * 17 + week_));
    }

    void install(Time time, unsigned host, std::string_view sort, std::string what) {
        auto& activity = scene_.add(ActivityKind::service, time, name(host), "SYSTEM");
        activity.process = updater;
        activity.protocol = sort;
        activity.target = scene_.keep(std::move(what));
    }

    void updates(Time time) {
        for (unsigned host = 1; host <= hosts_; ++host) {
            const auto when = time + within(2 * hour);
            install(when, host, "service", "Driver Update Service " + std::to_string(week_));
            for (unsigned i = 0; i < 150; ++i) {
                file(ActivityKind::file_write, when + i * second / 5, host,
                     "C:\\Windows\\servicing\\TrustedInstaller.exe",
                     "C:\\Windows\\" + std::to_string(i % 7) + "\\" + std::to_string(i) + ".dll",
                     6.1);
            }
        }
    }

    void help_desk(Time time) {
        for (unsigned i = 0; i < 3; ++i) {
            logon(time + i * hour, name(1 + static_cast<unsigned>(random_()) % hosts_), "HELP01",
                  "CITY\\helpdesk", 10);
        }
    }

    // The management server installs an agent on every terminal: what lateral movement looks like.
    void rollout(Time time) {
        for (unsigned host = 1; host <= hosts_; ++host) {
            const auto when = time + host * 20 * second;
            logon(when, name(host), "MGMT01", "CITY\\deploy", 3);
            install(when + second, host, "service",
                    week_ == 0 ? "City Agent" : "City Agent Plus " + std::string(week_, 'x'));
        }
    }

    static constexpr std::string_view cmd = "C:\\Windows\\System32\\cmd.exe";
    static constexpr std::string_view powershell =
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe";

    Scene& scene_;
    std::mt19937 random_;
    unsigned week_;
    unsigned hosts_;
    std::uint64_t process_id_ = 100'000;
};

}  // namespace

void add_office_week(Scene& scene, unsigned week, unsigned hosts) {
    Office office(scene, week, hosts);
    for (unsigned weekday = 0; weekday < 5; ++weekday) office.workday(weekday);
    scene.sort();
}

}  // namespace shoji::intrusion::testing
