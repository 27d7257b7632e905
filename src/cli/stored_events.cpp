#include "cli/stored_events.h"

#include "cli/admin_client.h"
#include "cli/answer_cells.h"
#include "core/journal/hex.h"
#include "watch/event/stream_reader.h"
#include "watch/line/batch.h"

#include <boost/json/array.hpp>

namespace shoji::cli {
namespace {

namespace json = boost::json;
using base::Result;

constexpr event::Time second = 1'000'000'000;

std::int64_t number_of(const json::value& row, std::string_view key) {
    const auto* value = member(row, key);
    const auto* number = value == nullptr ? nullptr : value->if_int64();
    return number == nullptr || *number < 0 ? 0 : *number;
}

bool is(const json::value& row, std::string_view key) {
    const auto* value = member(row, key);
    return value != nullptr && value->is_bool() && value->get_bool();
}

// The unpacked records; an error where the batch is not as it says.
Result<std::vector<std::uint8_t>> unpack(const json::value& row, line::Batch& batch) {
    batch.kind = line::Class::event;
    batch.first = static_cast<std::uint64_t>(number_of(row, "first"));
    batch.count = static_cast<std::uint32_t>(
        std::min<std::int64_t>(number_of(row, "count"), line::maximum_batch_records));
    batch.size = static_cast<std::uint32_t>(
        std::min<std::int64_t>(number_of(row, "size"), line::maximum_batch_bytes));
    batch.packed = is(row, "packed");
    const auto* body = member(row, "body");
    auto bytes = body != nullptr && body->is_string()
                     ? journal::bytes_from_hex(std::string_view(body->get_string()))
                     : std::nullopt;
    if (!bytes) return base::fail(base::ErrorKind::invalid, "a batch is no bytes");
    batch.body = std::move(*bytes);
    return line::unpack(batch);
}

// Of all batches, until `each` has enough.
class Reader {
  public:
    Reader(const event::Names& names, const std::function<bool(const event::Event&)>& each)
        : names_(names), each_(each) {}

    void read(const json::value& row) {
        line::Batch batch;
        const auto records = unpack(row, batch);
        if (!records) {
            ++unreadable_;
            return;
        }
        const auto done = line::for_each_record(
            batch.first, batch.count, *records,
            [this](std::uint64_t, std::span<const std::uint8_t> record) { take(record); });
        if (!done) ++unreadable_;
    }
    [[nodiscard]] bool goes_on() const { return goes_on_; }
    [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; }

  private:
    void take(std::span<const std::uint8_t> record) {
        if (!goes_on_) return;
        if (!event::StreamReader::is_one(record)) {
            ++unreadable_;
            return;
        }
        event::StreamReader reader(record, names_);
        event::Event event;
        while (goes_on_ && reader.next(event)) goes_on_ = each_(event);
        unreadable_ += reader.damages().count();
    }

    const event::Names& names_;
    const std::function<bool(const event::Event&)>& each_;
    bool goes_on_ = true;
    std::uint64_t unreadable_ = 0;
};

}  // namespace

Result<std::uint64_t> read_stored_events(const base::Settings& settings, const StoredEvents& wish,
                                         const event::Names& names,
                                         const std::function<bool(const event::Event&)>& each) {
    Reader reader(names, each);
    std::int64_t after = 0;
    for (bool more = true; more && reader.goes_on();) {
        const auto answer = ask_hub(settings, "events",
                                    {{"host", wish.host},
                                     {"since", std::max<event::Time>(wish.since, 0) / second},
                                     {"after", after}});
        if (!answer) return base::Failure(answer.error());
        const auto* batches = member(*answer, "batches");
        const auto last = number_of(*answer, "last");
        if (batches == nullptr || !batches->is_array()) {
            return base::worded(
                base::fail(base::ErrorKind::invalid, "the hub's answer is not what was asked for"),
                "cli.error.hub_answer");
        }
        for (const auto& row : batches->get_array()) {
            if (reader.goes_on()) reader.read(row);
        }
        // Whoever answers that there is more without going on is not asked for ever.
        more = is(*answer, "more") && last > after;
        after = last;
    }
    return reader.unreadable();
}

}  // namespace shoji::cli
