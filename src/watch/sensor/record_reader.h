// The bytes of one record: its fixed part and the texts behind it, each checked before it is used.
#pragma once

#include "core/base/result.h"
#include "watch/sensor/record.h"

#include <cstring>
#include <span>
#include <string_view>

namespace shoji::sensor {

using Record = std::span<const std::uint8_t>;

class RecordReader {
  public:
    explicit RecordReader(Record record) : record_(record) {}

    // The kind's own part, head included.
    template <class Part>
    base::Result<Part> part() {
        Part part{};
        if (record_.size() < sizeof part) {
            return base::fail(base::ErrorKind::corrupt, "a record of {} bytes where {} are needed",
                              record_.size(), sizeof part);
        }
        std::memcpy(&part, record_.data(), sizeof part);
        rest_ = record_.subspan(sizeof part);
        return part;
    }

    // The next text; empty, and whole() false, when the record has no so many bytes.
    std::string_view text(std::size_t bytes) {
        if (bytes > rest_.size()) {
            whole_ = false;
            rest_ = {};
            return {};
        }
        const auto taken = rest_.first(bytes);
        rest_ = rest_.subspan(bytes);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }
    [[nodiscard]] bool whole() const { return whole_; }

  private:
    Record record_;
    Record rest_;
    bool whole_ = true;
};

// Up to the first NUL.
template <std::size_t size>
std::string_view name_in(const char (&text)[size]) {
    return {text, ::strnlen(text, size)};
}

}  // namespace shoji::sensor
