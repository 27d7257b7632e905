// What correlations will be told of the events of all files, gathered by many threads and put in
// the order of time once all are read: of the same time, by file and by place in it. Bounded:
// beyond `most_bytes` the latest are left out and counted; which ones, and so what a hunt finds,
// does not depend on the number of threads.
#pragma once

#include "watch/detect/sigma/observation.h"

#include <cstdint>
#include <mutex>
#include <string>
#include <tuple>
#include <vector>

namespace shoji::hunt {

struct Seen {
    sigma::Observation observation;
    std::uint32_t file = 0;   // of the files given
    std::uint64_t place = 0;  // among the file's events
    std::uint64_t record = 0;
    std::string computer;
    std::string channel;
    std::string event_id;

    [[nodiscard]] std::size_t bytes() const;  // of memory, about
    [[nodiscard]] auto order() const { return std::tuple(observation.time, file, place); }
};

class Gathering {
  public:
    static constexpr std::size_t batch = 1024;  // how many to give at a time

    explicit Gathering(std::size_t most_bytes) : most_bytes_(most_bytes) {}

    // From any thread. Empties `some`.
    void add(std::vector<Seen>& some);

    // Once, at the end: all that was kept, in order.
    std::vector<Seen> take();
    [[nodiscard]] std::uint64_t left_out() const { return left_out_; }

  private:
    // Keeps the earliest whose bytes together are allowed.
    void cut();

    std::size_t most_bytes_;
    std::mutex adding_;
    std::vector<Seen> all_;
    std::size_t bytes_ = 0;
    std::uint64_t left_out_ = 0;
};

}  // namespace shoji::hunt
