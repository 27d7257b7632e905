#include "screen/gateway/qr.h"

#include <cerrno>
#include <memory>

#include <qrencode.h>

namespace shoji::gateway {

base::Result<std::vector<std::string>> qr_rows(std::string_view text) {
    const std::unique_ptr<QRcode, decltype(&QRcode_free)> code(
        QRcode_encodeData(static_cast<int>(text.size()),
                          reinterpret_cast<const unsigned char*>(text.data()), 0, QR_ECLEVEL_M),
        QRcode_free);
    if (!code) return base::fail_errno(errno, "drawing a QR code");
    std::vector<std::string> rows;
    const auto width = static_cast<std::size_t>(code->width);
    for (std::size_t y = 0; y < width; ++y) {
        std::string row;
        for (std::size_t x = 0; x < width; ++x) {
            row += (code->data[y * width + x] & 1U) != 0 ? '1' : '0';
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

}  // namespace shoji::gateway
