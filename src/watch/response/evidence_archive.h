// Writing the archive, member after member.
#pragma once

#include "core/base/file_descriptor.h"
#include "watch/response/evidence.h"

#include <memory>

#include <sodium.h>
#include <zstd.h>

namespace shoji::response {

std::string to_manifest(const EvidenceRequest& request, const std::vector<EvidenceMember>& members);

class EvidenceArchive {
  public:
    static base::Result<EvidenceArchive> create(const std::filesystem::path& path,
                                                std::int64_t time);

    base::Result<void> add(const std::string& name, std::string_view content);
    // `size` bytes of the file from `from` on; zeros where it has become shorter, which gives
    // false.
    base::Result<bool> add_file(const std::string& name, int file, std::uint64_t from,
                                std::uint64_t size);
    base::Result<void> finish(const EvidenceRequest& request, const journal::SigningKey& key);
    [[nodiscard]] const std::vector<EvidenceMember>& members() const { return members_; }

  private:
    using Stream = std::unique_ptr<ZSTD_CCtx, size_t (*)(ZSTD_CCtx*)>;
    EvidenceArchive(base::FileDescriptor file, std::int64_t time);
    base::Result<void> write(std::span<const std::uint8_t> bytes, bool last = false);

    base::FileDescriptor file_;
    std::int64_t time_;
    Stream stream_;
    std::vector<std::uint8_t> compressed_;
    std::vector<EvidenceMember> members_;
};

}  // namespace shoji::response
