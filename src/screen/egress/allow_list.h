// What a session may reach: the decisions of the egress. Pure: the resolver's answers come in, the
// addresses that may be connected to come out.
#pragma once

#include "core/base/result.h"
#include "screen/control/control.h"
#include "screen/egress/address.h"
#include "screen/egress/authority.h"

#include <span>
#include <vector>

namespace shoji::egress {

enum class RequestKind {
    tunnel,  // CONNECT: for https, and for WebSockets to an http origin
    plain,   // one request for an http:// address
};

template <class T>
using Verdict = tl::expected<T, control::RefusalReason>;

class AllowList {
  public:
    // An error names the network that is none.
    static base::Result<AllowList> from(const control::Allowance& allowance);

    // The origin that the request is for. A tunnel is for the https origin of that host and port
    // if there is one, else for the http one; a plain request is for http origins only. The
    // authority has a port.
    [[nodiscard]] Verdict<control::Origin> decide(RequestKind kind,
                                                  const Authority& authority) const;

    // Those of the origin's addresses that may be connected to, in the order given. When none may:
    // terminal_network where one lies there, else private_address. `own` are this machine's own
    // addresses among them: as good as loopback, whatever their range.
    [[nodiscard]] Verdict<std::vector<Address>> permit(const control::Origin& origin,
                                                       std::span<const Address> addresses,
                                                       std::span<const Address> own) const;

    [[nodiscard]] const std::vector<control::Origin>& origins() const { return origins_; }

  private:
    std::vector<control::Origin> origins_;
    std::vector<Network> terminal_networks_;
};

}  // namespace shoji::egress
