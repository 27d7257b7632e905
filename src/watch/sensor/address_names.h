// The names that answers of DNS gave to addresses, for the connections that follow. Bounded: what
// was answered first goes first.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace shoji::sensor {

class AddressNames {
  public:
    static constexpr std::size_t most = 8192;
    using Address = std::array<std::uint8_t, 16>;

    void add(const Address& address, std::string_view name) {
        const auto [at, is_new] = names_.insert_or_assign(address, std::string(name));
        if (!is_new) return;
        order_.push_back(address);
        if (order_.size() <= most) return;
        names_.erase(order_.front());
        order_.pop_front();
    }
    // Empty when nobody asked for one that has it. Good until the next change.
    [[nodiscard]] std::string_view find(const Address& address) const {
        const auto found = names_.find(address);
        return found == names_.end() ? std::string_view() : std::string_view(found->second);
    }
    [[nodiscard]] std::size_t size() const { return names_.size(); }

  private:
    std::map<Address, std::string> names_;
    std::deque<Address> order_;
};

}  // namespace shoji::sensor
