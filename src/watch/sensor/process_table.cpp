#include "watch/sensor/process_table.h"

#include <algorithm>

namespace shoji::sensor {
namespace {

const std::shared_ptr<const Program>& unknown_program() {
    static const auto program = std::make_shared<const Program>();
    return program;
}

}  // namespace

const Process* ProcessTable::find(ProcessKey key) const {
    const auto found = processes_.find(key);
    return found == processes_.end() ? nullptr : &found->second;
}

const Process* ProcessTable::find_number(std::uint32_t number) const {
    const auto found = starts_.find(number);
    return found == starts_.end() ? nullptr : find({number, found->second});
}

const Process* ProcessTable::find_last(std::uint32_t number) const {
    if (const auto* running = find_number(number)) return running;
    const auto looked = std::min(ended_.size(), lately);
    for (std::size_t i = 1; i <= looked; ++i) {
        const auto& key = ended_[ended_.size() - i];
        if (key.process == number) return find(key);
    }
    return nullptr;
}

Process* ProcessTable::enter(ProcessKey key) {
    if (const auto found = processes_.find(key); found != processes_.end()) return &found->second;
    if (const auto* older = find_number(key.process);
        older != nullptr && older->key.start < key.start) {
        end(older->key);
    }
    if (processes_.size() >= most_) {
        if (ended_.empty()) {
            ++left_out_;
            return nullptr;
        }
        processes_.erase(ended_.front());
        ended_.pop_front();
    }
    Process& process = processes_[key];
    process.key = key;
    process.program = unknown_program();
    auto& start = starts_[key.process];
    if (key.start >= start) start = key.start;
    return &process;
}

const Process* ProcessTable::fork(ProcessKey child, ProcessKey parent) {
    Process* made = enter(child);
    if (made == nullptr) return nullptr;
    made->parent = parent;
    if (const Process* from = find(parent)) {
        made->program = from->program;
        made->user = from->user;
        made->real_user = from->real_user;
        made->group = from->group;
        made->capabilities = from->capabilities;
        made->login_session = from->login_session;
        made->standard_input = from->standard_input;
    }
    return made;
}

void ProcessTable::end(ProcessKey key) {
    const auto found = processes_.find(key);
    if (found == processes_.end() || found->second.ended) return;
    found->second.ended = true;
    const auto start = starts_.find(key.process);
    if (start != starts_.end() && start->second == key.start) starts_.erase(start);
    ended_.push_back(key);
}

}  // namespace shoji::sensor
