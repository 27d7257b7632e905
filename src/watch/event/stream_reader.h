// Reads events from a stream (stream_format.h). A block that is not as it was written is left out,
// and told; the search goes on at the next one. Blocks of another stream than the first are no
// blocks.
#pragma once

#include "watch/event/damages.h"
#include "watch/event/event.h"
#include "watch/event/stream_format.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace shoji::event {

class StreamReader {
  public:
    // Whole blocks, one after the other. The bytes must outlive this, as must names.
    StreamReader(std::span<const std::uint8_t> bytes, const Names& names)
        : bytes_(bytes), names_(names) {}

    static bool is_one(std::span<const std::uint8_t> bytes);

    // The next event; false at the end. Its values are good as long as the bytes.
    bool next(Event& event);

    [[nodiscard]] const Damages& damages() const { return damages_; }
    // Events that the stream had and that were not read, as far as its blocks say: those at its end
    // are not known of.
    [[nodiscard]] std::uint64_t lost_events() const { return lost_events_; }
    [[nodiscard]] std::uint64_t offset() const { return block_at_; }

  private:
    bool open_block();
    [[nodiscard]] std::size_t find_block(std::size_t from) const;
    [[nodiscard]] bool is_whole(std::size_t at) const;
    void begin(const StreamBlock& block);
    bool read_event(Event& event);
    bool read_source(SourceId& id);
    bool read_sources(LogSource& source);
    bool read_field(Event& event);
    bool take(std::uint64_t& number);
    bool take(std::string_view& text);

    struct Name {
        FieldId id;
        std::string_view text;
    };

    std::span<const std::uint8_t> bytes_;
    const Names& names_;
    std::optional<std::uint64_t> stream_;
    std::uint64_t expected_ = 0;  // number of the event that should come next
    std::uint64_t lost_events_ = 0;
    Damages damages_;

    std::size_t next_block_ = 0;
    std::size_t block_at_ = 0;
    std::span<const std::uint8_t> rest_;  // of the block's contents
    std::uint32_t left_ = 0;              // events of the block
    Time last_ = 0;
    std::vector<Name> fields_;
    std::vector<SourceId> sources_;
};

}  // namespace shoji::event
