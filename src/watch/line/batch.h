// The body of a batch: each record with its length (32 bits) before it, the whole packed by zstd
// (RFC 8878) where that makes it smaller. Pure.
#pragma once

#include "watch/line/message.h"
#include "watch/spool/lane.h"

#include <functional>

namespace shoji::line {

// As many of the records as have consecutive sequences and fit a batch; at least one.
// `previous`: the last sequence before them that was sent or acknowledged. Precondition: there is
// a record, each of 1 to spool::maximum_record bytes.
Batch make_batch(Class kind, std::uint64_t previous, std::span<const spool::Record> records);

// The unpacked body. What is not as the batch says is an error.
base::Result<std::vector<std::uint8_t>> unpack(const Batch& batch);

// Calls `each` for every record of an unpacked body, in order, once all of it was found sound:
// exactly `count` records of 1 to spool::maximum_record bytes.
using EachRecord =
    std::function<void(std::uint64_t sequence, std::span<const std::uint8_t> record)>;
base::Result<void> for_each_record(std::uint64_t first, std::uint32_t count,
                                   std::span<const std::uint8_t> body, const EachRecord& each);

}  // namespace shoji::line
