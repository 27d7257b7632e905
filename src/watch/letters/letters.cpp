#include "watch/letters/letters.h"

#include "core/base/bytes.h"
#include "core/base/printable.h"

namespace shoji::letters {
namespace {

base::Failure wrong(std::string_view what) {
    return base::fail(base::ErrorKind::invalid, "{} between two parts breaks its form", what);
}

}  // namespace

Bytes encode(const Consignment& consignment) {
    base::ByteWriter writer;
    writer.write(static_cast<std::uint8_t>(consignment.kind));
    writer.write(consignment.number);
    writer.write_bytes(consignment.record);
    return writer.take();
}

base::Result<Consignment> decode_consignment(View bytes) {
    base::ByteReader reader(bytes);
    Consignment consignment;
    const auto kind = reader.read<std::uint8_t>();
    consignment.number = reader.read<std::uint64_t>();
    consignment.record = reader.read_bytes(reader.remaining());
    if (!reader.finished() || kind >= spool::classes || consignment.record.empty() ||
        consignment.record.size() > spool::maximum_record) {
        return wrong("a record");
    }
    consignment.kind = static_cast<spool::Class>(kind);
    return consignment;
}

Bytes encode(const Receipt& receipt) {
    base::ByteWriter writer;
    writer.write(receipt.alerts);
    writer.write(static_cast<std::uint8_t>(receipt.connected));
    for (const auto waiting : receipt.waiting) writer.write(waiting);
    writer.write(receipt.spool_bytes);
    writer.write(receipt.lost);
    writer.write(receipt.room_missed);
    writer.write_string(base::printable(receipt.trouble, most_trouble));
    return writer.take();
}

base::Result<Receipt> decode_receipt(View bytes) {
    base::ByteReader reader(bytes);
    Receipt receipt;
    receipt.alerts = reader.read<std::uint64_t>();
    const auto connected = reader.read<std::uint8_t>();
    receipt.connected = connected == 1;
    for (auto& waiting : receipt.waiting) waiting = reader.read<std::uint64_t>();
    receipt.spool_bytes = reader.read<std::uint64_t>();
    receipt.lost = reader.read<std::uint64_t>();
    receipt.room_missed = reader.read<std::uint64_t>();
    receipt.trouble = reader.read_string(most_trouble);
    if (!reader.finished() || connected > 1 || !base::is_printable(receipt.trouble)) {
        return wrong("a receipt");
    }
    return receipt;
}

Bytes encode(const Notice& notice) {
    base::ByteWriter writer;
    writer.write(static_cast<std::uint8_t>(notice.note));
    writer.write(notice.number);
    writer.write_string(base::printable(notice.subject, most_subject));
    return writer.take();
}

base::Result<Notice> decode_notice(View bytes) {
    base::ByteReader reader(bytes);
    Notice notice;
    const auto note = reader.read<std::uint8_t>();
    notice.number = reader.read<std::uint64_t>();
    notice.subject = reader.read_string(most_subject);
    if (!reader.finished() || note > last_note) return wrong("a notice");
    notice.note = static_cast<Note>(note);
    return notice;
}

Bytes encode(const Cause& cause) {
    base::ByteWriter writer;
    writer.write(cause.process);
    writer.write(cause.start);
    writer.write_string(std::string_view(cause.rule).substr(0, most_cause_rule));
    // A path that is cut names another file.
    writer.write_string(cause.path.size() > most_cause_path ? std::string_view() : cause.path);
    writer.write(static_cast<std::uint8_t>(cause.file));
    writer.write(cause.device);
    writer.write(cause.inode);
    writer.write(static_cast<std::uint8_t>(cause.user.has_value()));
    if (cause.user) writer.write(*cause.user);
    writer.write_string(std::string_view(cause.digest).substr(0, most_cause_digest));
    return writer.take();
}

base::Result<Cause> decode_cause(View bytes) {
    base::ByteReader reader(bytes);
    Cause cause;
    cause.process = reader.read<std::uint32_t>();
    cause.start = reader.read<std::uint64_t>();
    cause.rule = reader.read_string(most_cause_rule);
    cause.path = reader.read_string(most_cause_path);
    const auto file = reader.read<std::uint8_t>();
    cause.file = static_cast<Cause::File>(file);
    cause.device = reader.read<std::uint32_t>();
    cause.inode = reader.read<std::uint64_t>();
    const auto with_user = reader.read<std::uint8_t>();
    if (with_user == 1) cause.user = reader.read<std::uint32_t>();
    cause.digest = reader.read_string(most_cause_digest);
    constexpr std::uint32_t most_process = INT32_MAX;
    if (!reader.finished() || cause.rule.empty() || cause.process > most_process ||
        cause.path.find('\0') != std::string::npos ||
        file > static_cast<std::uint8_t>(Cause::File::script) || with_user > 1) {
        return wrong("an alert's response");
    }
    return cause;
}

Bytes encode(const Errand& errand) {
    base::ByteWriter writer;
    writer.write(errand.number);
    writer.write_bytes(errand.order);
    return writer.take();
}

base::Result<Errand> decode_errand(View bytes) {
    base::ByteReader reader(bytes);
    Errand errand;
    errand.number = reader.read<std::uint64_t>();
    errand.order = reader.read_bytes(reader.remaining());
    if (!reader.finished() || errand.number == 0 || errand.order.empty() ||
        errand.order.size() > most_errand_order) {
        return wrong("an order");
    }
    return errand;
}

Bytes encode(const Verdict& verdict) {
    base::ByteWriter writer;
    writer.write(verdict.number);
    writer.write(static_cast<std::uint8_t>(verdict.end));
    writer.write_string(base::printable(verdict.answer, most_verdict_answer));
    return writer.take();
}

base::Result<Verdict> decode_verdict(View bytes) {
    base::ByteReader reader(bytes);
    Verdict verdict;
    verdict.number = reader.read<std::uint64_t>();
    const auto end = reader.read<std::uint8_t>();
    verdict.answer = reader.read_string(most_verdict_answer);
    if (!reader.finished() || verdict.number == 0 || end < 1 || end > 3 || verdict.answer.empty() ||
        !base::is_printable(verdict.answer)) {
        return wrong("an order's end");
    }
    verdict.end = static_cast<Verdict::End>(end);
    return verdict;
}

Bytes encode(const Wish& wish) {
    base::ByteWriter writer;
    writer.write(static_cast<std::uint8_t>(wish.kind));
    writer.write(wish.process);
    return writer.take();
}

base::Result<Wish> decode_wish(View bytes) {
    base::ByteReader reader(bytes);
    const auto kind = reader.read<std::uint8_t>();
    const auto process = reader.read<std::uint32_t>();
    if (!reader.finished() || kind > static_cast<std::uint8_t>(Wish::Kind::tree)) {
        return wrong("a wish");
    }
    return Wish{static_cast<Wish::Kind>(kind), process};
}

}  // namespace shoji::letters
