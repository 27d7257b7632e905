// What quarantine does to the file itself, whichever names it has. Inside of the room.
#pragma once

#include "watch/response/quarantine.h"

namespace shoji::response {

// Attributes are kept up to this many bytes, names and values together. Those that the kernel or
// an administrator set come first; of a user's own the rest is left behind, as anybody can set
// more than any bound.
constexpr std::size_t most_attributes = std::size_t{1} << 20U;

// Names in the file's folder while it is taken, and while it is put back.
std::string aside_name(const QuarantinedFile& about);
std::string restore_name(const QuarantinedFile& about);

base::Result<base::FileDescriptor> open_at(const Place& place, const std::string& path);
// `path` is told in errors, and kept.
base::Result<QuarantinedFile> describe(int file, const std::string& path);
base::Result<void> check_allowed(const QuarantinedFile& file,
                                 const std::vector<FileId>& protection);

// The very file, by its device, number and generation.
bool is_it(int file, const QuarantinedFile& about);
// The name that it has here now: its own, or the one that it was moved aside to. Without a name
// here it is found by its handle, where other names keep it. Not valid: it is gone.
struct Found {
    base::FileDescriptor file;
    std::string name;  // empty: by its handle
};
Found find_file(const Place& place, const QuarantinedFile& about);
base::FileDescriptor find_by_handle(const Place& place, const QuarantinedFile& about);

// Immutable and append-only. `denied` where this process may not.
base::Result<void> clear_flags(int file, const QuarantinedFile& about);
base::Result<void> set_flags(int file, const QuarantinedFile& about);

base::Result<void> remove_name(const Place& place, const std::string& name,
                               const QuarantinedFile& about);
// For writing, which a file that runs is not opened for.
base::Result<base::FileDescriptor> open_again(int file, const std::string& path);
// So that no other name, and no descriptor, leads to anything that can run.
base::Result<void> empty_file(int file, const std::string& path);
// Owner, attributes, mode and times.
base::Result<void> dress(int file, const QuarantinedFile& as);
// Mode and flags, of a file that was not taken.
void give_back(int file, const QuarantinedFile& as);

}  // namespace shoji::response
