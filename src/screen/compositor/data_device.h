// wl_data_device_manager.
#pragma once

namespace shoji::compositor {

class Server;

void offer_data_devices(Server& server);

}  // namespace shoji::compositor
