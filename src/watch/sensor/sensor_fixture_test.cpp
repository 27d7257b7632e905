#include "watch/sensor/sensor_fixture_test.h"

#include "watch/sensor/family.h"
#include "watch/sensor/policy.h"

#include <cstdlib>
#include <fstream>

#include <boost/json/parse.hpp>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::sensor {

namespace json = boost::json;
using Clock = std::chrono::steady_clock;

namespace {

std::vector<char*> pointers(const std::vector<std::string>& words) {
    std::vector<char*> all;
    for (const auto& word : words) all.push_back(const_cast<char*>(word.c_str()));
    all.push_back(nullptr);
    return all;
}

}  // namespace

int slowness() {
    const char* factor = std::getenv("SHOJI_TEST_SLOWNESS");
    return factor == nullptr ? 1 : std::max(1, std::atoi(factor));
}

TestFolder::TestFolder(std::string_view parent) {
    std::string name = std::string(parent) + "/shoji-sensor-test-XXXXXX";
    if (::mkdtemp(name.data()) != nullptr) path_ = name;
}
TestFolder::~TestFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
}

TestGroup::TestGroup() {
    for (const auto* mount : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
        if (!std::filesystem::exists(std::string(mount) + "/cgroup.procs")) continue;
        std::string name = std::string(mount) + "/shoji-sensor-test-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr) continue;
        mount_ = mount;
        name_ = name.substr(mount_.size());
        return;
    }
}
TestGroup::~TestGroup() {
    if (!name_.empty()) ::rmdir((mount_ + name_).c_str());
}
bool TestGroup::enter() const {
    std::ofstream file(mount_ + name_ + "/cgroup.procs");
    file << ::getpid() << std::flush;
    return file.good();
}

std::string text_of(const Object& event, std::string_view name) {
    const auto* value = event.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

std::int64_t number_of(const Object& event, std::string_view name) {
    const auto* value = event.if_contains(name);
    return value != nullptr && value->is_int64() ? value->as_int64() : -1;
}

std::string with_family(std::string_view family, std::string_view policy) {
    std::string text = "[families]\n";
    for (const auto& one : families()) {
        const bool wanted = one.name == family || one.name == "process";
        text += fmt::format("{} = {}\n", one.name, wanted);
    }
    return text.append(policy);
}

RunningSensor::RunningSensor(const std::string& policy, const std::function<bool()>& before) {
    const auto file = folder_.at("policy.toml");
    std::ofstream(file) << policy;
    // A file, not a pipe: a test that looks elsewhere for a while must not stop the sensor.
    const auto events = folder_.at("events");
    const base::FileDescriptor writing(
        ::open(events.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    output_.reset(::open(events.c_str(), O_RDONLY | O_CLOEXEC));
    if (!writing.valid() || !output_.valid()) return;
    process_ = ::fork();
    if (process_ == 0) {
        ::dup2(writing.get(), STDOUT_FILENO);
        if (!before()) ::_exit(126);
        ::execl(SHOJI_SENSOR_PROGRAM, "shoji-sensor", "--policy", file.c_str(), "--state",
                state_file().c_str(), "--print", nullptr);
        ::_exit(127);
    }
    // The last family of those that policy asks for.
    const auto parsed = parse_policy(policy, "policy");
    if (!parsed) return;
    std::string last;
    for (const auto& family : families()) {
        if (parsed->wants(family.name)) last = family.name;
    }
    find("", "Family", last);
}

RunningSensor::~RunningSensor() {
    if (process_ > 0) stop();
}

int RunningSensor::stop() {
    // With -1 kill(2) would end everything on the machine.
    if (process_ <= 1) return -1;
    ::kill(process_, SIGTERM);
    int status = 0;
    ::waitpid(process_, &status, 0);
    while (read_more(Clock::now())) continue;
    process_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

bool RunningSensor::has_ended() const {
    siginfo_t ended{};
    return process_ <= 1 ||
           ::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
           ended.si_pid != 0;
}

bool RunningSensor::read_more(Clock::time_point until) {
    std::array<char, 65536> piece{};
    ssize_t count = 0;
    while (true) {
        const bool is_last = has_ended() || Clock::now() >= until;
        count = ::read(output_.get(), piece.data(), piece.size());
        if (count > 0) break;
        if (count < 0 || is_last) return false;
        ::usleep(5000);
    }
    rest_.append(piece.data(), static_cast<std::size_t>(count));
    std::size_t at = 0;
    for (auto end = rest_.find('\n'); end != std::string::npos; end = rest_.find('\n', at)) {
        json::error_code cut;  // by the end of a sensor that was killed
        const auto line = json::parse(rest_.substr(at, end - at), cut);
        if (!cut) events_.push_back(line.as_object());
        at = end + 1;
    }
    rest_.erase(0, at);
    return true;
}

std::optional<Object> RunningSensor::find(const std::function<bool(const Object&)>& fits) {
    const auto until = Clock::now() + std::chrono::seconds(10 * slowness());
    std::size_t looked = 0;
    do {
        for (; looked < events_.size(); ++looked) {
            if (fits(events_[looked])) return events_[looked];
        }
    } while (read_more(until));
    return std::nullopt;
}

std::optional<Object> RunningSensor::find(std::string_view type, std::string_view field,
                                          std::string_view value) {
    return find([=](const Object& event) {
        return (type.empty() || text_of(event, "EventType") == type ||
                text_of(event, "Category") == type) &&
               text_of(event, field) == value;
    });
}

std::optional<Object> act_of(RunningSensor& sensor, std::string_view category, pid_t process) {
    return sensor.find([=](const Object& event) {
        return text_of(event, "Category") == category && number_of(event, "ProcessId") == process;
    });
}

std::vector<Object> RunningSensor::all(const std::function<bool(const Object&)>& fits) const {
    std::vector<Object> found;
    for (const auto& event : events_) {
        if (fits(event)) found.push_back(event);
    }
    return found;
}

std::string RunningSensor::backend(std::string_view family) const {
    for (const auto& event : events_) {
        if (text_of(event, "Family") == family) return text_of(event, "Backend");
    }
    return {};
}

pid_t run(const std::vector<std::string>& words, const std::vector<std::string>& environment,
          const std::string& directory) {
    const auto arguments = pointers(words);
    const auto variables = pointers(environment);
    const pid_t child = ::fork();
    if (child == 0) {
        if (!directory.empty() && ::chdir(directory.c_str()) != 0) ::_exit(126);
        ::execve(arguments[0], arguments.data(), variables.data());
        ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return child;
}

}  // namespace shoji::sensor
