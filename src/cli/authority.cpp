#include "cli/authority.h"

#include "cli/files.h"
#include "core/journal/client.h"

#include <unistd.h>

namespace shoji::cli {
namespace {

using base::Result;

constexpr std::size_t maximum_pem = 65536;

// The use of the authority's key goes into the journal first, by the one program that can use it.
Result<void> record_issue(const base::Settings& settings, const std::string& what) {
    journal::Client client(settings.audit_socket(),
                           {0, settings.separate_users ? settings.audit_user() : ::geteuid()});
    const auto answer =
        client.send({journal::Action::terminal, journal::Outcome::allowed,
                     fmt::format("uid:{}", ::geteuid()), "", what, "issued by the authority"});
    if (!answer && answer.error().kind == base::ErrorKind::unavailable) {
        return base::worded(base::Failure(answer.error()), "cli.error.audit_away");
    }
    if (!answer) return base::Failure(answer.error());
    if (*answer == journal::Acknowledgement::written) return {};
    const bool full = *answer == journal::Acknowledgement::full;
    return base::worded(
        base::fail(full ? base::ErrorKind::full : base::ErrorKind::system,
                   "the journal could not take the record of this: nothing is issued without"),
        "cli.error.audit_full");
}

}  // namespace

Result<access::Identity> use_authority(const base::Settings& settings, const std::string& what) {
    const auto key = read_file(settings.authority_state() / "authority.key", maximum_pem);
    if (!key) return base::Failure(key.error());
    const auto certificate = read_file(settings.authority_state() / "authority.crt", maximum_pem);
    if (!certificate) return base::Failure(certificate.error());
    if (auto recorded = record_issue(settings, what); !recorded) {
        return base::Failure(recorded.error());
    }
    return access::Identity{*key, *certificate};
}

}  // namespace shoji::cli
