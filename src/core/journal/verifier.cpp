#include "core/journal/verifier.h"

namespace shoji::journal {

void Verifier::take(std::string_view text) {
    const auto line = parse_line(text);
    if (finding_) {
        // A line that is gone from its place but stands further on was moved.
        if (finding_->trouble == Trouble::missing && line &&
            line->entry.stamp.sequence == finding_->first) {
            finding_->trouble = Trouble::moved;
        }
        return;
    }
    if (!line) return find(Trouble::altered, expected_, expected_);
    const Stamp& stamp = line->entry.stamp;
    if (stamp.sequence > expected_) return find(Trouble::missing, expected_, stamp.sequence - 1);
    if (stamp.sequence < expected_) return find(Trouble::moved, expected_, expected_);
    if (stamp.previous != previous_) {
        // The line before was written anew with a fitting hash, or this one's link was.
        return find(Trouble::altered, expected_ > 1 ? expected_ - 1 : 1, expected_);
    }
    if (std::holds_alternative<Checkpoint>(line->entry.body)) check_checkpoint(*line);
    if (!finding_ && expected_ - tally_.last_signed > maximum_unsigned) {
        find(Trouble::not_signed, tally_.last_signed + 1, expected_);
    }
    if (!finding_ && known_ && known_->entry.stamp.sequence == expected_) check_known(*line);
    if (!finding_) count(*line);
}

void Verifier::check_checkpoint(const ParsedLine& line) {
    if (signature_holds(line, key_)) {
        tally_.last_signed = expected_;
    } else {
        find(Trouble::forged, tally_.last_signed + 1, expected_);
    }
}

void Verifier::check_known(const ParsedLine& line) {
    if (line.digest != known_->digest) find(Trouble::rewritten, 1, expected_);
}

void Verifier::count(const ParsedLine& line) {
    ++expected_;
    previous_ = line.digest;
    ++tally_.lines;
    if (std::holds_alternative<Submitted>(line.entry.body)) ++tally_.records;
    if (std::holds_alternative<Notice>(line.entry.body)) ++tally_.notices;
    if (std::holds_alternative<Checkpoint>(line.entry.body)) ++tally_.checkpoints;
}

void Verifier::finish(std::string_view rest) {
    if (finding_) return;
    if (!rest.empty()) return find(Trouble::incomplete, expected_, expected_);
    if (known_ && known_->entry.stamp.sequence >= expected_) {
        find(Trouble::cut, expected_, known_->entry.stamp.sequence);
    }
}

}  // namespace shoji::journal
