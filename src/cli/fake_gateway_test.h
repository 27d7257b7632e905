// An admin socket that answers from a list, for tests of what `shoji` asks and says.
#pragma once

#include "core/base/file_descriptor.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace shoji::cli {

class FakeGateway {
  public:
    // Answers each command with its line of JSON; others with an error.
    FakeGateway(const std::filesystem::path& socket, std::map<std::string, std::string> answers);
    ~FakeGateway();
    FakeGateway(const FakeGateway&) = delete;
    FakeGateway& operator=(const FakeGateway&) = delete;

    // What was asked since the last call.
    std::vector<std::string> take_requests();

  private:
    void serve();
    void answer(int socket);

    std::map<std::string, std::string> answers_;
    base::FileDescriptor listener_;
    std::mutex mutex_;
    std::vector<std::string> requests_;
    std::thread thread_;
};

}  // namespace shoji::cli
