// Certificates of authorities that sessions trust for destinations, besides Chromium's own store.
#pragma once

#include "core/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace shoji::host {

inline constexpr std::size_t maximum_authorities_file = 1 << 20;  // bytes

// The certificates in a PEM text (RFC 7468), each as the base64 of its DER without line breaks;
// what stands around them is ignored. `invalid` when there is none, or one is cut short or no
// base64.
base::Result<std::vector<std::string>> certificates_in(std::string_view pem);

// Those of all the files, in order. An error names the file.
base::Result<std::vector<std::string>> read_authorities(const std::vector<std::string>& files);

}  // namespace shoji::host
