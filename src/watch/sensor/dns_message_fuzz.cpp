#include "watch/sensor/dns_message.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::sensor;
    for (const bool whole : {true, false}) {
        const auto message = parse_dns({data, size}, whole);
        if (!message) continue;
        // Each byte of a name takes at most four as text, each label a dot more.
        const auto bounded = [](const std::string& name) { return name.size() <= 4 * 255; };
        if (!bounded(message->name) || message->answers.size() > DnsMessage::most_answers) {
            __builtin_trap();
        }
        for (const auto& answer : message->answers) {
            if (!bounded(answer.name)) __builtin_trap();
        }
    }
    return 0;
}
