#include "cli/admin_client.h"

#include "core/base/unix_socket.h"
#include "core/policy/json_text.h"

#include <array>
#include <cerrno>
#include <utility>

#include <boost/json/serialize.hpp>
#include <sys/socket.h>
#include <sys/time.h>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::ErrorKind;
using base::fail;
using base::Result;

constexpr std::size_t maximum_answer = std::size_t{16} << 20U;  // bytes
constexpr timeval patience{30, 0};
constexpr std::string_view unreadable = "cli.error.gateway_answer";

constexpr std::array<std::pair<std::string_view, ErrorKind>, 8> kinds{
    {{"invalid", ErrorKind::invalid},
     {"denied", ErrorKind::denied},
     {"not_found", ErrorKind::not_found},
     {"exists", ErrorKind::exists},
     {"unavailable", ErrorKind::unavailable},
     {"full", ErrorKind::full},
     {"system", ErrorKind::system},
     {"corrupt", ErrorKind::corrupt}}};

// Who is asked, as the catalogue's keys name it.
struct Program {
    std::string_view name;
    std::filesystem::path socket;

    [[nodiscard]] std::string key(std::string_view what) const {
        return fmt::format("cli.error.{}_{}", name, what);
    }
};

base::Failure away(const Program& program, int problem, std::string_view doing) {
    auto failure = base::fail_errno(problem, fmt::format("{} the {}", doing, program.name));
    failure.value().kind = ErrorKind::unavailable;
    const bool silent = problem == EAGAIN || problem == EWOULDBLOCK;
    return base::worded(std::move(failure), program.key(silent ? "silent" : "closed"));
}

// An answer that no program of this version gives.
template <class... Arguments>
base::Failure bad_answer(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    return base::worded(fail(ErrorKind::invalid, format, std::forward<Arguments>(arguments)...),
                        unreadable);
}

Result<void> send_all(const Program& program, int socket, std::string_view text) {
    while (!text.empty()) {
        const ssize_t sent = ::send(socket, text.data(), text.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent < 0) return away(program, errno, "asking");
        text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return {};
}

Result<std::string> receive_line(const Program& program, int socket) {
    std::string line;
    std::array<char, 16384> part{};
    while (line.size() < maximum_answer) {
        const ssize_t got = ::recv(socket, part.data(), part.size(), 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return away(program, errno, "waiting for an answer of");
        if (got == 0) {
            return base::worded(
                fail(ErrorKind::unavailable, "the {} closed without an answer", program.name),
                program.key("closed"));
        }
        line.append(part.data(), static_cast<std::size_t>(got));
        if (line.ends_with('\n')) return line;
    }
    return bad_answer("the gateway's answer is longer than {} bytes", maximum_answer);
}

base::Failure error_from(const json::object& answer, std::string_view words) {
    const json::value* error = answer.if_contains("error");
    if (error == nullptr || !error->is_object()) {
        return bad_answer("the gateway's answer has no result and no error");
    }
    const auto text = [&](std::string_view key) -> std::string {
        const json::value* value = error->as_object().if_contains(key);
        return value != nullptr && value->is_string() ? std::string(value->as_string())
                                                      : std::string();
    };
    const std::string name = text("kind");
    ErrorKind kind = ErrorKind::system;
    for (const auto& [known, value] : kinds) {
        if (known == name) kind = value;
    }
    auto failure = fail(kind, "{}", text("message"));
    // Words for what the gateway refuses, and no others: it is exposed.
    const std::string key = text("key");
    if (!key.starts_with(words)) return failure;
    std::vector<std::pair<std::string, std::string>> values;
    const json::value* given = error->as_object().if_contains("values");
    if (given != nullptr && given->is_object()) {
        for (const auto& [member, value] : given->get_object()) {
            if (value.is_string()) values.emplace_back(member, value.get_string());
        }
    }
    return base::worded(std::move(failure), key, std::move(values));
}

}  // namespace

Result<json::value> parse_answer(std::string_view line, std::string_view words) {
    constexpr std::size_t deepest = 32;
    const auto answer = policy::parse_json(line, {maximum_answer, deepest});
    if (!answer || !answer->is_object()) {
        return bad_answer("the gateway's answer is no JSON object");
    }
    const json::value* ok = answer->as_object().if_contains("ok");
    if (ok == nullptr || !ok->is_bool() || !ok->as_bool())
        return error_from(answer->as_object(), words);
    const json::value* result = answer->as_object().if_contains("result");
    return result != nullptr ? *result : json::value();
}

namespace {

Result<json::value> ask(const Program& program, std::string_view command, json::object arguments) {
    auto socket = base::connect_unix(program.socket, base::SocketKind::stream);
    if (!socket) {
        const bool there = socket.error().kind != ErrorKind::not_found &&
                           socket.error().kind != ErrorKind::unavailable;
        if (there) return base::Failure(socket.error());
        return base::worded(base::Failure(socket.error()), program.key("away"),
                            {{"socket", program.socket.native()}});
    }
    for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
        if (::setsockopt(socket->get(), SOL_SOCKET, option, &patience, sizeof patience) != 0) {
            return base::fail_errno(errno, "limiting the wait for an answer");
        }
    }
    arguments["command"] = command;
    // A program that takes no requests may say why before it closes.
    const auto sent = send_all(program, socket->get(), json::serialize(arguments) + "\n");
    const auto line = receive_line(program, socket->get());
    if (!line) return base::Failure(sent ? line.error() : sent.error());
    auto answer = parse_answer(*line);
    if (!answer && answer.error().key == unreadable) answer.error().key = program.key("answer");
    return answer;
}

}  // namespace

Result<json::value> ask_gateway(const base::Settings& settings, std::string_view command,
                                json::object arguments) {
    return ask({"gateway", settings.admin_socket()}, command, std::move(arguments));
}

Result<json::value> ask_hub(const base::Settings& settings, std::string_view command,
                            json::object arguments) {
    return ask({"hub", settings.hub_socket()}, command, std::move(arguments));
}

}  // namespace shoji::cli
