// A shoji-audit that keeps records in memory and answers as the test wants.
#pragma once

#include "core/base/unix_socket.h"
#include "core/journal/record.h"

#include <condition_variable>
#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace shoji::gateway::testing {

class FakeJournal {
  public:
    explicit FakeJournal(std::filesystem::path path);
    FakeJournal(const FakeJournal&) = delete;
    FakeJournal& operator=(const FakeJournal&) = delete;
    ~FakeJournal() { stop(); }

    void start();
    void stop();
    void answer_with(journal::Acknowledgement acknowledgement);
    // Waits some seconds for such a record; an exception when none came.
    journal::Record wait_for(const std::function<bool(const journal::Record&)>& which);
    [[nodiscard]] std::vector<journal::Record> records();

  private:
    void serve(int listener);

    std::filesystem::path path_;
    base::FileDescriptor listener_;
    std::thread thread_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<journal::Record> records_;
    journal::Acknowledgement acknowledgement_ = journal::Acknowledgement::written;
    int connection_ = -1;
    bool stopping_ = false;
};

}  // namespace shoji::gateway::testing
