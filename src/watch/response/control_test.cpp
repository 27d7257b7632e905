#include "core/base/unix_socket.h"
#include "watch/response/control_server.h"

#include <filesystem>
#include <thread>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>
#include <unistd.h>

namespace shoji::response {
namespace {

namespace json = boost::json;

TEST(ControlCommand, ReadsBackAndNothingElse) {
    Request request;
    request.action.process = {5, 6};
    request.reason = "r";
    request.by = "b";
    const std::string id = "00112233445566778899aabbccddeeff";
    for (const Command& command :
         {Command(StatusCommand{}), Command(request), Command(OrderCommand{{1, 2, 3}}),
          Command(DecideCommand{id, "hanako", true}),
          Command(DecideCommand{id, "hanako", false})}) {
        const auto bytes = encode_command(command);
        EXPECT_EQ(decode_command(bytes).value(), command);
        const auto cut = decode_command(std::span(bytes).first(bytes.size() - 1));
        EXPECT_TRUE(!cut || *cut != command);
    }
    EXPECT_FALSE(decode_command({}));
    EXPECT_FALSE(decode_command(std::vector<std::uint8_t>{9}));
    EXPECT_FALSE(decode_command(std::vector<std::uint8_t>{1, 0}));
    EXPECT_FALSE(decode_command(encode_command(DecideCommand{"../x", "hanako", true})));
    EXPECT_FALSE(decode_command(encode_command(DecideCommand{id, "", true})));
    EXPECT_FALSE(decode_command(std::vector<std::uint8_t>(most_command + 1, 2)));
}

TEST(ControlServer, AnswersOverItsSocket) {
    std::string name = "/tmp/shoji-control-test.XXXXXX";
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    const std::filesystem::path folder(name);
    ResponderSettings settings;
    settings.state = folder / "state";
    settings.now = [] { return std::int64_t{1'800'000'000}; };
    auto responder = Responder::start({}, settings);
    ASSERT_TRUE(responder) << responder.error().message;
    const auto socket = folder / "respond.sock";
    const auto listener = listen_for_commands(socket);
    ASSERT_TRUE(listener);
    EXPECT_EQ(std::filesystem::status(socket).permissions(), std::filesystem::perms(0600));
    const auto ask = [&](const std::vector<std::uint8_t>& bytes) {
        std::thread serving([&] { EXPECT_TRUE(serve_command(listener->get(), *responder)); });
        const auto connection = base::connect_unix(socket, base::SocketKind::packet);
        EXPECT_TRUE(base::send_packet(connection->get(), bytes));
        const auto packet = base::receive_packet(connection->get(), most_answer);
        serving.join();
        return json::parse(std::string(packet->bytes.begin(), packet->bytes.end()));
    };
    const auto status = ask(encode_command(StatusCommand{}));
    EXPECT_TRUE(status.at("ok").as_bool());
    EXPECT_FALSE(status.at("result").at("isolated").as_bool());
    EXPECT_EQ(status.at("result").at("guards"), json::parse(R"({"sockets":null,"programs":null})"));
    Request request;
    request.action = {.kind = ActionKind::quarantine, .path = "/nowhere/at/all"};
    request.reason = "r";
    request.by = "b";
    const auto refused = ask(encode_command(request));
    EXPECT_FALSE(refused.at("ok").as_bool());
    const auto bad = ask({7, 7});
    EXPECT_EQ(bad.at("error").at("kind").as_string(), "invalid");
    EXPECT_EQ(bad.at("error").at("key").as_string(), "response.bad.form");
    std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace shoji::response
