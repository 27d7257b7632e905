// Certificates for tests, made with OpenSSL.
#pragma once

#include "core/store/types.h"

#include <memory>
#include <string>

#include <openssl/types.h>

namespace shoji::gateway::testing {

struct Certificate {
    std::string certificate;  // PEM
    std::string key;          // PEM
    store::Digest fingerprint{};
};

enum class Purpose { server, client };

class Authority {
  public:
    explicit Authority(const std::string& name);
    // Valid from `from` to `until`, in seconds from now. A server's is for 127.0.0.1 and localhost.
    Certificate issue(const std::string& name, Purpose purpose, long from = -60, long until = 3600);
    [[nodiscard]] const std::string& certificate() const { return pem_; }

  private:
    std::shared_ptr<EVP_PKEY> key_;
    std::shared_ptr<X509> certificate_;
    std::string pem_;
    long serial_ = 1;
};

}  // namespace shoji::gateway::testing
