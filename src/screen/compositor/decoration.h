// xdg-decoration: windows have no title bar and no frame; the compositor says that it draws them
// and draws none.
#pragma once

namespace shoji::compositor {

class Server;

void offer_decoration(Server& server);

}  // namespace shoji::compositor
