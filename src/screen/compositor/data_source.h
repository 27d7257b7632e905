// wl_data_source and wl_data_offer: what a page drags, as its own drop target sees it. Both ends
// are the one client; nothing of it is read here or leaves the session.
#pragma once

#include "screen/compositor/resource.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace shoji::compositor {

class DataSource : public Object {
  public:
    // False when there are too many types, or one is too long.
    bool add_type(std::string_view type);
    [[nodiscard]] bool has_type(std::string_view type) const;
    [[nodiscard]] const std::vector<std::string>& types() const { return types_; }

    [[nodiscard]] std::uint32_t actions() const { return actions_; }
    void set_actions(std::uint32_t actions) { actions_ = actions; }

    // Nobody wants it any more.
    void cancel();

  private:
    std::vector<std::string> types_;
    std::uint32_t actions_ = 0;
};

class DataOffer : public Object {
  public:
    explicit DataOffer(const std::shared_ptr<DataSource>& source) : source_(source) {}
    // The offer's resource, made by the server for this device and described to it.
    static std::shared_ptr<DataOffer> introduce(wl_resource* device,
                                                const std::shared_ptr<DataSource>& source);

    // The drop target would take it.
    [[nodiscard]] bool accepted() const { return accepted_ && action_ != 0; }
    void dropped() { dropped_ = true; }

    // Requests.
    void accept(const char* type);
    void receive(const char* type, int descriptor);
    void finish();
    void set_actions(std::uint32_t actions, std::uint32_t preferred);

  protected:
    void destroyed() override;

  private:
    std::weak_ptr<DataSource> source_;
    std::uint32_t action_ = 0;
    bool accepted_ = false;
    bool dropped_ = false;
};

// wl_data_device_manager.create_data_source
void create_data_source(wl_client* client, wl_resource* manager, std::uint32_t id);

}  // namespace shoji::compositor
