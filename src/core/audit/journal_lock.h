// Being the journal's only writer, for as long as this lives.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <filesystem>

namespace shoji::audit {

class JournalLock {
  public:
    // `exists` when another writer has it. It ends with the process, however that ends.
    static base::Result<JournalLock> take(const std::filesystem::path& audit);

  private:
    explicit JournalLock(base::FileDescriptor file) : file_(std::move(file)) {}

    base::FileDescriptor file_;
};

}  // namespace shoji::audit
