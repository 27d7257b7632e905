// What an event says of the file and the process that a response to its alert is about.
#pragma once

#include "watch/event/event.h"
#include "watch/event/names.h"
#include "watch/letters/letters.h"

#include <set>
#include <string_view>

namespace shoji::station {

class CauseReader {
  public:
    explicit CauseReader(event::Names& names);
    [[nodiscard]] letters::Cause read(std::string_view rule, const event::Event& event) const;

  private:
    void read_program(const event::Event& event, letters::Cause& cause) const;
    void read_identity(const event::Event& event, letters::Cause& cause) const;

    std::set<event::SourceId> programs_, writes_;
    event::FieldId guid_, type_, target_, image_, script_, device_, inode_, hashes_, user_;
};

}  // namespace shoji::station
