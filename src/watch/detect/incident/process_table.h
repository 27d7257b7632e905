// The programs that lately started, a host's newest first to stay, for the process trees of
// incidents. Bounded: `most_of_host` a host, and a total; when that is reached, the host that
// starts another program gives up its own oldest, if it has more than its share, else the host
// that was silent for the longest time is forgotten.
#pragma once

#include "watch/detect/incident/recent.h"
#include "watch/event/activity.h"

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>

namespace shoji::incident {

struct ProcessNode {
    std::uint64_t id = 0;         // 0: not known
    std::uint64_t parent_id = 0;  // 0: not known
    std::string image;
    std::string parent_image;
    std::string command;
    std::string user;
    event::Time started = 0;
    std::uint64_t incident = 0;  // it, and what it starts, belong there; 0: to none

    template <class Archive>
    void transfer(Archive& archive) {
        archive(id, parent_id, image, parent_image, command, user, started, incident);
    }
};

class ProcessTable {
  public:
    static constexpr std::size_t most_of_host = 256;
    static constexpr std::size_t most_command = 400;

    ProcessTable(std::size_t most_hosts, std::size_t most_processes)
        : hosts_(most_hosts), most_(most_processes) {}

    // Its parent's incident is inherited. Stands until the next call of observe().
    const ProcessNode& observe(const event::Activity& process, std::string_view host,
                               event::Time now);

    // The newest process of the host with that number or, when it is 0, with that path. Null:
    // not known.
    ProcessNode* find(std::string_view host, std::uint64_t id, std::string_view image);
    // The process that started it.
    ProcessNode* parent_of(std::string_view host, const ProcessNode& node);

    // All of the host's processes in incident `from` belong to `to` now.
    void move(std::string_view host, std::uint64_t from, std::uint64_t to);

    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] std::uint64_t displaced() const { return displaced_; }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(hosts_, displaced_);
        if constexpr (Archive::loading) {
            size_ = 0;
            hosts_.for_each(
                [&](const std::string&, const Processes& p) { size_ += p.nodes.size(); });
            if (size_ > most_) archive.fail();
        }
    }

  private:
    struct Processes {
        std::deque<ProcessNode> nodes;  // in the order in which they started

        template <class Archive>
        void transfer(Archive& archive) {
            archive.list(nodes, most_of_host);
        }
    };

    void make_room(Processes& own);

    Recent<Processes> hosts_;
    std::size_t most_;
    std::size_t size_ = 0;
    std::uint64_t displaced_ = 0;
};

}  // namespace shoji::incident
