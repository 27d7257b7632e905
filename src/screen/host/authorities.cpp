#include "screen/host/authorities.h"

#include <cctype>
#include <fstream>

namespace shoji::host {
namespace {

constexpr std::string_view begin = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view end = "-----END CERTIFICATE-----";

// Empty when it is no base64 (RFC 4648, section 4) of at least one byte.
std::string base64_in(std::string_view lines) {
    std::string text;
    for (const char c : lines) {
        const auto byte = static_cast<unsigned char>(c);
        if (std::isspace(byte) != 0) continue;
        if (std::isalnum(byte) == 0 && c != '+' && c != '/' && c != '=') return {};
        text += c;
    }
    const auto padding = text.find('=');
    const std::size_t digits = padding == std::string::npos ? text.size() : padding;
    const bool well_padded = text.size() % 4 == 0 && text.size() - digits <= 2 &&
                             text.find_first_not_of('=', digits) == std::string::npos;
    return well_padded ? text : std::string();
}

}  // namespace

base::Result<std::vector<std::string>> certificates_in(std::string_view pem) {
    std::vector<std::string> certificates;
    for (auto from = pem.find(begin); from != std::string_view::npos; from = pem.find(begin)) {
        pem.remove_prefix(from + begin.size());
        const auto to = pem.find(end);
        if (to == std::string_view::npos) {
            return base::fail(base::ErrorKind::invalid, "certificate {} is cut short",
                              certificates.size() + 1);
        }
        certificates.push_back(base64_in(pem.substr(0, to)));
        if (certificates.back().empty()) {
            return base::fail(base::ErrorKind::invalid, "certificate {} is no base64",
                              certificates.size());
        }
        pem.remove_prefix(to + end.size());
    }
    if (certificates.empty()) {
        return base::fail(base::ErrorKind::invalid, "there is no certificate in it");
    }
    return certificates;
}

base::Result<std::vector<std::string>> read_authorities(const std::vector<std::string>& files) {
    std::vector<std::string> all;
    for (const auto& name : files) {
        std::ifstream file(name);
        if (!file) return base::fail(base::ErrorKind::not_found, "{} cannot be read", name);
        std::string text(maximum_authorities_file + 1, '\0');
        file.read(text.data(), static_cast<std::streamsize>(text.size()));
        text.resize(static_cast<std::size_t>(file.gcount()));
        if (text.size() > maximum_authorities_file) {
            return base::fail(base::ErrorKind::invalid, "{} has more than {} bytes", name,
                              maximum_authorities_file);
        }
        const auto certificates = certificates_in(text);
        if (!certificates) {
            return base::fail(certificates.error().kind, "{}: {}", name,
                              certificates.error().message);
        }
        all.insert(all.end(), certificates->begin(), certificates->end());
    }
    return all;
}

}  // namespace shoji::host
