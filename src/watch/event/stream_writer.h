// Writes events as a stream (stream_format.h). Events gather in a block until it is taken: whoever
// writes decides how much one loss may cost, and how long an event may wait.
#pragma once

#include "watch/event/event.h"
#include "watch/event/stream_format.h"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::event {

class StreamWriter {
  public:
    // A block is best taken once it has so many bytes.
    static constexpr std::size_t usual_block = 64 << 10;

    // `stream` is drawn at random for each stream and each file. `names` must outlive it.
    StreamWriter(const Names& names, std::uint64_t stream) : names_(names), stream_(stream) {}

    // False when the event finds no room in the block any more: take it, and add the event again.
    // When it finds none in an empty block, it is lost, and counted in lost_events().
    bool add(const Event& event);

    [[nodiscard]] std::size_t size() const { return contents_.size(); }  // of the block so far
    [[nodiscard]] bool is_full() const { return contents_.size() >= usual_block; }
    [[nodiscard]] std::uint64_t lost_events() const { return lost_events_; }

    // The block, good until the next call; empty when no event was added. The next block begins.
    std::span<const std::uint8_t> take();

  private:
    void put(std::uint64_t number);
    void put(std::string_view text);
    void put_source(SourceId id);
    void put_field(const Field& field);
    std::uint64_t number_of(const Field& field, bool& fresh);
    [[nodiscard]] std::size_t most_bytes_of(const Event& event) const;

    const Names& names_;
    std::uint64_t stream_;
    std::uint64_t first_ = 0;   // event of the block
    std::uint32_t events_ = 0;  // in the block
    std::uint64_t lost_events_ = 0;
    Time last_ = 0;
    std::vector<std::uint8_t> contents_;  // the head's place before them
    std::vector<std::uint8_t> taken_;

    // Numbers of names in this block, by their ids; 0: none yet.
    std::vector<std::uint32_t> fields_;
    std::vector<std::uint32_t> sources_;
    std::map<std::string, std::uint32_t, std::less<>> other_fields_;
    std::uint32_t field_count_ = 0;
    std::uint32_t source_count_ = 0;
};

}  // namespace shoji::event
