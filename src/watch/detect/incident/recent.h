// Values by name, never more than `most` of them: a new name takes the place of the one that was
// not touched for the longest time; what went is counted. Ordered, so that no choice of names makes
// it slow, and so that the same calls leave the same state.
#pragma once

#include "core/base/archive.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace shoji::incident {

template <class Value>
class Recent {
  public:
    // `most` is at least 1.
    explicit Recent(std::size_t most) : most_(most) {}
    Recent(const Recent&) = delete;
    Recent& operator=(const Recent&) = delete;
    Recent(Recent&&) noexcept = default;
    Recent& operator=(Recent&&) noexcept = default;

    // Null when it is not there. It is not touched.
    [[nodiscard]] Value* find(std::string_view name) {
        const auto found = entries_.find(name);
        return found == entries_.end() ? nullptr : &found->second.value;
    }
    [[nodiscard]] const Value* find(std::string_view name) const {
        const auto found = entries_.find(name);
        return found == entries_.end() ? nullptr : &found->second.value;
    }

    // The name's value, an empty one when it had none. `gone` is told each value that made room.
    template <class Gone>
    Value& touch(std::string_view name, Gone&& gone) {
        auto found = entries_.find(name);
        if (found == entries_.end()) {
            while (entries_.size() >= most_) displace(gone);
            found = entries_.emplace(std::string(name), Entry{}).first;
        } else {
            order_.erase(found->second.used);
        }
        found->second.used = ++uses_;
        order_.emplace(uses_, found);
        return found->second.value;
    }
    Value& touch(std::string_view name) {
        return touch(name, [](const Value&) {});
    }

    // The one that was not touched for the longest time. Precondition: there is one.
    [[nodiscard]] Value& oldest() { return order_.begin()->second->second.value; }
    // Precondition: there is one.
    void drop_oldest() {
        displace([](const Value&) {});
    }

    [[nodiscard]] std::size_t size() const { return entries_.size(); }
    [[nodiscard]] std::uint64_t displaced() const { return displaced_; }

    template <class Each>
    void for_each(Each&& each) const {
        for (const auto& [name, entry] : entries_) each(name, entry.value);
    }

    template <class Archive>
    void transfer(Archive& archive) {
        auto count = static_cast<std::uint32_t>(entries_.size());
        archive(count, uses_, displaced_);
        if constexpr (Archive::loading) {
            if (count > most_ || count > archive.remaining()) return archive.fail();
            for (; count > 0 && archive.ok(); --count) load_one(archive);
        } else {
            for (auto& [name, entry] : entries_) archive(name, entry.used, entry.value);
        }
    }

  private:
    struct Entry {
        Value value{};
        std::uint64_t used = 0;
    };
    using Entries = std::map<std::string, Entry, std::less<>>;

    template <class Archive>
    void load_one(Archive& archive) {
        std::string name;
        Entry entry;
        archive(name, entry.used, entry.value);
        if (!archive.ok() || entry.used > uses_ || order_.contains(entry.used)) {
            return archive.fail();
        }
        const auto [at, is_new] = entries_.emplace(std::move(name), std::move(entry));
        if (!is_new) return archive.fail();
        order_.emplace(at->second.used, at);
    }

    template <class Gone>
    void displace(Gone&& gone) {
        const auto first = order_.begin();
        gone(first->second->second.value);
        entries_.erase(first->second);
        order_.erase(first);
        ++displaced_;
    }

    std::size_t most_;
    Entries entries_;
    std::map<std::uint64_t, typename Entries::iterator> order_;
    std::uint64_t uses_ = 0;
    std::uint64_t displaced_ = 0;
};

}  // namespace shoji::incident
