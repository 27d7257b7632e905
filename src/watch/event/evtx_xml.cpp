#include "watch/event/evtx_xml.h"

#include "core/base/bytes.h"
#include "watch/event/utf16.h"

#include <optional>
#include <vector>

namespace shoji::event {
namespace {

using base::ErrorKind;
using base::Result;

enum Token : std::uint8_t {
    end_of_fragment = 0x00,
    open_element = 0x01,
    close_start = 0x02,
    close_empty = 0x03,
    end_element = 0x04,
    value_text = 0x05,
    attribute = 0x06,
    character_data = 0x07,
    character_reference = 0x08,
    entity_reference = 0x09,
    instruction_target = 0x0a,
    instruction_data = 0x0b,
    template_instance = 0x0c,
    substitution = 0x0d,
    optional_substitution = 0x0e,
    fragment_header = 0x0f,
    more = 0x40,  // added to the others: more of the kind follow
};

std::string_view entity(std::string_view name) {
    if (name == "amp") return "&";
    if (name == "lt") return "<";
    if (name == "gt") return ">";
    if (name == "quot") return "\"";
    if (name == "apos") return "'";
    return {};
}

}  // namespace

// One walk, over one record. Positions are offsets in the chunk.
class BinaryXml::Walk {
  public:
    Walk(BinaryXml& xml, XmlVisitor& visitor) : xml_(xml), visitor_(visitor) {}

    // `bare`: elements that stand in a value without a template have no dependency number.
    Result<void> fragment(std::size_t begin, std::size_t size, Values values, std::size_t depth,
                          bool bare) {
        if (depth > most_depth) return base::because(ErrorKind::corrupt, "nested too deep");
        const std::size_t end = begin + size;
        std::size_t at = begin;
        std::size_t open = 0;  // elements
        while (at < end) {
            if (++tokens_ > most_tokens) return base::because(ErrorKind::corrupt, "too many parts");
            const auto token = static_cast<std::uint8_t>(xml_.chunk_[at] & ~more);
            if (token == end_of_fragment) break;
            if (token == end_element || token == close_empty) {
                if (open == 0)
                    return base::because(ErrorKind::corrupt, "an element ends that never began");
                --open;
                visitor_.end_element();
                ++at;
                continue;
            }
            if (token == open_element && ++open + depth > most_depth) {
                return base::because(ErrorKind::corrupt, "nested too deep");
            }
            auto next = one(token, at, end, values, depth, bare);
            if (!next) return base::Failure(next.error());
            at = *next;
        }
        if (open != 0) return base::because(ErrorKind::corrupt, "an element never ends");
        return {};
    }

  private:
    // A reader of what follows the token at `at`, up to `end`.
    [[nodiscard]] base::ByteReader after(std::size_t at, std::size_t end) const {
        return base::ByteReader(xml_.chunk_.subspan(at + 1, end - at - 1));
    }
    static base::Failure cut() {
        return base::because(ErrorKind::corrupt, "the record is cut short");
    }

    // Handles the token at `at` and returns where the next one is.
    Result<std::size_t> one(std::uint8_t token, std::size_t at, std::size_t end, Values values,
                            std::size_t depth, bool bare) {
        switch (token) {
            case fragment_header:
                return at + 4 <= end ? Result<std::size_t>(at + 4) : cut();
            case open_element:
                return element(at, end, values, depth, bare);
            case close_start:
                return at + 1;
            case value_text:
            case character_data:
            case character_reference:
            case entity_reference:
            case substitution:
            case optional_substitution:
                return text(token, at, end, values, depth, nullptr);
            case template_instance:
                return instance(at, end, depth);
            case instruction_target:
                return at + 5 <= end ? Result<std::size_t>(at + 5) : cut();
            case instruction_data: {
                auto reader = after(at, end);
                reader.read_bytes(std::size_t{2} * reader.read<std::uint16_t>());
                return reader.ok() ? Result<std::size_t>(end - reader.remaining()) : cut();
            }
            default:
                return base::because(ErrorKind::corrupt, "an unknown part 0x{}",
                                     fmt::format("{:02x}", token));
        }
    }

    // The name at `offset` of the chunk; `at` moves behind it when it stands there itself.
    Result<std::string_view> name(std::uint32_t offset, std::size_t& at) {
        constexpr std::size_t head = 8;
        if (offset > xml_.chunk_.size()) return cut();
        base::ByteReader reader(xml_.chunk_.subspan(offset));
        reader.read<std::uint32_t>();
        reader.read<std::uint16_t>();
        const std::size_t bytes = std::size_t{2} * reader.read<std::uint16_t>();
        const auto units = reader.read_bytes(bytes);
        reader.read<std::uint16_t>();
        if (!reader.ok()) return cut();
        if (offset == at) at += head + bytes + 2;
        auto [entry, fresh] = xml_.names_.try_emplace(offset);
        if (fresh) append_utf16(units, entry->second);
        return entry->second;
    }

    Result<std::size_t> element(std::size_t at, std::size_t end, Values values, std::size_t depth,
                                bool bare) {
        const bool has_attributes = (xml_.chunk_[at] & more) != 0;
        auto reader = after(at, end);
        if (!bare) reader.read<std::uint16_t>();
        reader.read<std::uint32_t>();  // its size, which the tokens tell as well
        const auto offset = reader.read<std::uint32_t>();
        if (!reader.ok()) return cut();
        std::size_t next = end - reader.remaining();
        const auto called = name(offset, next);
        if (!called) return base::Failure(called.error());
        visitor_.start_element(*called);
        if (!has_attributes) return next;
        constexpr std::size_t list_size = 4;
        next += list_size;
        while (next < end && (xml_.chunk_[next] & ~more) == attribute) {
            if (++tokens_ > most_tokens) return base::because(ErrorKind::corrupt, "too many parts");
            auto behind = one_attribute(next, end, values, depth);
            if (!behind) return behind;
            next = *behind;
        }
        return next <= end ? Result<std::size_t>(next) : cut();
    }

    Result<std::size_t> one_attribute(std::size_t at, std::size_t end, Values values,
                                      std::size_t depth) {
        auto reader = after(at, end);
        const auto offset = reader.read<std::uint32_t>();
        if (!reader.ok()) return cut();
        std::size_t next = end - reader.remaining();
        const auto called = name(offset, next);
        if (!called) return base::Failure(called.error());
        const std::string own(*called);
        std::string value;
        bool missing = false;
        while (next < end) {
            const auto token = static_cast<std::uint8_t>(xml_.chunk_[next] & ~more);
            const bool is_text =
                (token >= value_text && token <= entity_reference && token != attribute) ||
                token == substitution || token == optional_substitution;
            if (!is_text) break;
            if (++tokens_ > most_tokens) return base::because(ErrorKind::corrupt, "too many parts");
            Piece piece{value, missing};
            auto behind = text(token, next, end, values, depth, &piece);
            if (!behind) return behind;
            next = *behind;
        }
        if (!missing || !value.empty()) visitor_.attribute(own, value);
        return next;
    }

    // Where the pieces of an attribute's value go, instead of to the visitor.
    struct Piece {
        std::string& text;
        bool& missing;
    };

    void give(Type type, std::string_view text, Piece* attribute_piece) {
        if (attribute_piece == nullptr) return visitor_.content(type, text);
        attribute_piece->text += text;
        attribute_piece->missing |= type == Type::null;
    }

    Result<std::size_t> text(std::uint8_t token, std::size_t at, std::size_t end, Values values,
                             std::size_t depth, Piece* piece) {
        auto reader = after(at, end);
        scratch_.clear();
        if (token == character_reference) {
            append_utf16(reader.read_bytes(2), scratch_);
        } else if (token == entity_reference) {
            const auto offset = reader.read<std::uint32_t>();
            if (!reader.ok()) return cut();
            std::size_t next = end - reader.remaining();
            const auto called = name(offset, next);
            if (!called) return base::Failure(called.error());
            give(Type::text, entity(*called), piece);
            return next;
        } else if (token == substitution || token == optional_substitution) {
            const auto index = reader.read<std::uint16_t>();
            reader
                .read<std::uint8_t>();  // the type that the template expects; the value has its own
            if (!reader.ok()) return cut();
            if (auto done = substitute(index, values, depth, piece); !done) {
                return base::Failure(done.error());
            }
            return end - reader.remaining();
        } else {
            if (token == value_text) reader.read<std::uint8_t>();  // always a text
            append_utf16(reader.read_bytes(std::size_t{2} * reader.read<std::uint16_t>()),
                         scratch_);
        }
        if (!reader.ok()) return cut();
        give(Type::text, scratch_, piece);
        return end - reader.remaining();
    }

    Result<void> substitute(std::size_t index, Values values, std::size_t depth, Piece* piece) {
        if (index >= values.size()) {
            give(Type::null, {}, piece);
            return {};
        }
        const Value& value = values[index];
        if (value.type == EvtxType::xml && piece == nullptr) {
            const auto offset = static_cast<std::size_t>(value.bytes.data() - xml_.chunk_.data());
            return fragment(offset, value.bytes.size(), {}, depth + 1, true);
        }
        scratch_.clear();
        const Type type = append_value(value.type, value.bytes, scratch_);
        give(type, scratch_, piece);
        return {};
    }

    // Where a template's XML is.
    struct Definition {
        std::size_t at;
        std::size_t size;
    };
    // The template at `offset`; `at` moves behind it when it stands there itself.
    Result<Definition> definition(std::uint32_t offset, std::size_t& at) {
        constexpr std::size_t head = 24;  // the next one's offset, a GUID, the size
        if (offset > xml_.chunk_.size()) return cut();
        base::ByteReader reader(xml_.chunk_.subspan(offset));
        reader.read<std::uint32_t>();
        reader.read_bytes(16);
        const auto size = reader.read<std::uint32_t>();
        if (!reader.ok() || size > reader.remaining()) return cut();
        if (offset == at) at += head + size;
        return Definition{offset + head, size};
    }

    Result<std::size_t> instance(std::size_t at, std::size_t end, std::size_t depth) {
        auto reader = after(at, end);
        reader.read<std::uint8_t>();
        reader.read<std::uint32_t>();  // the template's number, which its offset tells as well
        const auto offset = reader.read<std::uint32_t>();
        if (!reader.ok()) return cut();
        std::size_t next = end - reader.remaining();
        const auto defined = definition(offset, next);
        if (!defined) return base::Failure(defined.error());
        if (next > end) return cut();
        reader = base::ByteReader(xml_.chunk_.subspan(next, end - next));
        const auto count = reader.read<std::uint32_t>();
        constexpr std::size_t descriptor = 4;
        if (!reader.ok() || count > reader.remaining() / descriptor) return cut();
        base::ByteReader descriptors(reader.read_bytes(count * descriptor));
        std::vector<Value> values(count);
        for (auto& value : values) {
            const auto size = descriptors.read<std::uint16_t>();
            value.type = static_cast<EvtxType>(descriptors.read<std::uint8_t>());
            descriptors.read<std::uint8_t>();
            value.bytes = reader.read_bytes(size);
        }
        if (!reader.ok()) return cut();
        const std::size_t behind = end - reader.remaining();
        if (auto done = fragment(defined->at, defined->size, values, depth + 1, false); !done) {
            return base::Failure(done.error());
        }
        return behind;
    }

    BinaryXml& xml_;
    XmlVisitor& visitor_;
    std::size_t tokens_ = 0;
    std::string scratch_;
};

base::Result<void> BinaryXml::walk(std::size_t offset, std::size_t size, XmlVisitor& visitor) {
    if (offset > chunk_.size() || size > chunk_.size() - offset) {
        return base::because(ErrorKind::corrupt, "the record is cut short");
    }
    return Walk(*this, visitor).fragment(offset, size, {}, 0, false);
}

}  // namespace shoji::event
