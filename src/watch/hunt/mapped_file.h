// A file's bytes, read only, with zeros behind its end that may be read as well.
#pragma once

#include "core/base/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace shoji::hunt {

// Why a file or folder cannot be read, with words for people: it is not there, this user may not,
// or what the system says.
base::Failure unreadable(const std::filesystem::path& path, int error_number);

class MappedFile {
  public:
    static constexpr std::size_t zeros_behind = 4096;

    static base::Result<MappedFile> open(const std::filesystem::path& path);
    // No file, but memory of this size that is zero and may be written.
    static base::Result<MappedFile> room(std::size_t size);
    // Of room only: its beginning stays, what is new is zero.
    base::Result<void> resize(std::size_t size);
    [[nodiscard]] std::uint8_t* writable() { return const_cast<std::uint8_t*>(bytes_); }

    MappedFile(MappedFile&& other) noexcept;
    MappedFile& operator=(MappedFile&& other) noexcept;
    ~MappedFile();

    [[nodiscard]] std::span<const std::uint8_t> bytes() const { return {bytes_, size_}; }
    [[nodiscard]] std::string_view text() const {
        return {reinterpret_cast<const char*>(bytes_), size_};
    }

  private:
    // A page of zeros or more stays behind the end.
    static std::size_t mapped_for(std::size_t size);
    MappedFile(const std::uint8_t* bytes, std::size_t size, std::size_t mapped)
        : bytes_(bytes), size_(size), mapped_(mapped) {}

    const std::uint8_t* bytes_ = nullptr;
    std::size_t size_ = 0;
    std::size_t mapped_ = 0;
};

}  // namespace shoji::hunt
