#include "screen/gateway/bodies.h"

#include "screen/gateway/json_reader.h"

#include <algorithm>

namespace shoji::gateway {
namespace {

constexpr std::size_t longest_name = 64;
constexpr std::size_t longest_secret = 1024;  // of a password: what is too long is told later
constexpr std::size_t longest_code = 16;
constexpr std::size_t longest_word = 8;

// Reads an object with `read`, which takes an ObjectReader.
template <class Body, class Read>
base::Result<Body> body_of(std::string_view text, Read read) {
    const auto object = parse_object(text, maximum_body);
    if (!object) return base::Failure(object.error());
    ObjectReader reader(*object);
    Body body = read(reader);
    if (auto finished = reader.finish(); !finished) return base::Failure(finished.error());
    return body;
}

}  // namespace

base::Result<SignInBody> sign_in_body(std::string_view body) {
    return body_of<SignInBody>(body, [](ObjectReader& reader) {
        return SignInBody{reader.text("user", longest_secret),
                          reader.text("password", longest_secret),
                          reader.optional_text("code", longest_code)};
    });
}

base::Result<EnrolBody> enrol_body(std::string_view body) {
    return body_of<EnrolBody>(body, [](ObjectReader& reader) {
        return EnrolBody{reader.text("password", longest_secret),
                         reader.text("code", longest_code)};
    });
}

base::Result<ScreenBody> screen_body(std::string_view body) {
    std::string locale;
    std::string layout;
    auto screen = body_of<ScreenBody>(body, [&](ObjectReader& reader) {
        ScreenBody read;
        const auto side = [&](std::string_view key) {
            return static_cast<std::uint16_t>(
                reader.number(key, control::minimum_side, control::maximum_side));
        };
        read.destination = reader.text("destination", longest_name);
        read.geometry.width = side("width");
        read.geometry.height = side("height");
        read.geometry.scale = static_cast<std::uint16_t>(reader.number("scale", 60, 480));
        locale = reader.text("locale", longest_word);
        layout = reader.text("layout", longest_word);
        return read;
    });
    if (!screen) return screen;
    const bool known = (locale == "ja" || locale == "en") && (layout == "jp" || layout == "us");
    if (!known) {
        return base::fail(base::ErrorKind::invalid,
                          "'locale' must be ja or en, 'layout' must be jp or us");
    }
    screen->locale = locale == "ja" ? control::Locale::ja : control::Locale::en;
    screen->layout = layout == "jp" ? control::Layout::jp : control::Layout::us;
    return screen;
}

base::Result<void> empty_body(std::string_view body) {
    const auto object = parse_object(body, maximum_body);
    if (!object) return base::Failure(object.error());
    return ObjectReader(*object).finish();
}

std::optional<std::string_view> ticket_of_query(std::string_view query) {
    constexpr std::string_view name = "ticket=";
    if (!query.starts_with(name)) return {};
    query.remove_prefix(name.size());
    if (query.find_first_of("&;=") != std::string_view::npos) return {};
    return query;
}

bool is_user_name(std::string_view name) {
    const auto alphanumeric = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    };
    return !name.empty() && name.size() <= longest_name && alphanumeric(name.front()) &&
           std::ranges::all_of(
               name, [&](char c) { return alphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace shoji::gateway
