#include "watch/sensor/dns_message.h"

#include <algorithm>

#include <fmt/format.h>

namespace shoji::sensor {
namespace {

constexpr std::size_t head_bytes = 12;
constexpr std::size_t most_name = 255;  // bytes as they are sent (RFC 1035, 2.3.4)
constexpr std::uint16_t cname = 5;
constexpr std::uint16_t ns = 2;
constexpr std::uint16_t ptr = 12;

base::Failure broken(std::string_view what) {
    return base::Failure({base::ErrorKind::corrupt, fmt::format("DNS message: {}", what)});
}

class Reader {
  public:
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

    [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
    // Only when so many are left.
    std::uint16_t number() {
        const auto value = static_cast<std::uint16_t>(bytes_[at_] << 8 | bytes_[at_ + 1]);
        at_ += 2;
        return value;
    }
    std::span<const std::uint8_t> take(std::size_t count) {
        const auto taken = bytes_.subspan(at_, count);
        at_ += count;
        return taken;
    }
    [[nodiscard]] std::size_t at() const { return at_; }
    // False when it is cut or none. `text` may be null: it is passed over.
    bool name(std::string* text) { return name_at(at_, text); }

  private:
    static void add_label(std::span<const std::uint8_t> label, std::string& text) {
        if (!text.empty()) text += '.';
        for (const auto byte : label) {
            if (byte == '.' || byte == '\\') {
                text += '\\';
                text += static_cast<char>(byte);
            } else if (byte < 0x21 || byte > 0x7e) {
                fmt::format_to(std::back_inserter(text), "\\{:03}", byte);
            } else {
                text += static_cast<char>(byte);
            }
        }
    }

    // Leaves `at` behind the name as it stands there, wherever its pointers lead.
    bool name_at(std::size_t& at, std::string* text) {
        std::size_t here = at;
        std::size_t lowest = at;  // pointers lead below the part that they stand in
        std::size_t length = 1;
        bool jumped = false;
        while (here < bytes_.size()) {
            const std::uint8_t size = bytes_[here];
            if (size == 0) {
                if (!jumped) at = here + 1;
                return true;
            }
            if ((size & 0xc0) == 0xc0) {
                if (bytes_.size() - here < 2) return false;
                const std::size_t target = (size & 0x3fU) << 8 | bytes_[here + 1];
                if (target >= lowest) return false;
                if (!jumped) at = here + 2;
                jumped = true;
                lowest = target;
                here = target;
                continue;
            }
            if ((size & 0xc0) != 0 || bytes_.size() - here - 1 < size) return false;
            length += size + std::size_t{1};
            if (length > most_name) return false;
            if (text != nullptr) add_label(bytes_.subspan(here + 1, size), *text);
            here += size + std::size_t{1};
        }
        return false;
    }

    std::span<const std::uint8_t> bytes_;
    std::size_t at_ = 0;
};

// False when the message ends within it.
bool read_answer(Reader& reader, DnsMessage& message) {
    if (!reader.name(nullptr) || reader.left() < 10) return false;
    DnsAnswer answer;
    answer.type = reader.number();
    reader.take(6);  // class and time to live
    const std::size_t size = reader.number();
    if (reader.left() < size) return false;
    Reader inside = reader;  // names of it may point to all that is before
    const auto data = reader.take(size);
    constexpr std::size_t four = 4;
    if (answer.type == dns_a && size == four) {
        answer.address[10] = answer.address[11] = 0xff;
        std::ranges::copy(data, answer.address.begin() + 12);
    } else if (answer.type == dns_aaaa && size == answer.address.size()) {
        std::ranges::copy(data, answer.address.begin());
    } else if (answer.type == cname || answer.type == ns || answer.type == ptr) {
        if (!inside.name(&answer.name) || inside.at() != reader.at()) return false;
    } else {
        return true;
    }
    if (message.answers.size() < DnsMessage::most_answers) message.answers.push_back(answer);
    return true;
}

}  // namespace

base::Result<DnsMessage> parse_dns(std::span<const std::uint8_t> bytes, bool whole) {
    if (bytes.size() < head_bytes) return broken("it has no whole head");
    Reader reader(bytes);
    DnsMessage message;
    message.id = reader.number();
    const std::uint16_t flags = reader.number();
    const std::uint16_t questions = reader.number();
    const std::uint16_t answers = reader.number();
    reader.take(4);  // authorities and additions: not looked at
    message.is_answer = (flags & 0x8000U) != 0;
    message.is_cut = (flags & 0x0200U) != 0 || !whole;
    message.status = flags & 15U;
    if (questions != 1) return broken("it has not one question");
    if (!reader.name(&message.name) || reader.left() < 4) return broken("its question is none");
    message.type = reader.number();
    reader.number();
    for (unsigned i = 0; message.is_answer && i < answers; ++i) {
        if (read_answer(reader, message)) continue;
        if (message.is_cut) break;
        return broken("an answer is none");
    }
    return message;
}

std::string_view dns_type_name(std::uint16_t type) {
    struct Name {
        std::uint16_t type;
        std::string_view name;
    };
    // IANA, "Resource Record (RR) TYPEs".
    static constexpr std::array<Name, 20> names{
        {{1, "A"},     {2, "NS"},     {5, "CNAME"},  {6, "SOA"},     {10, "NULL"},
         {12, "PTR"},  {13, "HINFO"}, {15, "MX"},    {16, "TXT"},    {28, "AAAA"},
         {33, "SRV"},  {35, "NAPTR"}, {43, "DS"},    {48, "DNSKEY"}, {52, "TLSA"},
         {64, "SVCB"}, {65, "HTTPS"}, {251, "IXFR"}, {252, "AXFR"},  {255, "ANY"}}};
    const auto* found = std::ranges::find(names, type, &Name::type);
    return found == names.end() ? std::string_view() : found->name;
}

}  // namespace shoji::sensor
