// Names and paths as the detector takes them.
#pragma once

#include "watch/detect/exfiltration/settings.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace shoji::exfiltration {

// True for an address of a private, link-local or loopback network (RFC 1918, 3927, 4193, 4291),
// IPv4 or IPv6 as text.
bool is_private_address(std::string_view text);
bool is_address(std::string_view text);

// True when `name` is one of `suffixes` or a name under it; all in lower case.
bool is_under(std::string_view name, const std::vector<std::string>& suffixes);

// True when `path` begins with one of `beginnings`, without regard to ASCII case and to which
// slash.
bool begins_with(std::string_view path, const std::vector<std::string>& beginnings);

// What holds files of its own, by the name's ending: zip, 7z, gpg …
bool is_archive_name(std::string_view path);
// What is packed by its nature, whatever its entropy: docx, pdf, jpg …
bool is_packed_name(std::string_view path);
// A program that packs or encrypts files, by its path.
bool is_archiver(std::string_view process);

// The registered domain of a name in lower case, by the Public Suffix List that libpsl has built
// in; the name itself when it is an address or a suffix. A view into `name`. Answers are
// remembered.
class RegisteredDomain {
  public:
    std::string_view of(std::string_view name, std::uint64_t hash);

  private:
    struct Answer {
        std::uint64_t hash = 0;
        std::uint16_t length = 0;  // of the registered domain; 0: the place is free
    };
    std::array<Answer, 4096> answers_{};
};

}  // namespace shoji::exfiltration
