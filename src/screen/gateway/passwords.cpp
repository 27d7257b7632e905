#include "screen/gateway/passwords.h"

#include "screen/gateway/password.h"

#include <spdlog/spdlog.h>

namespace shoji::gateway {
namespace {

class Counted {
  public:
    explicit Counted(std::size_t& count) : count_(count) { ++count_; }
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count_; }

  private:
    std::size_t& count_;
};

}  // namespace

Passwords::Passwords() : worker_(at_once) {}

Task<std::optional<bool>> Passwords::verify(std::string hash, std::string password) {
    if (waiting_ >= maximum_waiting) co_return std::nullopt;
    const Counted counted(waiting_);
    auto work = [hash = std::move(hash), password = std::move(password)] {
        return verify_password(hash, password);
    };
    co_return co_await worker_.run(std::move(work));
}

Task<std::optional<std::string>> Passwords::hash(std::string password) {
    if (waiting_ >= maximum_waiting) co_return std::nullopt;
    const Counted counted(waiting_);
    auto work = [password = std::move(password)] { return hash_password(password); };
    auto hashed = co_await worker_.run(std::move(work));
    if (hashed) co_return std::move(*hashed);
    spdlog::error("{}", hashed.error().message);
    co_return std::nullopt;
}

}  // namespace shoji::gateway
