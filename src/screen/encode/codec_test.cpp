// The property that this room is for: what the viewer shows is what was encoded, pixel by pixel.
#include "screen/encode/frame_writer.h"
#include "screen/encode/sample_pictures.h"
#include "screen/encode/viewer.h"

#include <gtest/gtest.h>

namespace shoji::encode {
namespace {

using samples::between;

// Sends all of the damage as colours. Slow and plain: what the encoder's cleverness is held
// against.
class NaiveEncoder {
  public:
    std::vector<std::vector<std::uint8_t>> encode(const Image& image,
                                                  std::span<const Rectangle> damage) {
        const bool fresh = image.width != width_ || image.height != height_;
        width_ = image.width;
        height_ = image.height;
        FrameWriter writer({++serial_, width_, height_, fresh}, compressor_, buffer_);
        const std::vector<Rectangle> everything{{0, 0, width_, height_}};
        for (const Rectangle& area : fresh ? std::span(everything) : damage) {
            for (int y = area.y; y < area.y + area.height; ++y) {
                for (int x = area.x; x < area.x + area.width; ++x) {
                    const auto pixel = image.pixels[static_cast<std::size_t>(y * width_ + x)];
                    for (const int shift : {16, 8, 0}) {
                        writer.body().push_back(static_cast<std::uint8_t>(pixel >> shift));
                    }
                }
                writer.add(wire::RectangleKind::colours, {area.x, y, area.width, 1}, 0);
            }
        }
        return writer.finish();
    }

  private:
    int width_ = 0;
    int height_ = 0;
    std::uint32_t serial_ = 0;
    Compressor compressor_;
    std::vector<std::uint8_t> buffer_;
};

// A window that is scrolled, written into, covered and resized at random.
class Scenario {
  public:
    explicit Scenario(std::uint32_t seed)
        : random_(samples::seeded(seed)),
          font_(random_),
          page_(samples::article(random_, font_, 900, 1400)),
          now_(samples::window(page_, 0, 0, 500, 400)) {
        samples::draw_photo(random_, page_, {100, 500, 300, 200});
    }

    // Changes the picture; returns what was damaged, coarsely.
    std::vector<Rectangle> step() {
        const auto before = now_;
        std::vector<Rectangle> damage;
        for (int changes = between(random_, 1, 3); changes > 0; --changes) {
            damage.push_back(change());
        }
        // A resize afterwards makes the whole picture new; before it damage may lie anywhere.
        if (now_.width != before.width || now_.height != before.height) return {};
        for (auto& pixel : now_.pixels) pixel ^= 0x01000000;  // the undefined byte
        return damage;
    }
    [[nodiscard]] Image image() const { return now_.image(); }

  private:
    Rectangle clipped(int x, int y, int width, int height) const {
        return {x, y, std::min(width, now_.width - x), std::min(height, now_.height - y)};
    }
    Rectangle anywhere() {
        return clipped(between(random_, 0, now_.width - 1), between(random_, 0, now_.height - 1),
                       between(random_, 1, 300), between(random_, 1, 200));
    }
    Rectangle scroll() {
        left_ = std::clamp(left_ + (between(random_, 0, 3) == 0 ? between(random_, -99, 99) : 0), 0,
                           page_.width - now_.width);
        top_ = std::clamp(top_ + between(random_, -150, 150), 0, page_.height - now_.height);
        now_ = samples::window(page_, left_, top_, now_.width, now_.height);
        if (between(random_, 0, 1) == 0) now_.fill({0, 0, now_.width, 40}, 0x336699);
        return now_.all();
    }
    Rectangle write() {
        const Rectangle area = clipped(between(random_, 0, now_.width - 1),
                                       between(random_, 0, now_.height - 1), 14, 16);
        font_.draw(now_, between(random_, 0, 399), area.x, area.y, 0x222222);
        return area;
    }
    Rectangle resize() {
        left_ = top_ = 0;
        now_ = samples::window(page_, 0, 0, between(random_, 64, 700), between(random_, 64, 600));
        return now_.all();
    }
    Rectangle change() {
        const int kind = between(random_, 0, 19);
        if (kind < 8) return scroll();
        if (kind < 14) return write();
        if (kind == 14) return resize();
        const Rectangle area = anywhere();
        if (kind < 17) {
            now_.fill(area, static_cast<std::uint32_t>(between(random_, 0, 0xffffff)));
        } else if (kind < 19) {
            samples::draw_photo(random_, now_, area);
        }
        return area;  // of the last kind nothing changed
    }

    samples::Random random_;
    samples::Font font_;
    samples::Picture page_;
    samples::Picture now_;
    int left_ = 0;
    int top_ = 0;
};

class Codec : public testing::TestWithParam<std::uint32_t> {};

TEST_P(Codec, TheViewerShowsWhatWasEncoded) {
    Scenario scenario(GetParam());
    Encoder encoder;
    NaiveEncoder naive;
    samples::Viewer viewer;
    samples::Viewer naive_viewer;
    std::size_t bytes = 0;
    std::size_t naive_bytes = 0;
    for (int i = 0; i < 40; ++i) {
        const auto damage = i == 0 ? std::vector<Rectangle>{} : scenario.step();
        const auto messages = encoder.encode(scenario.image(), damage);
        const auto naive_messages = naive.encode(scenario.image(), damage);
        for (const auto& message : messages) bytes += message.size();
        for (const auto& message : naive_messages) naive_bytes += message.size();
        ASSERT_EQ(viewer.receive(messages), "");
        ASSERT_EQ(naive_viewer.receive(naive_messages), "");
        ASSERT_TRUE(viewer.shows(scenario.image())) << "step " << i;
        ASSERT_TRUE(naive_viewer.shows(scenario.image())) << "step " << i;
        ASSERT_EQ(viewer.serial(), encoder.serial());
    }
    EXPECT_LT(bytes, naive_bytes);
}

INSTANTIATE_TEST_SUITE_P(Seeds, Codec, testing::Range(1U, 9U));

TEST(Encoder, SendsNothingWhenNothingChanged) {
    const samples::Picture picture(100, 100, 0x123456);
    const std::vector<Rectangle> everything{picture.all()};
    Encoder encoder;
    EXPECT_EQ(encoder.serial(), 0U);
    EXPECT_EQ(encoder.encode(picture.image(), {}).size(), 1U);
    EXPECT_EQ(encoder.serial(), 1U);
    EXPECT_TRUE(encoder.encode(picture.image(), everything).empty());
    EXPECT_EQ(encoder.serial(), 1U);
}

TEST(Encoder, AnotherSizeIsSentWhole) {
    samples::Viewer viewer;
    Encoder encoder;
    for (const int side : {64, 200, 64, 7680}) {
        const samples::Picture picture(side, 64, 0x00ff00);
        ASSERT_EQ(viewer.receive(encoder.encode(picture.image(), {})), "");
        ASSERT_TRUE(viewer.shows(picture.image()));
    }
}

TEST(Encoder, ALargePhotoIsSentInParts) {
    auto random = samples::seeded(5);
    samples::Picture picture(1600, 1200);
    samples::draw_photo(random, picture, picture.all());
    for (auto& pixel : picture.pixels) pixel ^= static_cast<std::uint32_t>(random()) & 0x7f7f7f;
    samples::Viewer viewer;
    Encoder encoder;
    const auto messages = encoder.encode(picture.image(), {});
    EXPECT_GT(messages.size(), 2U);
    ASSERT_EQ(viewer.receive(messages), "");
    EXPECT_TRUE(viewer.shows(picture.image()));
}

TEST(Encoder, AKeystrokeCostsFewBytes) {
    auto random = samples::seeded(6);
    const samples::Font font(random);
    auto picture = samples::article(random, font, 1280, 800);
    samples::Viewer viewer;
    Encoder encoder;
    ASSERT_EQ(viewer.receive(encoder.encode(picture.image(), {})), "");
    std::size_t bytes = 0;
    for (int i = 0; i < 20; ++i) {
        font.draw(picture, 3 * i, 100 + 14 * i, 700, 0x222222);
        const std::vector<Rectangle> damage{{80, 640, 500, 100}};
        const auto messages = encoder.encode(picture.image(), damage);
        for (const auto& message : messages) bytes += message.size();
        ASSERT_EQ(viewer.receive(messages), "");
    }
    EXPECT_LT(bytes / 20, 300U);
    EXPECT_TRUE(viewer.shows(picture.image()));
}

TEST(Encoder, AScrolledPageCostsAboutWhatCameIntoView) {
    auto random = samples::seeded(7);
    const samples::Font font(random);
    const auto page = samples::article(random, font, 1280, 2000);
    samples::Viewer viewer;
    Encoder encoder;
    std::vector<std::size_t> sizes;
    for (int top = 0; top <= 600; top += 100) {
        const auto shown = samples::window(page, 0, top, 1280, 800);
        const std::vector<Rectangle> damage{shown.all()};
        std::size_t bytes = 0;
        const auto messages = encoder.encode(shown.image(), damage);
        for (const auto& message : messages) bytes += message.size();
        sizes.push_back(bytes);
        ASSERT_EQ(viewer.receive(messages), "");
        ASSERT_TRUE(viewer.shows(shown.image()));
    }
    for (std::size_t i = 1; i < sizes.size(); ++i) EXPECT_LT(sizes[i], sizes[0] / 4);
}

}  // namespace
}  // namespace shoji::encode
