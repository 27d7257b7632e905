// Who moves from host to host: a logon from another host, then a service, a task or a remote start
// that is new there; and how many hosts one source reaches so. And who logs on to many hosts that
// it never logged on to before.
#pragma once

#include "watch/detect/incident/recent.h"
#include "watch/detect/intrusion/look.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace shoji::intrusion {

class Lateral {
  public:
    static constexpr std::size_t most_arrivals = 12;  // remembered of one host
    static constexpr std::size_t most_targets = 64;   // of one source within the span
    static constexpr std::size_t most_known = 200;    // hosts that a source ever logged on to

    explicit Lateral(const Settings& settings)
        : arrivals_(settings.most_hosts),
          names_(settings.most_hosts),
          origins_(settings.most_hosts),
          moves_(settings.most_sources),
          fans_(settings.most_sources) {}

    void logon(const Look& look);
    // Something that starts programs was installed (`technique` says of which sort) or started from
    // afar. `before`: what was known of it.
    void installed(const Look& look, std::string_view technique, const Standing& before);

    [[nodiscard]] std::uint64_t displaced() const {
        return arrivals_.displaced() + origins_.displaced() + moves_.displaced() +
               fans_.displaced() + names_.displaced();
    }

    template <class Archive>
    void transfer(Archive& archive) {
        archive(arrivals_, names_, origins_, moves_, fans_);
    }

  private:
    struct Arrival {
        std::string from;  // host_key()
        std::string user;  // user_key()
        std::uint8_t type = 0;
        event::Time time = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(from, user, type, time);
        }
    };
    struct Arrivals {
        std::vector<Arrival> list;

        template <class Archive>
        void transfer(Archive& archive) {
            archive.list(list, most_arrivals);
        }
    };
    struct Name {
        std::string host;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(host);
        }
    };
    // Where a movement that reached this host began.
    struct Origin {
        std::string root;
        std::uint32_t depth = 0;
        event::Time time = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(root, depth, time);
        }
    };
    struct Target {
        std::string host;
        event::Time time = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive(host, time);
        }
    };
    struct Moves {
        std::vector<Target> targets;  // within the span
        std::uint32_t usual = 0;      // the most within a span, while it was learnt
        std::uint32_t deepest = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive.list(targets, most_targets);
            archive(usual, deepest);
        }
    };
    struct Fan {
        std::vector<std::uint64_t> known;  // hashes of hosts
        std::vector<event::Time> fresh;    // when a new one was logged on to, within the hour
        std::uint32_t usual = 0;           // the most in an hour, while it was learnt
        event::Time told = 0;

        template <class Archive>
        void transfer(Archive& archive) {
            archive.list(known, most_known);
            archive.list(fresh, most_known);
            archive(usual, told);
        }
    };

    [[nodiscard]] std::string host_of(std::string_view address, std::string_view name);
    void fan_out(const Look& look, const std::string& from);
    [[nodiscard]] std::optional<Arrival> arrival_of(const Look& look) const;
    Moves& moved(const Look& look, const std::string& name, const std::string& to);
    void tell_move(const Look& look, const Arrival& arrival, std::string_view technique,
                   const Moves& moves, bool is_routine);
    void tell_chain(const Look& look, const std::string& root, const Moves& moves);

    incident::Recent<Arrivals> arrivals_;
    incident::Recent<Name> names_;  // hosts by their addresses, as logons tell them
    incident::Recent<Origin> origins_;
    incident::Recent<Moves> moves_;  // by the host where the movement began
    incident::Recent<Fan> fans_;     // by source
};

}  // namespace shoji::intrusion
