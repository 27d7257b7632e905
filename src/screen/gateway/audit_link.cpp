#include "screen/gateway/audit_link.h"

#include "screen/gateway/clock.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

using namespace std::chrono_literals;

constexpr auto answer_limit = 5s;  // a disk that syncs slowly is still a disk
constexpr auto away_limit = 2s;    // a journal that is being restarted is back by then
constexpr auto retry_pause = 250ms;
constexpr auto sum_up_pause = 1s;
constexpr std::size_t answer_bytes = 1;

}  // namespace

AuditLink::AuditLink(const asio::any_io_executor& executor, std::filesystem::path path,
                     std::vector<uid_t> users)
    : executor_(executor), path_(std::move(path)), users_(std::move(users)), deadline_(executor) {}

Task<base::Result<void>> AuditLink::write(journal::Record record) {
    auto writer = std::make_shared<Writer>(executor_);
    queue_.push_back({journal::encode(record), writer, Kind::event});
    send_next();
    auto answer = co_await writer->answer.wait(connected() ? answer_limit : away_limit);
    if (answer) co_return std::move(*answer);
    // What was refused now must not be recorded as done later.
    writer->waits = false;
    std::erase_if(queue_, [&](const Entry& entry) { return entry.writer == writer; });
    co_return base::worded(
        base::fail(base::ErrorKind::unavailable,
                   "the audit journal is away: shoji-audit does not run or does not answer"),
        "admin.journal_away");
}

void AuditLink::note(const journal::Record& record) {
    if (record.outcome != journal::Outcome::refused) return enqueue(record);
    if (const auto kept = refusals_.add(record, steady_now())) enqueue(*kept);
}

Task<> AuditLink::sum_up() {
    for (;;) {
        co_await sleep_for(sum_up_pause);
        for (const auto& record : refusals_.take(steady_now())) enqueue(record);
    }
}

void AuditLink::sum_up_now() {
    for (const auto& record : refusals_.take_all()) enqueue(record);
}

void AuditLink::enqueue(const journal::Record& record) {
    const bool refused = record.outcome == journal::Outcome::refused;
    const Kind kind = refused ? Kind::refusal : Kind::event;
    if (!has_room(kind)) {
        if (lost_++ == 0) spdlog::error("audit: records are being lost, too many wait");
        ++untold_;
        return;
    }
    queue_.push_back({journal::encode(record), nullptr, kind});
    send_next();
}

bool AuditLink::has_room(Kind kind) const {
    if (waiting() >= maximum_notes) return false;
    if (kind != Kind::refusal) return true;
    const auto refusals = std::ranges::count(queue_, kind, &Entry::kind) +
                          std::ranges::count(refused_notes_, kind, &Entry::kind);
    return static_cast<std::size_t>(refusals) < maximum_refusals;
}

void AuditLink::tell_loss() {
    if (untold_ == 0 || loss_waits_) return;
    loss_waits_ = true;
    const journal::Record record{journal::Action::fault,
                                 journal::Outcome::failed,
                                 "shoji-gateway",
                                 "",
                                 fmt::format("records lost: {}", std::exchange(untold_, 0)),
                                 "the journal was away or slow and too many waited"};
    queue_.push_back({journal::encode(record), nullptr, Kind::loss});
}

void AuditLink::send_next() {
    if (!socket_ || under_way_ || queue_.empty()) return;
    under_way_ = std::move(queue_.front());
    queue_.pop_front();
    if (!socket_->send(under_way_->packet)) return socket_->close();
    deadline_.expires_after(answer_limit);
    deadline_.async_wait([socket = socket_](const boost::system::error_code& cancelled) {
        if (!cancelled) socket->close();
    });
}

void AuditLink::settle(journal::Acknowledgement acknowledgement) {
    deadline_.cancel();
    if (!under_way_) return socket_->close();  // an answer to nothing
    Entry entry = std::move(*under_way_);
    under_way_.reset();
    Answer answer;
    if (acknowledgement == journal::Acknowledgement::full) {
        answer = base::worded(base::fail(base::ErrorKind::full, "the audit journal is full"),
                              "admin.journal_full");
    } else if (acknowledgement != journal::Acknowledgement::written) {
        answer = base::worded(
            base::fail(base::ErrorKind::unavailable, "the audit journal could not be written"),
            "admin.journal_failed");
    }
    const bool was_full = std::exchange(full_, acknowledgement == journal::Acknowledgement::full);
    if (full_ && !was_full) spdlog::error("audit: the journal is full: nothing new may begin");
    const bool written = answer.has_value();
    if (entry.writer) {
        entry.writer->answer.set(std::move(answer));
    } else if (!written) {
        refused_notes_.push_back(std::move(entry));
    } else {
        // The journal takes records again.
        std::ranges::move(refused_notes_, std::back_inserter(queue_));
        refused_notes_.clear();
    }
    if (!written) return;
    if (entry.kind == Kind::loss) loss_waits_ = false;
    tell_loss();
}

void AuditLink::break_off() {
    deadline_.cancel();
    socket_.reset();
    // Whether it was written is not known: twice is better than never.
    const bool wanted = under_way_ && (!under_way_->writer || under_way_->writer->waits);
    if (wanted) queue_.push_front(std::move(*under_way_));
    under_way_.reset();
    std::ranges::move(refused_notes_, std::back_inserter(queue_));
    refused_notes_.clear();
}

base::Result<std::shared_ptr<PacketSocket>> AuditLink::connect() {
    auto socket = PacketSocket::connect(executor_, path_);
    if (!socket) return base::Failure(socket.error());
    const auto peer = socket->peer();
    if (!peer) return base::Failure(peer.error());
    if (std::ranges::find(users_, peer->user) == users_.end()) {
        return base::fail(base::ErrorKind::denied, "user id {} at {} is not shoji-audit",
                          peer->user, path_.native());
    }
    return std::make_shared<PacketSocket>(std::move(*socket));
}

Task<> AuditLink::converse() {
    const auto socket = socket_;
    for (;;) {
        send_next();
        const auto packet = co_await socket->receive(answer_bytes);
        if (!packet || packet->bytes.size() != answer_bytes) co_return;
        settle(static_cast<journal::Acknowledgement>(packet->bytes.front()));
    }
}

Task<> AuditLink::run() {
    bool told = false;
    for (;;) {
        auto socket = connect();
        if (socket) {
            told = false;
            socket_ = std::move(*socket);
            spdlog::info("audit: connected");
            co_await converse();
            break_off();
            spdlog::warn("audit: the connection broke");
        } else if (!std::exchange(told, true)) {
            spdlog::warn("audit: {}", socket.error().message);
        }
        co_await sleep_for(retry_pause);
    }
}

}  // namespace shoji::gateway
