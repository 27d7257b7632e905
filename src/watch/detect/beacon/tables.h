// What the detector remembers of terminals, of destinations and of pairs of them. Plain numbers in
// slots, so that the memory is known and the state can be written down.
#pragma once

#include "watch/detect/beacon/index.h"
#include "watch/detect/beacon/rhythm.h"
#include "watch/detect/beacon/settings.h"
#include "watch/detect/beacon/slab.h"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace shoji::beacon {

// A text in a fixed place: the end of what is longer, after a "~".
template <std::size_t Size>
struct ShortText {
    std::array<char, Size> bytes{};

    void set(std::string_view text) {
        bytes.fill(0);
        const bool cut = text.size() >= Size;
        if (cut) text.remove_prefix(text.size() - (Size - 2));
        std::size_t at = 0;
        if (cut) bytes[at++] = '~';
        for (const char c : text) bytes[at++] = c;
    }
    [[nodiscard]] std::string_view view() const {
        const std::string_view all(bytes.data(), Size);
        return all.substr(0, all.find('\0'));
    }
    template <class F>
    void fields(F&& field) {
        for (char& byte : bytes) field(byte);
    }
};

// A client that a terminal uses: for one destination only, or for several.
struct Client {
    std::uint32_t hash = 0;  // 0: none
    std::uint32_t destination = 0;
    bool several = false;
};

struct Host {
    static constexpr std::size_t clients_kept = 12;
    // Longer silence of a terminal is taken for its being switched off.
    static constexpr std::uint32_t most_silent = 2 * 3600;

    std::uint64_t hash = 0;
    ShortText<48> name;
    std::uint32_t first = 0;  // seconds since 1970, as all times here
    std::uint32_t last = 0;
    std::uint32_t off = 0;  // seconds since `first` in which it was switched off
    std::uint32_t pairs = 0;
    std::uint32_t hand = 0;     // one of its pairs, + 1: they stand in a circle
    std::uint32_t flooded = 0;  // when that was told last
    std::uint32_t names_since = 0;
    std::uint32_t names_weight = 0;  // quarters
    std::uint64_t names_seen = 0;    // 64 bits of a linear count
    std::uint32_t names_told = 0;
    std::uint8_t next_client = 0;
    std::array<Client, clients_kept> clients{};

    // Takes note that the terminal was on at `time`.
    void awake(std::uint32_t time);
    // Seconds, from 1 on.
    [[nodiscard]] std::uint32_t active(std::uint32_t time) const {
        return time <= first + off ? 1 : time - first - off + 1;
    }
    // Remembers that it used a client for a destination. True: for this one alone, so far.
    bool uses(std::uint32_t client, std::uint32_t destination);

    template <class F>
    void fields(F&& field) {
        field(hash);
        name.fields(field);
        for (auto* number : {&first, &last, &off, &pairs, &hand, &flooded, &names_since,
                             &names_weight, &names_told}) {
            field(*number);
        }
        field(names_seen);
        field(next_client);
        for (auto& client : clients) {
            field(client.hash);
            field(client.destination);
            field(client.several);
        }
    }
};

struct Target {
    std::uint64_t hash = 0;
    ShortText<80> name;
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t pairs = 0;
    std::uint32_t hosts = 0;    // that talk to it: its pairs; once common, those that it had then
    std::uint32_t network = 0;  // hosts there were when it became common; 0: it is not
    std::uint32_t common_since = 0;
    bool dns = false;
    bool denied = false;
    bool odd_header = false;

    template <class F>
    void fields(F&& field) {
        field(hash);
        name.fields(field);
        for (auto* number : {&first, &last, &pairs, &hosts, &network, &common_since})
            field(*number);
        field(dns);
        field(denied);
        field(odd_header);
    }
};

struct Pair {
    std::uint32_t host = 0;
    std::uint32_t target = 0;
    std::uint32_t next = 0;    // of the host's circle
    std::uint32_t rhythm = 0;  // + 1; 0: too few contacts
    std::uint32_t first = 0;
    std::uint32_t last = 0;
    std::uint32_t contacts = 0;
    std::uint32_t open_day = 0;      // since 1970
    std::uint32_t open_seconds = 0;  // of connections that began then
    std::uint32_t client = 0;        // hash of the last
    std::uint32_t last_day = 0;
    std::uint16_t days = 0;  // with contacts
    std::uint8_t told = 0;   // a bit an AlertKind

    [[nodiscard]] std::uint64_t key() const { return key_of(host, target); }
    static std::uint64_t key_of(std::uint32_t host, std::uint32_t target);

    template <class F>
    void fields(F&& field) {
        for (auto* number : {&host, &target, &next, &rhythm, &first, &last, &contacts, &open_day,
                             &open_seconds, &client, &last_day}) {
            field(*number);
        }
        field(days);
        field(told);
    }
};

// What was let go, since the detector began.
struct Dropped {
    std::uint64_t untimed = 0;        // activities without a time, or with one past 2100
    std::uint64_t strange_clock = 0;  // far from what the others say
    std::uint64_t nameless = 0;       // without a host or without a destination
    std::uint64_t hosts = 0;          // activities of terminals for which there was no room
    std::uint64_t destinations = 0;   // contacts with destinations for which there was no room
    std::uint64_t forgotten_destinations = 0;
    std::uint64_t forgotten_pairs = 0;
    std::uint64_t forgotten_rhythms = 0;
    std::uint64_t alerts = 0;  // that nobody fetched in time

    template <class F>
    void fields(F&& field) {
        for (auto* number :
             {&untimed, &strange_clock, &nameless, &hosts, &destinations, &forgotten_destinations,
              &forgotten_pairs, &forgotten_rhythms, &alerts}) {
            field(*number);
        }
    }
    bool operator==(const Dropped&) const = default;
};

class Tables {
  public:
    explicit Tables(const Limits& limits);

    // Found, or made at `now`; nothing: no room.
    std::optional<std::uint32_t> host(std::uint64_t hash, std::string_view name, std::uint32_t now);
    std::optional<std::uint32_t> target(std::uint64_t hash, std::uint32_t now);
    // Found, or made; `made` says which. One of the host's least suspicious makes room where it
    // must.
    std::uint32_t pair(std::uint32_t host, std::uint32_t target, std::uint32_t now, bool& made);
    // The pair's own, made where there is none.
    Rhythm& rhythm(std::uint32_t pair);
    // Of what everybody talks to, a pair is not worth its room.
    void forget_pair(std::uint32_t pair);
    // If there is one.
    void forget_pair_of(std::uint32_t host, std::uint32_t target);

    Slab<Host> hosts;
    Slab<Target> targets;
    Slab<Pair> pairs;
    Slab<Rhythm> rhythms;
    Dropped dropped;

    [[nodiscard]] const Limits& limits() const { return limits_; }

    void save(base::ByteWriter& writer);
    // Into empty tables. False: these are no tables, or larger ones.
    bool load(base::ByteReader& reader);

  private:
    // Both yield the destination when that was its last pair.
    std::optional<std::uint32_t> forget_least_of(std::uint32_t host, std::uint32_t now);
    // One with as many pairs as the mean or more. Precondition: there is a pair.
    std::uint32_t crowded_host();
    std::optional<std::uint32_t> unlink(std::uint32_t before);
    void link(std::uint32_t pair);
    [[nodiscard]] std::uint64_t suspicion(const Pair& pair, std::uint32_t now) const;
    bool forget_target(std::uint32_t now);
    void forget_rhythm();
    bool index_all();      // false: something points nowhere
    bool circles_close();  // every pair stands in its host's circle

    Limits limits_;
    Index host_index_;
    Index target_index_;
    Index pair_index_;
    std::uint32_t host_hand_ = 0;
    std::uint32_t target_hand_ = 0;
    std::uint32_t rhythm_hand_ = 0;
};

}  // namespace shoji::beacon
