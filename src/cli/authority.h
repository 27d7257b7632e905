// Using the certificate authority's key, which only an administrator's command can read.
#pragma once

#include "access/certificate.h"
#include "core/base/settings.h"

#include <string>

namespace shoji::cli {

// The authority, once the journal has the record that it is used for `what`.
base::Result<access::Identity> use_authority(const base::Settings& settings,
                                             const std::string& what);

}  // namespace shoji::cli
