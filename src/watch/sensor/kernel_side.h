// The sensor's programs in the kernel, loaded and attached for as long as this lives. Needs root.
// Of each family the first backend that the running kernel takes is used; which one, and why not
// those before it, is kept.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/result.h"
#include "watch/sensor/family.h"
#include "watch/sensor/kernel_pins.h"
#include "watch/sensor/policy.h"

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

struct bpf_link;
struct bpf_object;
struct bpf_program;

namespace shoji::sensor {

struct FamilyState {
    std::string family;
    std::string backend;               // empty: this family is not seen
    std::vector<std::string> refused;  // "fentry: Operation not permitted"
    std::vector<std::string> absent;   // programs whose place this kernel does not have
};

// What the unprivileged process gets.
struct KernelOutputs {
    base::FileDescriptor ring;
    base::FileDescriptor losses;     // nobody can write to it
    base::FileDescriptor told;       // of the losses: what was told, its own to write
    base::FileDescriptor throttles;  // nobody can write to it
    base::FileDescriptor running;    // records of what ran before, to be read to its end
    std::optional<LeftRing> left;    // to be read to its end, too
    unsigned processors = 0;
};

// A family's program that takes the ends of system calls, until the one that hands them on is
// there.
struct CallTaker {
    std::uint32_t family = 0;
    int program = -1;
    std::vector<std::uint8_t> calls, compat_calls;  // not 0: the family takes it
    std::vector<std::uint8_t> usual;                // SENSOR_CALL_OPENS …; empty: it has no such
};

class KernelSide {
  public:
    // An error when no family at all can be seen, or a needed map cannot be made.
    static base::Result<KernelSide> load(const Policy& policy);
    KernelSide(const KernelSide&) = delete;
    KernelSide& operator=(const KernelSide&) = delete;
    KernelSide(KernelSide&&) noexcept;
    KernelSide& operator=(KernelSide&&) = delete;
    ~KernelSide();

    [[nodiscard]] base::Result<KernelOutputs> outputs() const;
    [[nodiscard]] const std::vector<FamilyState>& state() const { return state_; }
    // Attaches again what somebody took off, and pins it again; where all were taken off the
    // kernel's functions ("ftrace_enabled") they are put on again. Returns the names of those
    // programs; of those that could not be attached again too, which are tried anew the next time.
    std::vector<std::string> mend();
    // From now on all of this outlives its process, until remove_pins(). What the folder held is
    // gone.
    base::Result<void> pin_to(const std::filesystem::path& folder);
    [[nodiscard]] bool is_pinned() const { return !pins_.empty(); }

  private:
    struct CloseObject {
        void operator()(bpf_object* object) const;
    };
    struct DestroyLink {
        void operator()(bpf_link* link) const;
    };
    using Object = std::unique_ptr<bpf_object, CloseObject>;
    using Link = std::unique_ptr<bpf_link, DestroyLink>;
    struct Attached {
        bpf_program* program = nullptr;  // its object's
        Link link;
    };

    explicit KernelSide(const Policy& policy);
    FamilyState load_family(const Family& family);
    base::Result<void> load_backend(const Family& family, const Backend& backend,
                                    FamilyState& state);
    base::Result<void> share_maps(bpf_object* object);
    base::Result<void> take_calls(const Family& family, bpf_object* object,
                                  const bpf_program* program);
    base::Result<void> load_calls();
    base::Result<void> fill_maps();
    base::Result<void> make_told();
    [[nodiscard]] base::Result<void> seal() const;
    [[nodiscard]] bool has_pins() const;
    base::Result<void> pin_all();
    base::Result<void> attach(bpf_program* program, std::vector<Attached>& links);
    [[nodiscard]] int shared(std::string_view map) const { return shared_.find(map)->second; }

    const Policy& policy_;
    unsigned processors_ = 0;
    base::FileDescriptor cgroups_;  // the hierarchy's top, once a program needs it
    std::map<std::string, int, std::less<>> shared_;  // maps of the first object that had them
    base::FileDescriptor told_;
    std::filesystem::path pins_;  // empty: nothing is pinned
    std::map<std::string, ino_t> pinned_;
    std::vector<Object> objects_;
    std::vector<CallTaker> call_takers_;
    std::vector<Attached> links_;
    Link running_;
    std::vector<FamilyState> state_;
};

}  // namespace shoji::sensor
