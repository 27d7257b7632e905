// Event logs of Windows (EVTX). What is damaged is left out, and told; what can be read is read.
// Source: libevtx, "Windows XML Event Log (EVTX) format".
#pragma once

#include "watch/event/damages.h"
#include "watch/event/evtx_xml.h"
#include "watch/event/windows_sources.h"

#include <cstdint>
#include <optional>
#include <span>

namespace shoji::event {

class EvtxFile {
  public:
    // All of a file's bytes, which must outlive this, as must names and sources.
    EvtxFile(std::span<const std::uint8_t> bytes, const Names& names,
             const WindowsSources& windows);

    static bool is_one(std::span<const std::uint8_t> bytes);

    // The next event, in the file's order; false at the end. Its values are good until the next
    // call.
    bool next(Event& event);

    [[nodiscard]] const Damages& damages() const { return damages_; }
    [[nodiscard]] std::uint64_t records() const { return records_; }
    // In the file, of the record that comes next.
    [[nodiscard]] std::uint64_t offset() const { return chunk_at_ + at_; }

  private:
    bool open_chunk();
    void check_sums(std::size_t end);
    bool read_record(Event& event);
    void skip_damage(std::size_t from);
    [[nodiscard]] std::uint32_t number(std::size_t offset) const;  // in the chunk

    std::span<const std::uint8_t> file_;
    const Names& names_;
    const WindowsSources& windows_;
    WindowsSources::Last last_source_;

    std::size_t next_chunk_;       // offset in the file
    std::size_t chunks_said_ = 0;  // by the file's header
    std::size_t chunk_at_ = 0;
    std::span<const std::uint8_t> chunk_;
    std::size_t at_ = 0;   // in the chunk
    std::size_t end_ = 0;  // of the chunk's records
    std::optional<BinaryXml> xml_;

    std::uint64_t records_ = 0;
    Damages damages_;
};

}  // namespace shoji::event
