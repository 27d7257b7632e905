// Read, then sent: files of classified folders are read, perhaps packed or encrypted, and then
// bytes of like size leave by any medium within some hours.
#pragma once

#include "watch/detect/exfiltration/bounded_table.h"
#include "watch/detect/exfiltration/seen.h"

#include <array>
#include <cstdint>
#include <string>

namespace shoji::exfiltration {

class Chains {
  public:
    explicit Chains(const Settings& settings);

    // A classified file was read.
    void read(const Seen& seen);
    // A file was written: an archive of what was read, perhaps.
    void written(const Seen& seen);
    // A program that packs files was started.
    void packed(const Seen& seen);
    // seen.amount left; `usual` is what goes to that destination on a usual day.
    void sent(const Seen& seen, std::uint64_t usual, Alerts& alerts);

    [[nodiscard]] std::uint64_t displaced() const { return table_.displaced(); }
    static std::size_t memory_limit(const Settings& settings);

    template <class Archive>
    void transfer(Archive& archive) {
        archive(table_);
    }

  private:
    struct Sent {
        std::uint64_t destination = 0;
        std::uint64_t bytes = 0;
        template <class Archive>
        void transfer(Archive& archive) {
            archive(destination, bytes);
        }
    };
    // What one subject has read of late.
    struct Carried {
        event::Time first = 0;
        event::Time last = 0;
        std::uint64_t bytes = 0;
        std::uint64_t archived = 0;
        std::uint32_t files = 0;
        bool packer = false;
        bool told = false;
        std::array<Sent, 6> sent;  // the last destinations, the latest first
        std::string path;

        [[nodiscard]] std::int64_t standing() const;
        template <class Archive>
        void transfer(Archive& archive) {
            archive(first, last, bytes, archived, files, packer, told, sent, path);
        }
    };

    Carried* current(const Seen& seen);
    static std::uint64_t add_sent(Carried& carried, const Seen& seen);

    const Settings& settings_;
    BoundedTable<Carried> table_;
};

}  // namespace shoji::exfiltration
