#include "watch/detect/incident/process_table.h"

#include "watch/detect/incident/names.h"

#include <ranges>

namespace shoji::incident {

const ProcessNode& ProcessTable::observe(const event::Activity& process, std::string_view host,
                                         event::Time now) {
    auto& own = hosts_.touch(host, [this](const Processes& gone) {
        size_ -= gone.nodes.size();
        displaced_ += gone.nodes.size();
    });
    ProcessNode node;
    node.id = process.process_id;
    node.parent_id = process.parent_id;
    node.image = clipped(process.process, most_path);
    node.parent_image = clipped(process.parent, most_path);
    node.command = clipped(process.command, most_command);
    node.user = clipped(process.user, most_name);
    node.started = now;
    if (const auto* parent = parent_of(host, node)) node.incident = parent->incident;
    make_room(own);
    ++size_;
    return own.nodes.emplace_back(std::move(node));
}

void ProcessTable::make_room(Processes& own) {
    const auto drop_first = [this](Processes& processes) {
        processes.nodes.pop_front();
        --size_;
        ++displaced_;
    };
    if (own.nodes.size() >= most_of_host) drop_first(own);
    while (size_ >= most_) {
        const std::size_t share = most_ / hosts_.size();
        auto& oldest = hosts_.oldest();
        if (!own.nodes.empty() && (own.nodes.size() > share || oldest.nodes.empty())) {
            drop_first(own);
        } else if (!oldest.nodes.empty()) {
            drop_first(oldest);
        } else {
            hosts_.drop_oldest();
        }
    }
}

ProcessNode* ProcessTable::find(std::string_view host, std::uint64_t id, std::string_view image) {
    auto* own = hosts_.find(host);
    if (own == nullptr || (id == 0 && image.empty())) return nullptr;
    const auto kept = clipped(image, most_path);
    for (auto& node : std::views::reverse(own->nodes)) {
        if (id != 0 ? node.id == id : node.image == kept) return &node;
    }
    return nullptr;
}

ProcessNode* ProcessTable::parent_of(std::string_view host, const ProcessNode& node) {
    auto* own = hosts_.find(host);
    if (own == nullptr) return nullptr;
    for (auto& other : std::views::reverse(own->nodes)) {
        if (&other == &node || other.started > node.started) continue;
        const bool is_it = node.parent_id != 0
                               ? other.id == node.parent_id
                               : !node.parent_image.empty() && other.image == node.parent_image;
        if (is_it && other.id != node.id) return &other;
    }
    return nullptr;
}

void ProcessTable::move(std::string_view host, std::uint64_t from, std::uint64_t to) {
    auto* own = hosts_.find(host);
    if (own == nullptr) return;
    for (auto& node : own->nodes) {
        if (node.incident == from) node.incident = to;
    }
}

}  // namespace shoji::incident
