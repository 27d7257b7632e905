// Terminals that have a certificate of their own.
#pragma once

#include "core/store/database.h"

#include <string>

namespace shoji::store {

struct Terminal {
    std::string name;
    std::string zone;
    Digest fingerprint{};  // SHA-256 of the certificate in DER
    Seconds expires = 0;   // the certificate's end
    Seconds added = 0;
    Seconds revoked = 0;  // 0: it is not
};

class Terminals {
  public:
    explicit Terminals(Database& database) : database_(database) {}

    // `exists` when the certificate is registered, or a terminal of that name is and was not
    // revoked. A revoked terminal's name can be given again; its certificate cannot.
    base::Result<void> add(const Terminal& terminal);
    base::Result<Terminal> find(const Digest& fingerprint);  // `not_found`
    base::Result<std::vector<Terminal>> list();              // by name
    // Returns the terminal as it is now; revoking twice changes nothing. `not_found`.
    base::Result<Terminal> revoke(const std::string& name, Seconds now);

  private:
    Database& database_;
};

}  // namespace shoji::store
