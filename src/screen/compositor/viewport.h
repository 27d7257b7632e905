// wp_viewport: shows a part of a buffer at a size that need not be the buffer's. Chromium uses it
// for every scale but 1.
#pragma once

namespace shoji::compositor {

class Server;

void offer_viewports(Server& server);

}  // namespace shoji::compositor
