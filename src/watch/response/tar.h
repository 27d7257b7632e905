// The few forms of tar (POSIX.1-2017, pax: ustar and 'x' headers) that an archive of evidence has.
// Pure: bytes in, bytes out.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::response {

// What stands before a member's bytes, which end_of_member() follows. Precondition: 1 to 4096 bytes
// of name.
std::vector<std::uint8_t> tar_header(std::string_view name, std::uint64_t size, std::int64_t time);
// Zeros up to the next 512 bytes.
std::vector<std::uint8_t> tar_padding(std::uint64_t size);
// Two blocks of zeros.
std::vector<std::uint8_t> tar_end();

// Reads what those wrote, in pieces of any size. Anything else is an error: `corrupt`.
class TarReader {
  public:
    struct Taker {
        std::function<base::Result<void>(const std::string& name, std::uint64_t size)> begin;
        std::function<base::Result<void>(std::span<const std::uint8_t> bytes)> bytes;
        std::function<base::Result<void>()> end;
    };
    explicit TarReader(Taker taker) : taker_(std::move(taker)) {}

    base::Result<void> read(std::span<const std::uint8_t> bytes);
    // The end was there, and nothing is missing.
    [[nodiscard]] bool finished() const { return ends_ >= 2 && block_.empty(); }

  private:
    base::Result<void> take_block();
    base::Result<void> take_header();
    base::Result<void> take_long_name();
    base::Result<void> begin_member(const std::string& name, std::uint64_t size);

    Taker taker_;
    std::vector<std::uint8_t> block_;  // less than 512 bytes of a header
    std::string long_name_;            // of the member that comes next
    std::string extension_;            // a pax header as far as it was read
    bool in_extension_ = false;
    std::uint64_t left_ = 0;     // bytes of the member
    std::uint64_t padding_ = 0;  // zeros behind them
    int ends_ = 0;
};

}  // namespace shoji::response
