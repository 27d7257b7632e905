// What stays in the kernel when the keeper is killed: its programs go on writing to their ring,
// and the next keeper's analyst reads what they wrote. Pins are files of the BPF file system
// (kernel: Documentation/bpf/, "BPF file system"); one folder is one sensor's.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"

#include <filesystem>
#include <optional>

#include <sys/types.h>

namespace shoji::sensor {

// The ring of a sensor that was killed. Its reader's position stands in it.
struct LeftRing {
    base::FileDescriptor ring;
    base::FileDescriptor losses;
    base::FileDescriptor told;  // of the losses; the reader's own to write
};

// The ring's name in the folder: only a reader of the same build understands its records.
std::string ring_pin();

// None where nothing is left, or where another build left it.
std::optional<LeftRing> find_left_ring(const std::filesystem::path& folder);

// A folder of this user's alone that is empty, below the top of a BPF file system. An error says
// what is there instead.
base::Result<void> prepare_pins(const std::filesystem::path& folder);
// The inode of the pin.
base::Result<ino_t> pin(int descriptor, const std::filesystem::path& file);
// Whether that pin still stands there, and nothing else.
bool is_pin(const std::filesystem::path& file, ino_t inode);
// Programs that nobody else holds end with their pins.
void remove_pins(const std::filesystem::path& folder);

}  // namespace shoji::sensor
