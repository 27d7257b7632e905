// What the gateway tells the audit journal. shoji-audit may come and go: the link is made again by
// itself, and a restart of it is bridged.
#pragma once

#include "core/journal/record.h"
#include "screen/gateway/packet_socket.h"
#include "screen/gateway/refusal_notes.h"

#include <deque>
#include <string>

namespace shoji::gateway {

class AuditLink {
  public:
    // Notes that wait for a journal which is away or slow; further ones are lost, and a record says
    // how many as soon as the journal takes records again.
    static constexpr std::size_t maximum_notes = 1000;
    // Of them, refusals: whoever causes many takes no room from ends, sign-ins and changes.
    static constexpr std::size_t maximum_refusals = maximum_notes / 2;

    // `users`: who may be at the other end.
    AuditLink(const asio::any_io_executor& executor, std::filesystem::path path,
              std::vector<uid_t> users);

    // Works until the program ends.
    Task<> run();
    // Records how many refusals were left out of each window, until the program ends.
    Task<> sum_up();
    // The same for the windows that are open, at the end of the program.
    void sum_up_now();

    // For what may only happen when it is recorded: returns once the record is on disk. `full` when
    // the journal has no room, `unavailable` when it is away, too slow or cannot write.
    Task<base::Result<void>> write(journal::Record record);
    // For what happens anyway: written now, or when the journal is back. Of many refusals of one
    // source the first are written and the rest counted (refusal_notes.h).
    void note(const journal::Record& record);

    [[nodiscard]] bool connected() const { return socket_ != nullptr; }
    [[nodiscard]] bool full() const { return full_; }
    [[nodiscard]] std::size_t waiting() const { return queue_.size() + refused_notes_.size(); }
    [[nodiscard]] std::uint64_t lost() const { return lost_; }

  private:
    using Answer = base::Result<void>;
    struct Writer {
        explicit Writer(const asio::any_io_executor& executor) : answer(executor) {}
        Promise<Answer> answer;
        bool waits = true;
    };
    enum class Kind { event, refusal, loss };
    struct Entry {
        std::vector<std::uint8_t> packet;
        std::shared_ptr<Writer> writer;  // null: a note
        Kind kind = Kind::event;
    };

    void enqueue(const journal::Record& record);
    [[nodiscard]] bool has_room(Kind kind) const;
    void tell_loss();

    base::Result<std::shared_ptr<PacketSocket>> connect();
    Task<> converse();
    void send_next();
    void settle(journal::Acknowledgement acknowledgement);
    void break_off();

    asio::any_io_executor executor_;
    std::filesystem::path path_;
    std::vector<uid_t> users_;
    std::shared_ptr<PacketSocket> socket_;
    asio::steady_timer deadline_;      // of the record that is under way
    std::deque<Entry> queue_;          // the first is next
    std::optional<Entry> under_way_;   // sent, not answered
    std::deque<Entry> refused_notes_;  // tried again when the journal may have room
    bool full_ = false;
    RefusalNotes refusals_;
    std::uint64_t lost_ = 0;
    std::uint64_t untold_ = 0;  // of the lost ones, those that no record tells of yet
    bool loss_waits_ = false;   // such a record is on its way: there is never a second
};

}  // namespace shoji::gateway
