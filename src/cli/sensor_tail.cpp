// Events and alerts of this machine's sensor as they come.
#include "cli/commands.h"
#include "cli/event_lines.h"
#include "cli/incident_page.h"
#include "cli/local_sensor.h"
#include "cli/timeline.h"
#include "core/base/printable.h"
#include "core/base/unix_socket.h"
#include "watch/event/json_text.h"
#include "watch/event/stream_reader.h"
#include "watch/event/time.h"

namespace shoji::cli {
namespace {

constexpr std::size_t most_packet = std::size_t{1} << 18U;
constexpr std::size_t most_text = 300;

class Tail {
  public:
    Tail(TerminalOutput& output, std::uint64_t most)
        : output_(output), lines_(output), most_(most) {}

    [[nodiscard]] bool full() const { return most_ > 0 && shown_ >= most_; }
    // False: it is neither events nor an alert.
    bool take(std::span<const std::uint8_t> packet) {
        if (packet.empty()) return false;
        const auto rest = packet.subspan(1);
        if (packet[0] == letters::tail_events) return take_block(rest);
        if (packet[0] != letters::tail_alert) return false;
        const auto alert = incident::alert_from(rest);
        if (!alert) return false;
        show(*alert);
        return true;
    }

  private:
    bool take_block(std::span<const std::uint8_t> bytes) {
        const auto head = event::parse_stream_block(bytes);
        if (!head) return false;
        if (next_ && *next_ < head->first) {
            output_.warn("sensor.tail.missed", {{"count", std::to_string(head->first - *next_)}});
        }
        next_ = head->first + head->events;
        event::StreamReader reader(bytes, lines_.names());
        event::Event event;
        while (!full() && reader.next(event)) {
            ++shown_;
            lines_.show(event);
        }
        return true;
    }

    void show(const incident::Alert& alert) {
        ++shown_;
        if (output_.json()) {
            return output_.line(fmt::format(
                R"({{"time":{},"category":"alert","rule":{},"level":{},"host":{},"what":{}}})",
                event::as_json(event::format_time(alert.time)),
                event::as_json(base::printable(alert.rule, most_text)),
                event::as_json(sigma::name_of(alert.level)),
                event::as_json(base::printable(alert.host, most_text)),
                event::as_json(alert_words(alert, output_.language()))));
        }
        const auto language = output_.language();
        output_.say(
            alert.process_id == 0 ? "sensor.tail.alert" : "sensor.tail.alert_of",
            {{"time", shown_time(alert.time, zone_)},
             {"level", shown_level(alert.level, language)},
             {"what", alert_words(alert, language)},
             {"image", alert.process.empty() ? "-" : base::printable(alert.process, most_text)},
             {"process", std::to_string(alert.process_id)},
             {"user", alert.user.empty() ? "-" : base::printable(alert.user, most_text)}});
    }

    TerminalOutput& output_;
    EventLines lines_;
    std::uint64_t most_;
    std::uint64_t shown_ = 0;
    event::TimeZone zone_ = event::TimeZone::local();
    std::optional<std::uint64_t> next_;  // the event that should come next
};

}  // namespace

Exit run_sensor_tail(const Context& context, const std::filesystem::path& runtime,
                     std::uint64_t most) {
    auto& output = context.output;
    const auto connection = LocalSensor(runtime).watch();
    if (!connection) return output.fail(connection.error());
    Tail tail(output, most);
    while (!tail.full()) {
        const auto packet = base::receive_packet(connection->get(), most_packet);
        if (!packet || packet->bytes.empty()) {
            return output.fail(Exit::unreachable, "sensor.error.ended");
        }
        if (!tail.take(packet->bytes)) return output.fail(Exit::failed, "sensor.error.answer");
        if (!output.flush()) return output.fail(Exit::failed, "cli.error.output");
    }
    return Exit::done;
}

}  // namespace shoji::cli
