#include "watch/response/evidence_archive.h"

#include "core/base/printable.h"
#include "core/base/random.h"
#include "watch/response/small_file.h"
#include "watch/response/tar.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace shoji::response {

std::string to_manifest(const EvidenceRequest& request,
                        const std::vector<EvidenceMember>& members) {
    constexpr std::size_t most = 1024;
    std::string text =
        fmt::format("shoji-evidence 1\nhost {}\ntime {}\nby {}\nreason {}\n",
                    base::printable(request.host, most), request.time,
                    base::printable(request.by, most), base::printable(request.reason, most));
    for (const auto& one : members) {
        text += fmt::format("{} {} {}\n", base::to_hex(one.digest), one.size, one.name);
    }
    return text;
}

EvidenceArchive::EvidenceArchive(base::FileDescriptor file, std::int64_t time)
    : file_(std::move(file)),
      time_(time),
      stream_(ZSTD_createCCtx(), &ZSTD_freeCCtx),
      compressed_(ZSTD_CStreamOutSize()) {}

base::Result<EvidenceArchive> EvidenceArchive::create(const std::filesystem::path& path,
                                                      std::int64_t time) {
    base::FileDescriptor file(
        ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!file.valid()) return base::fail_errno(errno, "making " + path.native());
    EvidenceArchive archive(std::move(file), time);
    if (!archive.stream_) return base::fail(base::ErrorKind::system, "zstd cannot be used");
    return archive;
}

base::Result<void> EvidenceArchive::write(std::span<const std::uint8_t> bytes, bool last) {
    ZSTD_inBuffer from{bytes.data(), bytes.size(), 0};
    for (std::size_t left = 1; left != 0;) {
        ZSTD_outBuffer into{compressed_.data(), compressed_.size(), 0};
        left =
            ZSTD_compressStream2(stream_.get(), &into, &from, last ? ZSTD_e_end : ZSTD_e_continue);
        if (ZSTD_isError(left) != 0)
            return base::fail(base::ErrorKind::system, "{}", ZSTD_getErrorName(left));
        auto written =
            write_all(file_.get(), std::span(compressed_).first(into.pos), "writing the evidence");
        if (!written) return written;
        if (!last && from.pos == from.size) break;
    }
    return {};
}

base::Result<void> EvidenceArchive::add(const std::string& name, std::string_view content) {
    const std::span bytes(reinterpret_cast<const std::uint8_t*>(content.data()), content.size());
    if (auto written = write(tar_header(name, content.size(), time_)); !written) return written;
    if (auto written = write(bytes); !written) return written;
    members_.push_back({name, content.size(), journal::digest_of(content)});
    return write(tar_padding(content.size()));
}

base::Result<bool> EvidenceArchive::add_file(const std::string& name, int file, std::uint64_t from,
                                             std::uint64_t size) {
    if (auto written = write(tar_header(name, size, time_)); !written)
        return base::Failure(written.error());
    crypto_hash_sha256_state hash;
    crypto_hash_sha256_init(&hash);
    std::vector<std::uint8_t> part(1U << 16U);
    bool whole = true;
    for (std::uint64_t at = 0; at < size;) {
        const std::size_t wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(part.size(), size - at));
        ssize_t got = whole ? ::pread(file, part.data(), wanted, static_cast<off_t>(from + at)) : 0;
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) {
            whole = false;
            std::fill(part.begin(), part.end(), std::uint8_t{0});
            got = static_cast<ssize_t>(wanted);
        }
        const auto bytes = std::span<const std::uint8_t>(part).first(static_cast<std::size_t>(got));
        crypto_hash_sha256_update(&hash, bytes.data(), bytes.size());
        if (auto written = write(bytes); !written) return base::Failure(written.error());
        at += bytes.size();
    }
    EvidenceMember member{name, size, {}};
    crypto_hash_sha256_final(&hash, member.digest.data());
    members_.push_back(std::move(member));
    if (auto written = write(tar_padding(size)); !written) return base::Failure(written.error());
    return whole;
}

base::Result<void> EvidenceArchive::finish(const EvidenceRequest& request,
                                           const journal::SigningKey& key) {
    const std::string manifest = to_manifest(request, members_);
    const auto signature = key.sign(manifest);
    if (auto added = add("manifest", manifest); !added) return added;
    const std::string_view bytes(reinterpret_cast<const char*>(signature.data()), signature.size());
    if (auto added = add("manifest.sig", bytes); !added) return added;
    members_.resize(members_.size() - 2);
    if (auto written = write(tar_end(), true); !written) return written;
    if (::fsync(file_.get()) != 0) return base::fail_errno(errno, "writing the evidence");
    return {};
}

}  // namespace shoji::response
