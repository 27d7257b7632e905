#include "core/base/printable.h"
#include "core/base/random.h"
#include "watch/response/evidence.h"
#include "watch/response/tar.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <memory>

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>
#include <zstd.h>

namespace shoji::response {
namespace {

constexpr std::size_t most_kept = 64U << 20U;  // of the manifest and of the list of omissions
constexpr std::size_t most_members = 1U << 20U;
constexpr int most_window =
    23;  // log2 of bytes: what level 3 needs, and no more memory for anybody

base::Failure wrong(std::string_view what) {
    return base::fail(base::ErrorKind::corrupt, "the evidence is not what was collected: {}",
                      base::printable(what, 200));
}

// What the manifest says of members must be what they are, in the same order.
bool lists(std::string_view manifest, const std::vector<EvidenceMember>& members) {
    constexpr int heading = 5;
    for (int i = 0; i < heading; ++i) {
        const auto end = manifest.find('\n');
        if (end == std::string_view::npos) return false;
        if (i == 0 && manifest.substr(0, end) != "shoji-evidence 1") return false;
        manifest.remove_prefix(end + 1);
    }
    std::string text;
    for (const auto& one : members) {
        text = fmt::format("{} {} {}\n", base::to_hex(one.digest), one.size, one.name);
        if (!manifest.starts_with(text)) return false;
        manifest.remove_prefix(text.size());
    }
    return manifest.empty();
}

}  // namespace

struct EvidenceVerifier::State {
    explicit State(const journal::PublicKey& public_key)
        : key(public_key),
          stream(ZSTD_createDCtx(), &ZSTD_freeDCtx),
          plain(ZSTD_DStreamOutSize()),
          reader({[this](const std::string& name, std::uint64_t size) { return begin(name, size); },
                  [this](std::span<const std::uint8_t> bytes) { return take(bytes); },
                  [this] { return end(); }}) {
        ZSTD_DCtx_setParameter(stream.get(), ZSTD_d_windowLogMax, most_window);
    }

    base::Result<void> begin(const std::string& name, std::uint64_t size) {
        if (members.size() >= most_members) return wrong("too many members");
        if (name.find('\n') != std::string::npos) return wrong(name);
        present = {name, size, {}};
        kept.clear();
        keeps = name == "manifest" || name == "manifest.sig" || name == "omissions";
        if (keeps && size > most_kept) return wrong(name);
        crypto_hash_sha256_init(&hash);
        return {};
    }
    base::Result<void> take(std::span<const std::uint8_t> bytes) {
        crypto_hash_sha256_update(&hash, bytes.data(), bytes.size());
        if (keeps) kept.append(bytes.begin(), bytes.end());
        return {};
    }
    base::Result<void> end() {
        crypto_hash_sha256_final(&hash, present.digest.data());
        if (signed_) return wrong("more behind the signature");
        if (present.name == "manifest.sig") {
            journal::Signature signature{};
            if (kept.size() != signature.size() || !has_manifest) return wrong("the signature");
            std::copy(kept.begin(), kept.end(), signature.begin());
            if (!journal::verify_signature(key, manifest, signature))
                return wrong("it is not signed by this key");
            signed_ = true;
        } else if (has_manifest) {
            return wrong(present.name);
        } else if (present.name == "manifest") {
            manifest = kept;
            has_manifest = true;
        } else {
            if (present.name == "omissions") omissions = kept;
            members.push_back(present);
        }
        return {};
    }

    journal::PublicKey key;
    std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> stream;
    std::vector<std::uint8_t> plain;
    TarReader reader;
    bool frame_ended = false;
    EvidenceMember present;
    std::string kept;
    bool keeps = false;
    crypto_hash_sha256_state hash{};
    std::vector<EvidenceMember> members;
    std::string manifest;
    std::string omissions;
    bool has_manifest = false;
    bool signed_ = false;
};

EvidenceVerifier::EvidenceVerifier(const journal::PublicKey& key)
    : state_(std::make_unique<State>(key)) {}
EvidenceVerifier::EvidenceVerifier(EvidenceVerifier&&) noexcept = default;
EvidenceVerifier& EvidenceVerifier::operator=(EvidenceVerifier&&) noexcept = default;
EvidenceVerifier::~EvidenceVerifier() = default;

base::Result<void> EvidenceVerifier::read(std::span<const std::uint8_t> bytes) {
    ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
    while (from.pos < from.size) {
        if (state_->frame_ended) return wrong("more behind its end");
        ZSTD_outBuffer into{state_->plain.data(), state_->plain.size(), 0};
        std::size_t left = 0;
        do {
            into.pos = 0;
            left = ZSTD_decompressStream(state_->stream.get(), &into, &from);
            if (ZSTD_isError(left) != 0) return wrong(ZSTD_getErrorName(left));
            auto read =
                state_->reader.read(std::span<const std::uint8_t>(state_->plain).first(into.pos));
            if (!read) return read;
        } while (left != 0 && into.pos == into.size);
        state_->frame_ended = left == 0;
    }
    return {};
}

base::Result<Evidence> EvidenceVerifier::finish() {
    if (!state_->frame_ended || !state_->reader.finished() || !state_->signed_)
        return wrong("its end is missing");
    if (!lists(state_->manifest, state_->members))
        return wrong("the manifest lists something else");
    Evidence evidence;
    evidence.members = state_->members;
    for (std::string_view rest = state_->omissions; !rest.empty();) {
        const auto end = std::min(rest.find('\n'), rest.size());
        evidence.omissions.emplace_back(rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return evidence;
}

base::Result<Evidence> verify_evidence(const std::filesystem::path& archive,
                                       const journal::PublicKey& key) {
    const base::FileDescriptor file(::open(archive.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file.valid()) {
        auto failure = base::fail_errno(errno, "opening " + archive.native());
        if (errno == ENOENT) failure.value().kind = base::ErrorKind::not_found;
        return failure;
    }
    EvidenceVerifier verifier(key);
    std::vector<std::uint8_t> part(1U << 16U);
    while (true) {
        const ssize_t got = ::read(file.get(), part.data(), part.size());
        if (got < 0) return base::fail_errno(errno, "reading " + archive.native());
        if (got == 0) return verifier.finish();
        const auto bytes = std::span<const std::uint8_t>(part).first(static_cast<std::size_t>(got));
        if (auto read = verifier.read(bytes); !read) return base::Failure(read.error());
    }
}

}  // namespace shoji::response
