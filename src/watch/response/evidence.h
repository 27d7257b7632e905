// What is known of a host and a process now, in one signed archive: tar in zstd. Its last members
// are "manifest", a line "<sha256> <bytes> <name>" for each one before it behind a few lines of who
// and why, and "manifest.sig", the Ed25519 signature of the manifest's bytes. `zstd -d | tar x`,
// sha256sum and shoji read it.
#pragma once

#include "core/base/result.h"
#include "core/journal/digest.h"
#include "core/journal/signing.h"
#include "watch/response/process.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace shoji::response {

struct EvidenceLimits {
    std::uint64_t file_bytes = 256ULL << 20U;  // of each file; what is beyond is left out and noted
    std::uint64_t memory_bytes = 1024ULL << 20U;  // of the process
    std::size_t processes = 65536;
    std::size_t files = 1024;
};

struct EvidenceRequest {
    std::optional<ProcessId> process;  // its maps, open files, sockets …; besides, all processes
    bool memory = false;               // and what it can read of its own memory
    std::vector<std::string> files;
    std::string host;
    std::string reason;
    std::string by;
    std::int64_t time = 0;  // Unix seconds
    EvidenceLimits limits;
};

struct EvidenceMember {
    std::string name;
    std::uint64_t size = 0;  // bytes
    journal::Digest digest{};

    bool operator==(const EvidenceMember&) const = default;
};

struct Evidence {
    std::vector<EvidenceMember> members;
    // What could not be had, or not as a whole, and why: "files/x: Permission denied". In the
    // archive as "omissions".
    std::vector<std::string> omissions;
};

// The names that would be collected, without reading them.
base::Result<Evidence> plan_evidence(const EvidenceRequest& request);

// Writes the archive, mode 0600, on disk when this returns; it must not be there yet, and is not
// after an error.
base::Result<Evidence> collect_evidence(const EvidenceRequest& request,
                                        const std::filesystem::path& archive,
                                        const journal::SigningKey& key);

// Every member is what the manifest says and the manifest is signed. `corrupt` otherwise, with what
// is wrong.
class EvidenceVerifier {
  public:
    explicit EvidenceVerifier(const journal::PublicKey& key);
    EvidenceVerifier(EvidenceVerifier&&) noexcept;
    EvidenceVerifier& operator=(EvidenceVerifier&&) noexcept;
    ~EvidenceVerifier();

    // The archive's bytes, compressed, in pieces of any size.
    base::Result<void> read(std::span<const std::uint8_t> bytes);
    base::Result<Evidence> finish();

  private:
    struct State;
    std::unique_ptr<State> state_;
};
base::Result<Evidence> verify_evidence(const std::filesystem::path& archive,
                                       const journal::PublicKey& key);

}  // namespace shoji::response
