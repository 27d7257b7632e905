// The log of a program, bounded: two files at most, the one that is written and the one before it.
// Whatever a program says, or an outsider makes it say, takes no more of the disk than that.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <cstddef>
#include <filesystem>
#include <span>

namespace shoji::log {

class BoundedFile {
  public:
    // Appends to `path`, of `limit` bytes at most; a full one becomes `path`.before in place of the
    // one that is there. Files are of mode 0600.
    BoundedFile(std::filesystem::path path, std::size_t limit)
        : path_(std::move(path)), limit_(limit) {}

    base::Result<void> open();
    // What cannot be written, because the disk is full, is left out and an error. Text longer than
    // the limit keeps its end.
    base::Result<void> write(std::span<const char> text);

  private:
    base::Result<void> turn();

    std::filesystem::path path_;
    std::size_t limit_;
    base::FileDescriptor file_;
};

}  // namespace shoji::log
