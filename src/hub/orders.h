// Signed orders that wait for their hosts, and what became of them. The hub carries them: it reads
// none, and signs none.
#pragma once

#include "core/store/database.h"
#include "watch/line/message.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::hub {

using OrderId = std::array<std::uint8_t, 16>;  // of the order; whoever signed it gave it

enum class Standing : std::uint8_t { waiting, taken, done, failed, refused, withdrawn };
std::string_view name_of(Standing standing);

struct HeldOrder {
    store::RowId number = 0;
    std::string host;
    store::Seconds received = 0;
    std::string who;  // handed it in, as the admin socket knows them
    Standing standing = Standing::waiting;
    store::Seconds changed = 0;  // when it came to stand so
    store::Bytes body;           // as it was signed; at most line::maximum_order bytes
    std::string answer;          // the host's, JSON, printable; empty: it has not ended
};

class Orders {
  public:
    static constexpr std::int64_t most_waiting = 64;  // of one host

    explicit Orders(store::Database& database) : database_(database) {}

    // `exists` when one of that id was handed in before, unless it was refused or withdrawn; `full`
    // when too many wait for the host.
    base::Result<store::RowId> add(const std::string& host, const OrderId& id,
                                   std::span<const std::uint8_t> body, const std::string& who,
                                   store::Seconds now);
    // The newest so many, the oldest of them first.
    base::Result<std::vector<HeldOrder>> list(std::size_t most);
    // Those of the host that have not ended, the oldest so many.
    base::Result<std::vector<HeldOrder>> open(const std::string& host, std::size_t most);
    // What the host says of one of its own. False: it has no such order that has not ended.
    base::Result<bool> settle(const std::string& host, const line::Report& report,
                              store::Seconds now);
    // `not_found` unless it still waits.
    base::Result<void> withdraw(store::RowId number, store::Seconds now);
    // Those that ended before.
    base::Result<void> forget(store::Seconds before);

  private:
    store::Database& database_;
};

}  // namespace shoji::hub
