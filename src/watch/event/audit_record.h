// One record of Linux's audit log: a line of /var/log/audit/audit.log, of the formats RAW and
// ENRICHED.
//   node=HOST type=SYSCALL msg=audit(1700000000.123:456): arch=c000003e syscall=59 …<GS>ARCH=x86_64
//   …
// "node=" is there where many machines' logs come together. Behind the byte GS (0x1d) auditd puts
// what it looked up, by names in capitals. Records of programs hold their fields in msg='…'.
// Source: auditd(8), auditd.conf(5), and the audit project's "audit-events" specification.
#pragma once

#include "watch/event/event.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace shoji::event {

struct AuditRecord {
    std::string_view node;  // empty where the log does not say
    std::string_view type;
    Time time = 0;
    std::uint64_t serial = 0;
    std::string_view fields;  // what follows, for AuditFields
};

// Nothing when the line is no such record. Views into the line.
std::optional<AuditRecord> parse_audit_record(std::string_view line);

// The fields of a record, one after the other, those of msg='…' among them.
class AuditFields {
  public:
    struct Item {
        std::string_view name;
        std::string_view value;  // without quotation marks
        bool quoted = false;     // then it stands as it is; else it may be hexadecimal
    };

    explicit AuditFields(std::string_view fields) : rest_(fields) {}
    // The next field; false at the end. What is no name=value is passed over.
    bool next(Item& item);

  private:
    void take_value(Item& item);

    std::string_view rest_;
    bool nested_ = false;  // inside msg='…'
};

// True when the audit system writes values of this field in hexadecimal as soon as they hold
// blanks, quotation marks or bytes beyond ASCII. Of records of type EXECVE the arguments a0, a1, …
// are such fields too, of others they are numbers.
bool is_encoded_audit_field(std::string_view type, std::string_view name);

// What the hexadecimal digits stand for; nothing when they are none, or of an odd number.
std::optional<std::string> decode_hexadecimal(std::string_view digits);

// What a saddr= says: an address of the Internet with its port, or the path of a Unix socket.
struct AuditAddress {
    std::string text;
    std::uint16_t port = 0;
    bool is_internet = false;
};
// Of the raw bytes of a sockaddr, as `decode_hexadecimal` gives them; nothing for other families.
std::optional<AuditAddress> parse_audit_address(std::string_view bytes);

}  // namespace shoji::event
