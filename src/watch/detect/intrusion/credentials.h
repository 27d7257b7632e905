// Who reads where credentials lie, and neither owns them nor is used to it in this city.
#pragma once

#include "watch/detect/intrusion/look.h"

namespace shoji::intrusion {

class Credentials {
  public:
    explicit Credentials(const Settings& settings);

    // A file_read, file_write or file_rename.
    void observe(const Look& look);

    [[nodiscard]] std::uint64_t displaced() const { return usual_.displaced(); }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(usual_);
    }

  private:
    void credential(const Look& look, const std::string& path);
    bool canary(const Look& look, const std::string& path);

    std::vector<incident::PathGlob> canaries_;
    Usual usual_;
};

}  // namespace shoji::intrusion
