#include "screen/compositor/data_device.h"
namespace shoji::compositor {
void offer_data_devices(Server&) {}
}  // namespace shoji::compositor
