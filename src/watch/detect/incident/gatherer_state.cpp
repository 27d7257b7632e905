// The gatherer's state as bytes.
#include "watch/detect/incident/gatherer.h"

#include <algorithm>

namespace shoji::incident {
namespace {

constexpr std::uint32_t magic = 0x49434E49;  // "INCI"
constexpr std::uint16_t version = 1;

struct UserCase {
    std::string user;
    std::uint64_t incident = 0;

    template <class Archive>
    void transfer(Archive& archive) {
        archive(user, incident);
    }
};

}  // namespace

template <class Archive>
void Gatherer::transfer(Archive& archive) {
    archive(clock_, processes_, links_, history_, counts_, next_id_, swept_, hand_, losses_.open,
            losses_.over, losses_.gathered, losses_.unjoined);
}

std::vector<std::uint8_t> Gatherer::save() const {
    base::Saver saver;
    saver(magic, version);
    const_cast<Gatherer*>(this)->transfer(saver);  // saving changes nothing
    saver(static_cast<std::uint32_t>(cases_.size()));
    for (const auto& [id, incident] : cases_) saver(incident);
    std::vector<UserCase> users;
    for (const auto& [user, incident] : by_user_) users.push_back({user, incident});
    saver.list(users, users.size());
    return saver.take();
}

base::Result<std::vector<std::uint8_t>> Gatherer::excerpt(std::uint64_t id) const {
    const Incident* incident = find(id);
    if (incident == nullptr) {
        return base::because(base::ErrorKind::not_found, "there is no incident {}", id);
    }
    Gatherer part(settings_);
    part.clock_ = clock_;
    part.next_id_ = next_id_;
    // Whichever host of its own an earlier alert stands under, it is found again.
    const auto hosts = incident->host_names();
    const auto list = earlier(*incident);
    for (std::size_t i = 0; i < std::min(list.size(), hosts.size() * History::most_entries); ++i) {
        part.history_.add(list[i], hosts[i / History::most_entries], "");
    }
    part.cases_.emplace(incident->id, *incident);
    return part.save();
}

base::Result<void> Gatherer::load(std::span<const std::uint8_t> bytes) {
    base::Loader loader(bytes);
    std::uint32_t read_magic = 0;
    std::uint16_t read_version = 0;
    loader(read_magic, read_version);
    if (read_magic != magic || read_version != version) {
        return base::because(base::ErrorKind::corrupt,
                             "the state of incidents: of another version");
    }
    transfer(loader);
    std::uint32_t count = 0;
    loader(count);
    for (; count > 0 && loader.ok(); --count) {
        Incident incident;
        loader(incident);
        bytes_ += incident.bytes();
        const bool fits = cases_.size() < settings_.most_cases && bytes_ <= settings_.most_bytes;
        if (!fits || incident.id >= next_id_ ||
            (!cases_.empty() && incident.id <= cases_.rbegin()->first)) {
            loader.fail();
        } else {
            cases_.emplace_hint(cases_.end(), incident.id, std::move(incident));
        }
    }
    std::vector<UserCase> users;
    loader.list(users, settings_.most_cases * Incident::most_users);
    for (auto& one : users) {
        const auto found = cases_.find(one.incident);
        if (found == cases_.end() || found->second.state == State::over) loader.fail();
        if (!by_user_.emplace(std::move(one.user), one.incident).second) loader.fail();
    }
    if (!loader.finished()) {
        return base::because(base::ErrorKind::corrupt, "the state of incidents: damaged");
    }
    return index();
}

base::Result<void> Gatherer::index() {
    for (const auto& [id, incident] : cases_) {
        if (incident.state != State::gathering) changed_.insert(id);
        if (incident.state == State::over) continue;
        for (const auto& host : incident.hosts) {
            if (!by_host_.emplace(host, id).second) {
                return base::because(base::ErrorKind::corrupt,
                                     "the state of incidents: a host stands in two");
            }
        }
    }
    return {};
}

}  // namespace shoji::incident
