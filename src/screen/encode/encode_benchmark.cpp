// What encoding costs: one thread, made-up pages of 1280 by 800 pixels. `bytes` is an update's
// size.
#include "screen/encode/encode.h"
#include "screen/encode/sample_pictures.h"

#include <benchmark/benchmark.h>

namespace shoji::encode {
namespace {

constexpr int width = 1280;
constexpr int height = 800;

std::vector<samples::Picture> scrolled(const samples::Picture& page, int step, std::size_t count) {
    std::vector<samples::Picture> shown;
    for (int top = 0; top + height <= page.height && shown.size() < count; top += step) {
        shown.push_back(samples::window(page, 0, top, width, height));
    }
    return shown;
}

samples::Picture text_page() {
    auto random = samples::seeded(1);
    const samples::Font font(random);
    return samples::article(random, font, width, 12 * height);
}

samples::Picture photo_page() {
    auto random = samples::seeded(2);
    samples::Picture page(width, 3000);
    for (int top = 10; top < page.height; top += 420) {
        samples::draw_photo(random, page, {40, top, 590, 400});
        samples::draw_photo(random, page, {650, top, 590, 400});
    }
    return page;
}

// Shows the pictures in turn, forwards and backwards.
void show(benchmark::State& state, const std::vector<samples::Picture>& pictures,
          const Rectangle& damage) {
    Encoder encoder;
    std::size_t bytes = 0;
    std::size_t next = 0;
    (void)encoder.encode(pictures.back().image(), {});
    for (auto _ : state) {
        const std::size_t turn = next++ % (2 * pictures.size());
        const auto& picture =
            pictures[turn < pictures.size() ? turn : 2 * pictures.size() - 1 - turn];
        for (const auto& message : encoder.encode(picture.image(), {&damage, 1})) {
            bytes += message.size();
        }
    }
    state.counters["bytes"] =
        benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kAvgIterations);
}

void first_frame_of_text(benchmark::State& state) {
    const auto picture = samples::window(text_page(), 0, 0, width, height);
    std::size_t bytes = 0;
    for (auto _ : state) {
        Encoder encoder;
        for (const auto& message : encoder.encode(picture.image(), {})) bytes += message.size();
    }
    state.counters["bytes"] =
        benchmark::Counter(static_cast<double>(bytes), benchmark::Counter::kAvgIterations);
}
BENCHMARK(first_frame_of_text)->Unit(benchmark::kMillisecond);

void another_page_of_text(benchmark::State& state) {
    show(state, scrolled(text_page(), height, 12), {0, 0, width, height});
}
BENCHMARK(another_page_of_text)->Unit(benchmark::kMillisecond);

void scroll_text(benchmark::State& state) {
    show(state, scrolled(text_page(), 120, 40), {0, 0, width, height});
}
BENCHMARK(scroll_text)->Unit(benchmark::kMillisecond);

void scroll_text_smoothly(benchmark::State& state) {
    show(state, scrolled(text_page(), 17, 40), {0, 0, width, height});
}
BENCHMARK(scroll_text_smoothly)->Unit(benchmark::kMillisecond);

void scroll_photos(benchmark::State& state) {
    show(state, scrolled(photo_page(), 120, 18), {0, 0, width, height});
}
BENCHMARK(scroll_photos)->Unit(benchmark::kMillisecond);

void keystroke(benchmark::State& state) {
    auto random = samples::seeded(3);
    const samples::Font font(random);
    std::vector<samples::Picture> pictures{samples::window(text_page(), 0, 0, width, height)};
    pictures.back().fill({200, 300, 800, 30}, 0xffffff);
    for (int i = 0; i < 40; ++i) {
        pictures.push_back(pictures.back());
        font.draw(pictures.back(), 7 * i, 210 + 14 * i, 306, 0x222222);
    }
    show(state, pictures, {200, 300, 610, 30});  // 18,300 pixels, as Chromium's mean
}
BENCHMARK(keystroke)->Unit(benchmark::kMicrosecond);

void damage_without_change(benchmark::State& state) {
    const std::vector pictures{samples::window(text_page(), 0, 0, width, height)};
    show(state, pictures, {0, 0, width, height});
}
BENCHMARK(damage_without_change)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace shoji::encode

BENCHMARK_MAIN();
