#include "benchmarks/sysmon_events.h"

#include <array>
#include <random>
#include <span>
#include <string_view>

#include <fmt/format.h>

namespace shoji::bench {
namespace {

using Texts = std::span<const std::string_view>;

constexpr std::array<std::string_view, 16> programs{
    R"(C:\\Windows\\System32\\svchost.exe)",
    R"(C:\\Windows\\System32\\RuntimeBroker.exe)",
    R"(C:\\Windows\\System32\\backgroundTaskHost.exe)",
    R"(C:\\Windows\\System32\\conhost.exe)",
    R"(C:\\Windows\\System32\\SearchProtocolHost.exe)",
    R"(C:\\Windows\\System32\\dllhost.exe)",
    R"(C:\\Windows\\explorer.exe)",
    R"(C:\\Windows\\System32\\cmd.exe)",
    R"(C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe)",
    R"(C:\\Windows\\System32\\taskhostw.exe)",
    R"(C:\\Program Files\\Microsoft Office\\root\\Office16\\EXCEL.EXE)",
    R"(C:\\Program Files\\Microsoft Office\\root\\Office16\\OUTLOOK.EXE)",
    R"(C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe)",
    R"(C:\\Program Files\\JustSystems\\ATOK\\34\\ATOK34MN.EXE)",
    R"(C:\\Program Files\\Windows Defender\\MsMpEng.exe)",
    R"(C:\\Windows\\System32\\wbem\\WmiPrvSE.exe)",
};
constexpr std::array<std::string_view, 10> arguments{
    R"( -k netsvcs -p -s Schedule)",
    R"( -Embedding)",
    R"( -ServerName:App.AppXmtcan0h2tfbfy7k9kn8hbxb6dmzz1zh0.mca)",
    R"( 0xffffffff -ForceV1)",
    R"( Global\\UsGthrFltPipeMssGthrPipe271_ Global\\UsGthrCtrlFltPipeMssGthrPipe271 1 -2147483646)",
    R"( /Processid:{3EB3C877-1F16-487C-9050-104DBCD66683})",
    R"( /c dir \"\\\\fileserver\\住民課\\届出様式\" /b)",
    R"( -NoLogo -File \"C:\\ProgramData\\city\\inventory.ps1\")",
    R"( \"\\\\fileserver\\税務課\\令和8年度\\固定資産台帳.xlsx\")",
    R"( --type=renderer --lang=ja --device-scale-factor=1 --num-raster-threads=2)",
};
constexpr std::array<std::string_view, 8> libraries{
    R"(C:\\Windows\\System32\\ntdll.dll)",   R"(C:\\Windows\\System32\\kernel32.dll)",
    R"(C:\\Windows\\System32\\combase.dll)", R"(C:\\Windows\\System32\\propsys.dll)",
    R"(C:\\Windows\\System32\\amsi.dll)",    R"(C:\\Windows\\System32\\wininet.dll)",
    R"(C:\\Windows\\System32\\imm32.dll)",   R"(C:\\Windows\\System32\\urlmon.dll)",
};
constexpr std::array<std::string_view, 8> keys{
    R"(HKLM\\System\\CurrentControlSet\\Services\\Tcpip\\Parameters\\DhcpNameServer)",
    R"(HKU\\S-1-5-21-1004336348-1177238915-682003330-1103\\Software\\Microsoft\\Windows\\CurrentVersion\\Explorer\\RecentDocs\\.xlsx\\MRUListEx)",
    R"(HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WINEVT\\Channels\\Microsoft-Windows-Sysmon/Operational\\Enabled)",
    R"(HKU\\S-1-5-21-1004336348-1177238915-682003330-1103\\Software\\Microsoft\\Office\\16.0\\Excel\\Place MRU\\Item 1)",
    R"(HKLM\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion\\Schedule\\TaskCache\\Tree\\Microsoft\\Windows\\UpdateOrchestrator\\Index)",
    R"(HKLM\\System\\CurrentControlSet\\Services\\bam\\State\\UserSettings\\S-1-5-21-1004336348-1103\\SequenceNumber)",
    R"(HKLM\\SOFTWARE\\Microsoft\\SystemCertificates\\AuthRoot\\AutoUpdate\\DisallowedCertLastSyncTime)",
    R"(HKU\\S-1-5-21-1004336348-1177238915-682003330-1103\\Control Panel\\Desktop\\Wallpaper)",
};
constexpr std::array<std::string_view, 8> files{
    R"(C:\\Users\\tanaka\\AppData\\Local\\Microsoft\\Edge\\User Data\\Default\\Cache\\Cache_Data\\f_00a1b2)",
    R"(C:\\Users\\suzuki\\AppData\\Local\\Temp\\~DF0C1A2B3C4D5E6F70.TMP)",
    R"(C:\\Users\\sato\\AppData\\Roaming\\Microsoft\\Windows\\Recent\\固定資産台帳.xlsx.lnk)",
    R"(C:\\Windows\\Prefetch\\EXCEL.EXE-2F6B5D9A.pf)",
    R"(C:\\Windows\\SoftwareDistribution\\Download\\4f3a1b\\windows10.0-kb5031356-x64.cab)",
    R"(C:\\ProgramData\\Microsoft\\Windows Defender\\Scans\\History\\CacheManager\\9A1B.bin)",
    R"(C:\\Users\\tanaka\\Documents\\会議資料_20261120.docx)",
    R"(C:\\Windows\\System32\\config\\systemprofile\\AppData\\Local\\Microsoft\\Windows\\INetCache\\IE\\A1B2.json)",
};
constexpr std::array<std::string_view, 8> hosts{
    "www.city.example.lg.jp", "outlook.office365.com",           "login.microsoftonline.com",
    "www.elg-front.jp",       "settings-win.data.microsoft.com", "ctldl.windowsupdate.com",
    "www.e-gov.go.jp",        "fileserver.city.example.lg.jp"};
constexpr std::array<std::string_view, 4> users{R"(CITY\\tanaka)", R"(CITY\\suzuki)",
                                                R"(CITY\\sato)", R"(NT AUTHORITY\\SYSTEM)"};

class Writer {
  public:
    explicit Writer(std::uint32_t seed) : random_(seed) {}

    std::string event() {
        const auto kind = number(100);
        if (kind < 20) return wrap(1, process());
        if (kind < 35) return wrap(3, connection());
        if (kind < 50) return wrap(7, library());
        if (kind < 70) return wrap(11, file());
        if (kind < 90) return wrap(13, registry());
        return wrap(22, question());
    }

  private:
    std::uint32_t number(std::uint32_t below) {
        return static_cast<std::uint32_t>(random_() % below);
    }
    std::string_view one_of(Texts texts) {
        return texts[number(static_cast<std::uint32_t>(texts.size()))];
    }
    std::string guid() {
        return fmt::format("{{{:08X}-{:04X}-{:04X}-{:04X}-{:012X}}}", random_() & 0xffffffffU,
                           random_() & 0xffffU, random_() & 0xffffU, random_() & 0xffffU,
                           random_() & 0xffffffffffU);
    }
    std::string hash(int digits) {
        std::string text;
        for (int i = 0; i < digits; i += 8) text += fmt::format("{:08X}", random_() & 0xffffffffU);
        return text;
    }
    std::string hashes() {
        return fmt::format("SHA1={},MD5={},SHA256={},IMPHASH={}", hash(40), hash(32), hash(64),
                           hash(32));
    }

    std::string process() {
        const auto image = one_of(programs);
        return fmt::format(
            R"json("ProcessGuid":"{}","ProcessId":"{}","Image":"{}","FileVersion":"10.0.22621.1 (WinBuild.160101.0800)","Description":"Host Process for Windows Services","Product":"Microsoft® Windows® Operating System","Company":"Microsoft Corporation","OriginalFileName":"{}","CommandLine":"{}{}","CurrentDirectory":"C:\\Windows\\system32\\","User":"{}","LogonGuid":"{}","LogonId":"0x{:x}","TerminalSessionId":"1","IntegrityLevel":"Medium","Hashes":"{}","ParentProcessGuid":"{}","ParentProcessId":"{}","ParentImage":"{}","ParentCommandLine":"{}{}","ParentUser":"{}")json",
            guid(), number(30000), image, image.substr(image.rfind('\\') + 1), image,
            one_of(arguments), one_of(users), guid(), number(9999999), hashes(), guid(),
            number(30000), one_of(programs), one_of(programs), one_of(arguments), one_of(users));
    }
    std::string connection() {
        return fmt::format(
            R"json("ProcessGuid":"{}","ProcessId":"{}","Image":"{}","User":"{}","Protocol":"tcp","Initiated":"true","SourceIsIpv6":"false","SourceIp":"10.1.{}.{}","SourceHostname":"pc{}.city.example.lg.jp","SourcePort":"{}","DestinationIsIpv6":"false","DestinationIp":"203.0.113.{}","DestinationHostname":"{}","DestinationPort":"443","DestinationPortName":"https")json",
            guid(), number(30000), one_of(programs), one_of(users), number(250), number(250),
            number(900), 49152 + number(16000), number(250), one_of(hosts));
    }
    std::string library() {
        return fmt::format(
            R"json("ProcessGuid":"{}","ProcessId":"{}","Image":"{}","ImageLoaded":"{}","FileVersion":"10.0.22621.1 (WinBuild.160101.0800)","Description":"-","Product":"Microsoft® Windows® Operating System","Company":"Microsoft Corporation","OriginalFileName":"-","Hashes":"{}","Signed":"true","Signature":"Microsoft Windows","SignatureStatus":"Valid","User":"{}")json",
            guid(), number(30000), one_of(programs), one_of(libraries), hashes(), one_of(users));
    }
    std::string file() {
        return fmt::format(
            R"json("ProcessGuid":"{}","ProcessId":"{}","Image":"{}","TargetFilename":"{}","CreationUtcTime":"2026-11-20 01:02:03.456","User":"{}")json",
            guid(), number(30000), one_of(programs), one_of(files), one_of(users));
    }
    std::string registry() {
        return fmt::format(
            R"json("EventType":"SetValue","ProcessGuid":"{}","ProcessId":"{}","Image":"{}","TargetObject":"{}","Details":"DWORD (0x{:08x})","User":"{}")json",
            guid(), number(30000), one_of(programs), one_of(keys), number(99999), one_of(users));
    }
    std::string question() {
        return fmt::format(
            R"json("ProcessGuid":"{}","ProcessId":"{}","QueryName":"{}","QueryStatus":"0","QueryResults":"::ffff:203.0.113.{};","Image":"{}","User":"{}")json",
            guid(), number(30000), one_of(hosts), number(250), one_of(programs), one_of(users));
    }

    std::string wrap(int id, const std::string& data) {
        const auto time = fmt::format("2026-11-20T{:02}:{:02}:{:02}.{:03}Z", number(24), number(60),
                                      number(60), number(1000));
        return fmt::format(
            R"json({{"@timestamp":"{}","@metadata":{{"beat":"winlogbeat","type":"_doc","version":"8.11.0"}},"winlog":{{"provider_guid":"{{5770385F-C22A-43E0-BF4C-06F5698FFBD9}}","event_id":"{}","channel":"Microsoft-Windows-Sysmon/Operational","computer_name":"pc{:03}.city.example.lg.jp","provider_name":"Microsoft-Windows-Sysmon","record_id":{},"version":5,"opcode":"Info","process":{{"pid":3120,"thread":{{"id":4560}}}},"user":{{"identifier":"S-1-5-18","name":"SYSTEM","domain":"NT AUTHORITY","type":"User"}},"event_data":{{"RuleName":"-","UtcTime":"2026-11-20 01:02:03.456",{}}}}},"event":{{"kind":"event","code":"{}","provider":"Microsoft-Windows-Sysmon"}},"log":{{"level":"information"}},"ecs":{{"version":"8.0.0"}}}})json"
            "\n",
            time, id, number(900), ++record_, data, id);
    }

    std::mt19937_64 random_;
    std::uint64_t record_ = 0;
};

}  // namespace

std::string sysmon_events(std::size_t count, std::uint32_t seed) {
    Writer writer(seed);
    std::string text;
    for (std::size_t i = 0; i < count; ++i) text += writer.event();
    return text;
}

}  // namespace shoji::bench
