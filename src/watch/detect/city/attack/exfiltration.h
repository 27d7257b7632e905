// Kinds of attack that take data out, each in a file of its own beside this one. Their defaults
// stand at each; the browser sends where a person would, the malware's process (attack.h)
// elsewhere.
#pragma once

#include "watch/detect/city/attack.h"
#include "watch/detect/city/names.h"

#include <memory>

namespace shoji::city {

constexpr std::string_view browser_path =
    R"(C:\Program Files\Microsoft\Edge\Application\msedge.exe)";

// A request by the browser that sends `out` bytes to `site`.
void fill_upload(event::Activity& activity, const Site& site, std::uint64_t out);
// A site that only this attack knows.
Site own_site(std::uint64_t number);

using MakeAttack = std::unique_ptr<Source>(const World& world, const Attack& attack,
                                           std::uint64_t number);

MakeAttack make_loud_upload;
MakeAttack make_storage_pieces;
MakeAttack make_night_upload;
MakeAttack make_https_drip;
MakeAttack make_dns_tunnel;  // fast and slow
MakeAttack make_icmp_tunnel;
MakeAttack make_stick_copy;
MakeAttack make_archive_mail;
MakeAttack make_print_volume;
MakeAttack make_paste_upload;
MakeAttack make_ssh_tunnel;
MakeAttack make_archive_then_send;
MakeAttack make_session_input;
MakeAttack make_share_copy;

}  // namespace shoji::city
