// What this city is used to: things by name, on which hosts they were met and since when.
#pragma once

#include "watch/detect/incident/recent.h"
#include "watch/detect/intrusion/settings.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::intrusion {

// How long there is anything to compare with.
struct Age {
    event::Time began = 0;
    event::Time now = 0;
    event::Time learning = 0;

    [[nodiscard]] bool is_learning() const { return now - began < learning; }
    // Whole days since the first activity.
    [[nodiscard]] std::int64_t days() const { return (now - began) / incident::day; }
};

// What was known of a thing before it was met this time.
struct Standing {
    bool is_usual = false;
    bool on_this_host = false;
    std::size_t hosts = 0;  // up to Usual::most_hosts; then it is that or more
    std::uint64_t count = 0;
};

class Usual {
  public:
    static constexpr std::size_t most_hosts = 8;  // remembered of each thing

    Usual(const Settings& settings, std::size_t most)
        : common_hosts_(settings.common_hosts), ageing_(settings.ageing), things_(most) {}

    Standing meet(std::string_view thing, const std::string& host, const Age& age);
    // The same without meeting it.
    [[nodiscard]] Standing look(std::string_view thing, std::string_view host,
                                const Age& age) const;

    [[nodiscard]] std::uint64_t displaced() const { return things_.displaced(); }
    [[nodiscard]] std::size_t size() const { return things_.size(); }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(things_);
    }

  private:
    struct Thing {
        event::Time first = 0;
        std::uint64_t count = 0;
        std::vector<std::uint64_t> hosts;  // hashes

        template <class Archive>
        void transfer(Archive& archive) {
            archive(first, count);
            archive.list(hosts, most_hosts);
        }
    };
    [[nodiscard]] Standing standing(const Thing& thing, std::string_view host,
                                    const Age& age) const;

    std::uint32_t common_hosts_;
    event::Time ageing_;
    incident::Recent<Thing> things_;
};

// The name with what differs from one installation to the next taken out: runs of digits, and
// tokens of hexadecimal digits with a digit among them, as of GUIDs, are one '#'.
std::string shape_of(std::string_view name);

}  // namespace shoji::intrusion
