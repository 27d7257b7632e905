#include "watch/sensor/log_files.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace shoji::sensor {

base::Result<base::FileDescriptor> make_log_positions(std::span<const std::string> files) {
    LogPositions positions{};
    for (std::size_t i = 0; i < std::min(files.size(), most_log_files); ++i) {
        struct stat state {};
        if (::lstat(files[i].c_str(), &state) != 0) continue;
        positions.at(i) = {state.st_dev, state.st_ino, static_cast<std::uint64_t>(state.st_size)};
    }
    base::FileDescriptor memory(
        ::memfd_create("shoji-log-positions", MFD_CLOEXEC | MFD_ALLOW_SEALING));
    // Sealed, or whoever made it shorter would end everybody who has it mapped.
    if (!memory.valid() ||
        ::write(memory.get(), positions.data(), sizeof positions) != sizeof positions ||
        ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
        return base::fail_errno(errno, "making memory for positions in logs");
    }
    return memory;
}

base::Result<LogPositions*> map_log_positions(int descriptor) {
    void* at =
        ::mmap(nullptr, sizeof(LogPositions), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
    if (at == MAP_FAILED) return base::fail_errno(errno, "mapping positions in logs");
    return static_cast<LogPositions*>(at);
}

LogFiles::LogFiles(std::size_t count, LogPositions& positions, Open open)
    : positions_(positions),
      open_(std::move(open)),
      files_(std::min(count, most_log_files)),
      piece_(std::size_t{16} << 10) {}

// Another file at the path. The former one has been read to its end, and nobody writes to it any
// more once something stands in the new one.
void LogFiles::reopen(File& file, LogPosition& position, std::size_t index) {
    auto found = open_(index);
    struct stat state {};
    if (!found.valid() || ::fstat(found.get(), &state) != 0) return;
    const bool same = state.st_dev == position.device && state.st_ino == position.inode;
    if (file.descriptor.valid() && (same || state.st_size == 0)) return;
    if (!same) position = {state.st_dev, state.st_ino, 0};
    file.lines.forget();
    file.descriptor = std::move(found);
}

bool LogFiles::read(File& file, LogPosition& position,
                    const std::function<void(std::string_view)>& each) {
    struct stat state {};
    if (::fstat(file.descriptor.get(), &state) != 0) return false;
    if (static_cast<std::uint64_t>(state.st_size) < position.offset) {  // cut, and begun anew
        position.offset = 0;
        file.lines.forget();
    }
    const auto at = static_cast<off_t>(position.offset + file.lines.waiting());
    const auto count = ::pread(file.descriptor.get(), piece_.data(), piece_.size(), at);
    if (count <= 0) return false;
    const auto end = static_cast<std::uint64_t>(at + count);
    file.lines.add({piece_.data(), static_cast<std::size_t>(count)}, each);
    position.offset = end - file.lines.waiting();
    return true;
}

void LogFiles::look(const std::function<void(std::string_view)>& each) {
    for (std::size_t i = 0; i < files_.size(); ++i) {
        auto& file = files_[i];
        auto& position = positions_.at(i);
        bool more = file.descriptor.valid();
        for (std::size_t taken = 0; more && taken < most_at_once; taken += piece_.size()) {
            more = read(file, position, each);
        }
        if (!more && looks_ % looks_between == 0) reopen(file, position, i);
    }
    ++looks_;
}

}  // namespace shoji::sensor
