#include "watch/station/errands.h"

#include <cerrno>

#include <spdlog/spdlog.h>
#include <sys/socket.h>

namespace shoji::station {
namespace {

static_assert(letters::most_errand_order == line::maximum_order);
static_assert(letters::most_verdict_answer == line::maximum_answer);

constexpr std::string_view nobody =
    R"({"ok":false,"error":{"kind":"unavailable","message":"this host carries no orders out",)"
    R"("key":"response.order.nobody","values":{}}})";

line::OrderState state_of(letters::Verdict::End end) {
    switch (end) {
        case letters::Verdict::End::done:
            return line::OrderState::done;
        case letters::Verdict::End::failed:
            return line::OrderState::failed;
        case letters::Verdict::End::refused:
            return line::OrderState::refused;
    }
    return line::OrderState::refused;
}

std::vector<std::uint8_t> bytes_of(std::string_view text) {
    return {text.begin(), text.end()};
}

}  // namespace

void Errands::connect(base::FileDescriptor link) {
    link_ = std::move(link);
    for (auto& [number, one] : waiting_) one.sent = false;
}

void Errands::put(line::Order order) {
    if (!answers_) {
        return tell_({order.number, line::OrderState::refused, bytes_of(nobody)});
    }
    waiting_[order.number] = {std::move(order.signed_order), false};
}

void Errands::turn() {
    hear();
    send();
}

void Errands::send() {
    for (auto& [number, one] : waiting_) {
        if (!link_.valid()) return;
        if (one.sent) continue;
        const auto bytes = encode(letters::Errand{number, one.order});
        const auto sent =
            ::send(link_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0) {
            one.sent = true;
        } else if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
            return;
        } else {
            link_.reset();
        }
    }
}

void Errands::hear() {
    // One more byte than a letter may have: what is longer is refused, not cut.
    std::vector<std::uint8_t> bytes(letters::most_verdict + 1);
    while (link_.valid()) {
        const auto count = ::recv(link_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return;
        if (count <= 0) return link_.reset();
        const auto verdict =
            letters::decode_verdict(letters::View(bytes).first(static_cast<std::size_t>(count)));
        if (!verdict) {
            spdlog::error("{}", verdict.error().message);
            return link_.reset();
        }
        if (waiting_.erase(verdict->number) == 0) continue;
        tell_({verdict->number, state_of(verdict->end), bytes_of(verdict->answer)});
    }
}

}  // namespace shoji::station
