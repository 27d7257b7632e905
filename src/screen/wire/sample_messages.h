// Random valid messages for this room's property tests.
#pragma once

#include "screen/wire/wire.h"

#include <random>
#include <utility>

namespace shoji::wire::samples {

using Random = std::mt19937;

// The same numbers in every run, so that a failure can be repeated.
inline Random seeded(std::uint32_t number) {
    return Random(number);
}

template <class T>
T between(Random& random, T least, T most) {
    std::uniform_int_distribution<long long> distribution(static_cast<long long>(least),
                                                          static_cast<long long>(most));
    return static_cast<T>(distribution(random));
}

// Text of up to `characters` characters, and the byte positions between them.
inline std::pair<std::string, std::vector<std::int32_t>> text(Random& random, int characters) {
    static constexpr const char* alphabet[] = {"a",  "Z",  "~",  "é",  "\u00a0",     "あ",
                                               "日", "本", "語", "゛", "\U0001F600", "\U00020BB7"};
    std::string text;
    std::vector<std::int32_t> borders{0};
    for (int i = between(random, 0, characters); i > 0; --i) {
        text += alphabet[between<std::size_t>(random, 0, std::size(alphabet) - 1)];
        borders.push_back(static_cast<std::int32_t>(text.size()));
    }
    return {text, borders};
}

inline Preedit preedit(Random& random) {
    auto [string, borders] = text(random, 40);
    Preedit preedit{-1, -1, string};
    if (between(random, 0, 3) > 0) {
        const auto last = borders.size() - 1;
        const auto begin = between<std::size_t>(random, 0, last);
        preedit.begin = borders[begin];
        preedit.end = borders[between(random, begin, last)];
    }
    return preedit;
}

inline FromViewer from_viewer(Random& random) {
    const auto side = [&] { return between(random, minimum_side, maximum_side); };
    const auto scale = [&] { return between(random, minimum_scale, maximum_scale); };
    const auto place = [&] { return between<std::uint16_t>(random, 0, maximum_side - 1); };
    const auto notch = [&] { return between<std::int16_t>(random, -maximum_wheel, maximum_wheel); };
    const bool yes = between(random, 0, 1) != 0;
    switch (between(random, 0, 12)) {
        case 0:
            return Hello{protocol_version, side(), side(), scale(),
                         static_cast<std::uint8_t>(yes ? 1 : 0)};
        case 1:
            return Resize{side(), side(), scale()};
        case 2:
            return Ack{between<std::uint32_t>(random, 1, UINT32_MAX)};
        case 3:
            return Pointer{place(), place()};
        case 4:
            return Button{between<std::uint8_t>(random, 0, 4), yes};
        case 5:
            return Wheel{notch(), notch()};
        case 6:
            return Key{between<std::uint16_t>(random, 1, maximum_key), yes};
        case 7:
            return preedit(random);
        case 8:
            return Commit{text(random, 40).first + (yes ? "\n" : "")};
        case 9:
            return Focus{yes};
        case 10:
            return Command{CommandCode{between<std::uint8_t>(random, 0, 8)}};
        case 11:
            return Ping{between<std::uint32_t>(random, 0, UINT32_MAX)};
        default:
            return End{};
    }
}

inline Rectangle rectangle(Random& random, std::uint16_t width, std::uint16_t height) {
    Rectangle sample;
    sample.kind = RectangleKind{between<std::uint8_t>(random, 0, 3)};
    sample.width = between<std::uint16_t>(random, 1, width);
    sample.height = between<std::uint16_t>(random, 1, height);
    const auto left = static_cast<std::uint16_t>(width - sample.width);
    const auto top = static_cast<std::uint16_t>(height - sample.height);
    sample.x = between<std::uint16_t>(random, 0, left);
    sample.y = between<std::uint16_t>(random, 0, top);
    if (sample.kind == RectangleKind::copy) {
        sample.from_x = between<std::uint16_t>(random, 0, left);
        sample.from_y = between<std::uint16_t>(random, 0, top);
    } else if (sample.kind == RectangleKind::palette) {
        sample.colours = between<std::uint16_t>(random, 1, maximum_colours);
    }
    return sample;
}

// One part, of up to four rectangles, whose body is the bytes of `body` (not a zstd stream).
inline Frame frame(Random& random, std::span<const std::uint8_t> body) {
    Frame frame;
    frame.serial = between<std::uint32_t>(random, 1, UINT32_MAX);
    frame.width = between<std::uint16_t>(random, minimum_side, 800);
    frame.height = between<std::uint16_t>(random, minimum_side, 400);
    frame.first = between(random, 0, 1) != 0;
    frame.last = between(random, 0, 1) != 0;
    frame.fresh = frame.first && between(random, 0, 1) != 0;
    for (int i = between(random, 0, 4); i > 0; --i) {
        frame.rectangles.push_back(rectangle(random, frame.width, frame.height));
        frame.raw += static_cast<std::uint32_t>(raw_bytes(frame.rectangles.back()));
    }
    if (frame.raw > 0) frame.body = body;
    return frame;
}

inline FromSession small_from_session(Random& random) {
    const auto place = [&] { return between<std::uint16_t>(random, 0, maximum_side - 1); };
    const auto byte = [&](std::uint8_t most) { return between<std::uint8_t>(random, 0, most); };
    const bool yes = between(random, 0, 1) != 0;
    switch (between(random, 0, 5)) {
        case 0:
            return Welcome{};
        case 1:
            return Cursor{byte(maximum_cursor)};
        case 2:
            return Caret{place(), place(), place(), place()};
        case 3:
            return TextInput{yes, byte(maximum_purpose)};
        case 4:
            return Windows{byte(255), yes};
        default:
            return Pong{between<std::uint32_t>(random, 0, UINT32_MAX)};
    }
}

inline FromGateway from_gateway(Random& random) {
    switch (between(random, 0, 3)) {
        case 0:
            return Refused{between<std::uint8_t>(random, 0, 9), between<std::uint8_t>(random, 0, 1),
                           between<std::uint16_t>(random, 0, UINT16_MAX),
                           between<std::uint32_t>(random, 0, UINT32_MAX), "www.example-1.jp"};
        case 1: {
            Ticket ticket;
            for (auto& byte : ticket.bytes) byte = between<std::uint8_t>(random, 0, 255);
            return ticket;
        }
        case 2:
            return Ended{between<std::uint8_t>(random, 100, 102)};
        default:
            return Waiting{between<std::uint16_t>(random, 0, UINT16_MAX)};
    }
}

}  // namespace shoji::wire::samples
