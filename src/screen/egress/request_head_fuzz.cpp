// Whatever is accepted must be read as the same request by the origin that it is rewritten for.
#include "screen/egress/request_head.h"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace shoji::egress;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto whole = text.substr(0, head_size(text));
    static_cast<void>(parse_request_head(whole, Form::origin));
    const auto head = parse_request_head(whole, Form::proxy);
    if (!head || head->tunnel || head->authority.host.empty()) return 0;
    const auto written = write_request_head(*head);
    if (head_size(written) != written.size()) std::abort();
    // Rewriting may make a head at the very limit longer than what is read.
    if (written.size() > maximum_head || head->fields.size() + 3 > maximum_fields) return 0;
    const auto again = parse_request_head(written, Form::origin);
    if (!again || again->method != head->method || again->path != head->path ||
        again->authority != head->authority || again->body != head->body ||
        again->length != head->length || again->fields.size() != head->fields.size()) {
        std::abort();
    }
    return 0;
}
