#include "screen/gateway/request_check.h"

#include <algorithm>

#include <fmt/format.h>

namespace shoji::gateway {
namespace {

constexpr std::uint16_t https_port = 443;

std::string lower(std::string_view text) {
    std::string lowered(text);
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lowered;
}

bool is_ipv6(const std::string& address) {
    return address.find(':') != std::string::npos;
}

std::string authority_of(const std::string& host, std::uint16_t port) {
    const std::string written = is_ipv6(host) ? "[" + host + "]" : host;
    return port == https_port ? written : fmt::format("{}:{}", written, port);
}

bool is_same_origin(const Request& request) {
    return lower(request.origin) == "https://" + request.authority;
}

bool is_json(std::string_view content_type) {
    const std::string type = lower(content_type.substr(0, content_type.find(';')));
    return type == "application/json" || type == "application/json ";
}

}  // namespace

std::optional<std::string> accepted_authority(std::string_view host, const Identity& identity) {
    std::string given = lower(host);
    // A browser leaves the port out when it is the scheme's own, others may not.
    const std::string own_port = fmt::format(":{}", https_port);
    if (identity.port == https_port && given.ends_with(own_port)) {
        given.resize(given.size() - own_port.size());
    }
    for (const std::string& name : {lower(identity.host_name), identity.local_address}) {
        if (given == authority_of(name, identity.port)) return given;
    }
    return {};
}

bool is_own_change(const Request& request) {
    const bool own_site = request.fetch_site.empty() || request.fetch_site == "same-origin";
    return own_site && is_same_origin(request) && is_json(request.content_type);
}

bool is_own_read(const Request& request) {
    const bool own_site = request.fetch_site.empty() || request.fetch_site == "same-origin" ||
                          request.fetch_site == "none";
    return own_site && (request.origin.empty() || is_same_origin(request));
}

bool may_open_socket(const Request& request) {
    return request.origin == "null" || is_same_origin(request);
}

}  // namespace shoji::gateway
