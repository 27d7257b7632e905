#include "cli/local_sensor.h"

#include "cli/files.h"
#include "core/base/unix_socket.h"

#include <cerrno>
#include <charconv>
#include <fstream>

#include <boost/json/parse.hpp>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::Result;

constexpr timeval patience{10, 0};
constexpr std::size_t most_state = std::size_t{1} << 20U;

base::Failure away(const std::filesystem::path& path, const base::Error& error) {
    if (::access(path.c_str(), R_OK) != 0 && errno == EACCES) {
        return base::worded(base::fail(base::ErrorKind::denied, "{}", error.message),
                            "sensor.error.denied");
    }
    return base::worded(base::fail(base::ErrorKind::unavailable, "{}", error.message),
                        "sensor.error.away", {{"path", path.native()}});
}

base::Failure unreadable() {
    return base::worded(
        base::fail(base::ErrorKind::invalid, "the sensor's answer is not what was asked for"),
        "sensor.error.answer");
}

Result<json::value> parse(std::string_view text) {
    json::parse_options options;
    options.max_depth = 8;
    json::error_code broken;
    auto value = json::parse(text, broken, {}, options);
    if (broken || !value.is_object()) return unreadable();
    return value;
}

// "Pss:   1234 kB".
std::uint64_t kilobytes_in(const std::string& line, std::string_view name) {
    if (!line.starts_with(name)) return 0;
    const auto digits = line.find_first_of("0123456789");
    if (digits == std::string::npos) return 0;
    std::uint64_t number = 0;
    std::from_chars(line.data() + digits, line.data() + line.size(), number);
    return number;
}

}  // namespace

Result<json::value> LocalSensor::state() const {
    const auto path = runtime_ / "sensor.json";
    const auto text = read_file(path, most_state);
    if (!text) return away(path, text.error());
    return parse(*text);
}

Result<base::FileDescriptor> LocalSensor::connect(const letters::Wish& wish) const {
    const auto path = runtime_ / "sensor.sock";
    auto connection = base::connect_unix(path, base::SocketKind::packet);
    if (!connection) return away(path, connection.error());
    if (auto sent = base::send_packet(connection->get(), encode(wish)); !sent) {
        return away(path, sent.error());
    }
    return connection;
}

Result<json::value> LocalSensor::ask(const letters::Wish& wish) const {
    const auto connection = connect(wish);
    if (!connection) return base::Failure(connection.error());
    if (::setsockopt(connection->get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) {
        return base::fail_errno(errno, "limiting the wait for the sensor");
    }
    const auto packet = base::receive_packet(connection->get(), letters::most_answer);
    if (!packet || packet->bytes.empty()) {
        return base::worded(base::fail(base::ErrorKind::unavailable, "the sensor did not answer"),
                            "sensor.error.silent");
    }
    return parse({reinterpret_cast<const char*>(packet->bytes.data()), packet->bytes.size()});
}

Result<base::FileDescriptor> LocalSensor::watch() const {
    return connect({letters::Wish::Kind::tail, 0});
}

std::optional<Memory> memory_of(std::int64_t process) {
    constexpr std::uint64_t kibi = 1024;
    if (process <= 0) return std::nullopt;
    std::ifstream file(fmt::format("/proc/{}/smaps_rollup", process));
    Memory memory;
    for (std::string line; std::getline(file, line);) {
        if (const auto size = kilobytes_in(line, "Rss:")) memory.resident = size * kibi;
        if (const auto size = kilobytes_in(line, "Pss:")) memory.share = size * kibi;
    }
    if (memory.resident != 0) return memory;
    // Others than root are told only how much is resident.
    std::ifstream sizes(fmt::format("/proc/{}/statm", process));
    std::uint64_t all = 0;
    std::uint64_t resident = 0;
    if (!(sizes >> all >> resident) || resident == 0) return std::nullopt;
    memory.resident = resident * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return memory;
}

}  // namespace shoji::cli
