#include "watch/response/used_orders.h"

#include "core/base/random.h"
#include "watch/response/small_file.h"

#include <algorithm>
#include <charconv>

#include <unistd.h>

namespace shoji::response {
namespace {

constexpr std::size_t most_file = std::size_t{64} << 10U;
constexpr const char* newest_name = "newest";
constexpr std::string_view interrupted =
    R"({"ok":false,"error":{"kind":"system","message":"it was begun, and how it ended is not known",)"
    R"("key":"response.order.interrupted","values":{}}})";

// The first line without its end; it is taken off.
std::string_view take_line(std::string_view& text) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    return line;
}

// When it expires, and the digest of what was signed; then how it ended and the answer.
std::string first_lines(const Order& order) {
    return fmt::format("{}\n{}\n", order.expires,
                       base::to_hex(journal::digest_of(order_body(order))));
}

}  // namespace

std::filesystem::path UsedOrders::path_of(const OrderId& id) const {
    return folder_ / base::to_hex(id);
}

bool UsedOrders::contains(const OrderId& id) const {
    std::error_code unread;
    return std::filesystem::exists(path_of(id), unread) || unread;
}

base::Result<std::int64_t> UsedOrders::newest() const {
    const auto path = folder_ / newest_name;
    const auto text = read_small_file(path, most_file);
    if (!text && text.error().kind == base::ErrorKind::not_found) return 0;
    if (!text) return base::Failure(text.error());
    std::int64_t issued = 0;
    const auto [stop, problem] = std::from_chars(text->data(), text->data() + text->size(), issued);
    if (problem != std::errc{} || std::string_view(stop) != "\n")
        return base::fail(base::ErrorKind::corrupt, "{} is no time", path.native());
    return issued;
}

base::Result<void> UsedOrders::check_age(const Order& order) const {
    const auto latest = newest();
    if (!latest) return base::Failure(latest.error());
    if (order.issued + most_order_seconds >= *latest) return {};
    return base::worded(
        base::fail(base::ErrorKind::denied, "the order is refused: a newer one was carried out"),
        "response.order.old");
}

std::optional<OrderEnd> UsedOrders::end_of(const Order& order) const {
    const auto text = read_small_file(path_of(order.id), most_file);
    const auto first = first_lines(order);
    if (!text || !text->starts_with(first)) return std::nullopt;
    std::string_view rest = std::string_view(*text).substr(first.size());
    const auto kind = take_line(rest);
    if (kind == "done") return OrderEnd{OrderEnd::Kind::done, std::string(rest)};
    if (kind == "failed") return OrderEnd{OrderEnd::Kind::failed, std::string(rest)};
    return OrderEnd{OrderEnd::Kind::failed, std::string(interrupted)};
}

base::Result<void> UsedOrders::use_up(const Order& order) {
    const auto latest = newest();
    if (!latest) return base::Failure(latest.error());
    if (order.issued > *latest) {
        const auto text = fmt::format("{}\n", order.issued);
        if (auto noted = replace_file(folder_ / newest_name, text, 0600); !noted) return noted;
    }
    forget_old(std::max(order.issued, *latest));
    return replace_file(path_of(order.id), first_lines(order), 0600);
}

base::Result<void> UsedOrders::settle(const Order& order, const OrderEnd& end) {
    const auto kind = end.kind == OrderEnd::Kind::done ? "done" : "failed";
    return replace_file(path_of(order.id),
                        fmt::format("{}{}\n{}", first_lines(order), kind, end.answer), 0600);
}

void UsedOrders::forget_old(std::int64_t latest) const {
    std::error_code problem;
    for (std::filesystem::directory_iterator entry(folder_, problem), end; !problem && entry != end;
         entry.increment(problem)) {
        if (entry->path().filename() == newest_name) continue;
        const auto text = read_small_file(entry->path(), most_file);
        std::int64_t expires = 0;
        if (!text ||
            std::from_chars(text->data(), text->data() + text->size(), expires).ec != std::errc{}) {
            continue;
        }
        if (expires + most_order_seconds < latest) ::unlink(entry->path().c_str());
    }
}

}  // namespace shoji::response
