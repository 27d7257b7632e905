#include "screen/gateway/refusal_page.h"

#include "core/text/text.h"

#include <fmt/format.h>

namespace shoji::gateway {

std::string refusal_page(std::string_view key) {
    using text::Language;
    constexpr std::string_view title = "terminal.refused_title";
    return fmt::format(
        "<!doctype html>\n<html lang=\"ja\"><head><meta charset=\"utf-8\"><title>{0} | {1}</title>"
        "</head><body><main><h1>{0}</h1><p>{2}</p><section lang=\"en\"><h1>{1}</h1><p>{3}</p>"
        "</section></main></body></html>\n",
        text::say(Language::ja, title), text::say(Language::en, title),
        text::say(Language::ja, key), text::say(Language::en, key));
}

}  // namespace shoji::gateway
