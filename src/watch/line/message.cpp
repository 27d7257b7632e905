#include "watch/line/message.h"

#include "core/base/bytes.h"
#include "core/base/printable.h"

#include <algorithm>
#include <type_traits>

namespace shoji::line {
namespace {

using base::ByteReader;
using base::ByteWriter;
using base::ErrorKind;
using base::Failure;

// One description of each message for both directions: `each` is called with its fields in order.
template <class Each>
void fields(Hello& m, Each&& each) {
    each(m.version, m.spool, m.boot, m.start, m.acknowledged, m.next, m.clock, m.program);
}
template <class Each>
void fields(Welcome& m, Each&& each) {
    each(m.version, m.renew, m.stored, m.clock);
}
template <class Each>
void fields(Batch& m, Each&& each) {
    each(m.kind, m.packed, m.previous, m.first, m.count, m.size, m.body);
}
template <class Each>
void fields(Acknowledgement& m, Each&& each) {
    each(m.kind, m.sequence);
}
template <class Each>
void fields(Pulse& m, Each&& each) {
    each(m.clock, m.waiting, m.dropped, m.damaged, m.refused, m.overrun);
}
template <class Each>
void fields(Echo& m, Each&& each) {
    each(m.sensor_clock, m.clock, m.difference);
}
template <class Each>
void fields(Hold& m, Each&& each) {
    each(m.reason, m.seconds);
}
template <class Each>
void fields(Bye& m, Each&& each) {
    each(m.reason);
}
template <class Each>
void fields(Order& m, Each&& each) {
    each(m.number, m.signed_order);
}
template <class Each>
void fields(Report& m, Each&& each) {
    each(m.number, m.state, m.answer);
}

void put(ByteWriter& writer, bool value) {
    writer.write(static_cast<std::uint8_t>(value));
}
void put(ByteWriter& writer, std::integral auto value) {
    writer.write(value);
}
void put(ByteWriter& writer, Class value) {
    writer.write(static_cast<std::uint8_t>(value));
}
void put(ByteWriter& writer, Reason value) {
    writer.write(static_cast<std::uint8_t>(value));
}
void put(ByteWriter& writer, OrderState value) {
    writer.write(static_cast<std::uint8_t>(value));
}
void put(ByteWriter& writer, const SpoolId& id) {
    writer.write_bytes(id);
}
void put(ByteWriter& writer, const PerClass& numbers) {
    for (const auto number : numbers) writer.write(number);
}
void put(ByteWriter& writer, const std::string& text) {
    writer.write_string(text);
}
void put(ByteWriter& writer, const std::vector<std::uint8_t>& rest) {
    writer.write_bytes(rest);
}

void get(ByteReader& reader, bool& value) {
    const auto byte = reader.read<std::uint8_t>();
    if (byte > 1) reader.fail();
    value = byte == 1;
}
void get(ByteReader& reader, std::integral auto& value) {
    value = reader.read<std::remove_reference_t<decltype(value)>>();
}
void get(ByteReader& reader, Class& value) {
    const auto byte = reader.read<std::uint8_t>();
    if (byte >= classes) return reader.fail();
    value = static_cast<Class>(byte);
}
void get(ByteReader& reader, Reason& value) {
    const auto byte = reader.read<std::uint8_t>();
    if (byte > last_reason) return reader.fail();
    value = static_cast<Reason>(byte);
}
void get(ByteReader& reader, OrderState& value) {
    const auto byte = reader.read<std::uint8_t>();
    if (byte > last_order_state) return reader.fail();
    value = static_cast<OrderState>(byte);
}
void get(ByteReader& reader, SpoolId& id) {
    std::ranges::copy(reader.read_bytes(id.size()), id.begin());
}
void get(ByteReader& reader, PerClass& numbers) {
    for (auto& number : numbers) number = reader.read<std::uint64_t>();
}
void get(ByteReader& reader, std::string& text) {
    text = reader.read_string(maximum_text);
    if (!base::is_printable(text)) reader.fail();
}
// All that is left.
void get(ByteReader& reader, std::vector<std::uint8_t>& rest) {
    const auto bytes = reader.read_bytes(reader.remaining());
    rest.assign(bytes.begin(), bytes.end());
}

bool is_sound(const Batch& batch) {
    const bool numbers = batch.first > batch.previous && batch.count > 0 &&
                         batch.count <= maximum_batch_records &&
                         batch.first <= maximum_sequence - batch.count;
    const bool sizes = batch.size <= maximum_batch_bytes && !batch.body.empty() &&
                       (batch.packed || batch.body.size() == batch.size);
    return numbers && sizes;
}
bool is_sound(const Hello& hello) {
    for (std::size_t i = 0; i < classes; ++i) {
        if (hello.acknowledged[i] >= hello.next[i] || hello.next[i] > maximum_sequence)
            return false;
    }
    return true;
}
bool is_sound(const Order& order) {
    return order.number > 0 && order.number <= maximum_sequence && !order.signed_order.empty() &&
           order.signed_order.size() <= maximum_order;
}
bool is_sound(const Report& report) {
    const std::string_view answer(reinterpret_cast<const char*>(report.answer.data()),
                                  report.answer.size());
    return report.number > 0 && report.number <= maximum_sequence &&
           answer.size() <= maximum_answer && base::is_printable(answer) &&
           answer.empty() == (report.state == OrderState::taken);
}
template <class Other>
bool is_sound(const Other& /*message*/) {
    return true;
}

template <class Kind>
base::Result<Message> decode_as(std::span<const std::uint8_t> body) {
    ByteReader reader(body);
    Kind message{};
    fields(message, [&](auto&... field) { (get(reader, field), ...); });
    if (!reader.finished() || !is_sound(message)) {
        return base::fail(ErrorKind::invalid, "a message breaks the rules of its type");
    }
    return Message(std::move(message));
}

template <std::size_t... Index>
base::Result<Message> decode_any(std::uint8_t type, std::span<const std::uint8_t> body,
                                 std::index_sequence<Index...> /*types*/) {
    base::Result<Message> result =
        base::fail(ErrorKind::invalid, "a message of the unknown type {}", type);
    static_cast<void>(
        ((type == Index + 1 &&
          (result = decode_as<std::variant_alternative_t<Index, Message>>(body), true)) ||
         ...));
    return result;
}

}  // namespace

std::string_view name_of(Reason reason) {
    switch (reason) {
        case Reason::disk_full:
            return "disk_full";
        case Reason::disk_failed:
            return "disk_failed";
        case Reason::unknown:
            return "unknown";
        case Reason::revoked:
            return "revoked";
        case Reason::version:
            return "version";
        case Reason::broken_rule:
            return "broken_rule";
        case Reason::replaced:
            return "replaced";
        case Reason::ending:
            return "ending";
    }
    return "";
}

std::vector<std::uint8_t> encode(const Message& message) {
    ByteWriter writer;
    writer.write(std::uint32_t{0});
    writer.write(static_cast<std::uint8_t>(message.index() + 1));
    std::visit(
        [&](auto copy) { fields(copy, [&](const auto&... field) { (put(writer, field), ...); }); },
        message);
    writer.patch(0, static_cast<std::uint32_t>(writer.size() - frame_head));
    return writer.take();
}

base::Result<Message> decode(std::uint8_t type, std::span<const std::uint8_t> body) {
    return decode_any(type, body, std::make_index_sequence<std::variant_size_v<Message>>());
}

void Splitter::add(std::span<const std::uint8_t> bytes) {
    held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(taken_));
    taken_ = 0;
    held_.insert(held_.end(), bytes.begin(), bytes.end());
}

base::Result<std::optional<Message>> Splitter::next() {
    const auto rest = std::span<const std::uint8_t>(held_).subspan(taken_);
    ByteReader reader(rest);
    const auto length = reader.read<std::uint32_t>();
    const auto type = reader.read<std::uint8_t>();
    if (!reader.ok()) return std::optional<Message>();
    if (length > maximum_body) {
        return base::fail(ErrorKind::invalid, "a message of {} bytes, the limit is {}", length,
                          maximum_body);
    }
    const auto body = reader.read_bytes(length);
    if (!reader.ok()) return std::optional<Message>();
    taken_ += frame_head + length;
    auto message = decode(type, body);
    if (!message) return Failure(message.error());
    return std::optional<Message>(std::move(*message));
}

}  // namespace shoji::line
