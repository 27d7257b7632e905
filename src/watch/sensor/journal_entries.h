// Entries of systemd's journal in its export format
// (https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-export-format), as journalctl writes it into
// a stream. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace shoji::sensor {

// Names with an underscore before them are journald's own, which no writer of a message can choose.
struct JournalEntry {
    std::int64_t time = 0;   // __REALTIME_TIMESTAMP, nanoseconds since 1970
    std::string program;     // SYSLOG_IDENTIFIER
    std::string facility;    // SYSLOG_FACILITY, a number
    std::string process;     // _PID, else SYSLOG_PID
    std::string user;        // _UID
    std::string executable;  // _EXE
    std::string message;     // MESSAGE
    std::string cursor;      // __CURSOR

    bool operator==(const JournalEntry&) const = default;
};

class JournalEntries {
  public:
    static constexpr std::size_t longest = 8192;        // of a value; what is beyond is left out
    static constexpr std::size_t most_name = 64;        // of a field, as journald has it
    static constexpr std::size_t most_bytes = 1 << 28;  // a length beyond it is none

    // Calls `each` with every entry that these bytes end and that has a message.
    template <class Each>
    void add(std::string_view bytes, const Each& each) {
        for (const char c : bytes) {
            if (take(c)) {
                each(entry_);
                entry_ = {};
            }
        }
    }
    // Another stream begins. What this one has of an entry is forgotten: no damage, for the other
    // one has it whole.
    void begin_anew();
    // Lines and lengths that are none: from there to the next entry nothing is believed.
    [[nodiscard]] std::uint64_t damages() const { return damages_; }

  private:
    enum class State : std::uint8_t { name, value, size, bytes, end, lost };

    // True when it ends an entry.
    bool take(char c);
    bool take_name(char c);
    void take_size(char c);
    void keep(char c);
    void end_value();
    void forget();
    void lose();

    State state_ = State::name;
    std::string name_;
    std::string value_;
    std::uint64_t size_ = 0;  // of a value with its length before it
    unsigned size_bytes_ = 0;
    bool line_is_empty_ = false;  // while lost
    JournalEntry entry_;
    std::uint64_t damages_ = 0;
};

}  // namespace shoji::sensor
