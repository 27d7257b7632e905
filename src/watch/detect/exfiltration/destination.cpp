#include "watch/detect/exfiltration/destination.h"

#include <algorithm>
#include <array>

#include <arpa/inet.h>
#include <libpsl.h>

namespace shoji::exfiltration {
namespace {

char plain(char c) {
    if (c == '/') return '\\';
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

std::string_view last_part(std::string_view path) {
    const auto slash = path.find_last_of("/\\");
    return slash == path.npos ? path : path.substr(slash + 1);
}

template <std::size_t N>
bool has_ending(std::string_view path, const std::array<std::string_view, N>& endings) {
    const auto name = last_part(path);
    const auto dot = name.rfind('.');
    if (dot == name.npos) return false;
    return std::ranges::any_of(endings, [&](std::string_view ending) {
        return std::ranges::equal(name.substr(dot + 1), ending, {}, plain);
    });
}

// Text of an address, ended by a zero as inet_pton(3) wants it.
using AddressText = std::array<char, INET6_ADDRSTRLEN>;
bool copy_address(std::string_view text, AddressText& copy) {
    if (text.empty() || text.size() >= copy.size()) return false;
    std::ranges::copy(text, copy.begin());
    copy.at(text.size()) = '\0';
    return true;
}

}  // namespace

bool is_private_address(std::string_view text) {
    AddressText copy{};
    if (!copy_address(text, copy)) return false;
    std::array<std::uint8_t, 16> bytes{};
    if (inet_pton(AF_INET, copy.data(), bytes.data()) == 1) {
        return bytes[0] == 10 || bytes[0] == 127 || (bytes[0] == 172 && bytes[1] >> 4U == 1) ||
               (bytes[0] == 192 && bytes[1] == 168) || (bytes[0] == 169 && bytes[1] == 254);
    }
    if (inet_pton(AF_INET6, copy.data(), bytes.data()) == 1) {
        const bool loopback =
            bytes[15] == 1 && std::all_of(bytes.begin(), bytes.begin() + 15,
                                          [](std::uint8_t byte) { return byte == 0; });
        return loopback || (bytes[0] & 0xfeU) == 0xfc ||
               (bytes[0] == 0xfe && (bytes[1] & 0xc0U) == 0x80);
    }
    return false;
}

bool is_address(std::string_view text) {
    AddressText copy{};
    std::array<std::uint8_t, 16> bytes{};
    return copy_address(text, copy) && (inet_pton(AF_INET, copy.data(), bytes.data()) == 1 ||
                                        inet_pton(AF_INET6, copy.data(), bytes.data()) == 1);
}

bool is_under(std::string_view name, const std::vector<std::string>& suffixes) {
    return std::ranges::any_of(suffixes, [&](const std::string& suffix) {
        return name.ends_with(suffix) &&
               (name.size() == suffix.size() || name[name.size() - suffix.size() - 1] == '.');
    });
}

bool begins_with(std::string_view path, const std::vector<std::string>& beginnings) {
    return std::ranges::any_of(beginnings, [&](const std::string& beginning) {
        return path.size() >= beginning.size() &&
               std::ranges::equal(path.substr(0, beginning.size()), beginning, {}, plain, plain);
    });
}

bool is_archive_name(std::string_view path) {
    constexpr std::array<std::string_view, 22> endings{
        "zip", "7z",  "rar", "tar", "gz",  "tgz", "bz2",  "xz", "zst", "cab", "lzh",
        "iso", "gpg", "pgp", "aes", "enc", "vhd", "vhdx", "hc", "arj", "ace", "wim"};
    return has_ending(path, endings);
}

bool is_packed_name(std::string_view path) {
    constexpr std::array<std::string_view, 14> endings{"docx", "xlsx", "pptx", "pdf", "jpg",
                                                       "jpeg", "png",  "gif",  "mp4", "mov",
                                                       "mp3",  "heic", "odt",  "ods"};
    return has_ending(path, endings);
}

bool is_archiver(std::string_view process) {
    constexpr std::array<std::string_view, 14> programs{
        "7z.exe",  "7za.exe",     "7zg.exe",      "winrar.exe", "rar.exe", "tar.exe", "makecab.exe",
        "gpg.exe", "lhaplus.exe", "lhaforge.exe", "tar",        "zip",     "7z",      "gpg"};
    const auto name = last_part(process);
    return std::ranges::any_of(programs, [&](std::string_view program) {
        return std::ranges::equal(name, program, {}, plain);
    });
}

std::string_view RegisteredDomain::of(std::string_view name, std::uint64_t hash) {
    constexpr std::size_t longest = 253;  // RFC 1035, 2.3.4, as text
    if (name.size() > longest || is_address(name)) return name;
    Answer& answer = answers_.at(hash % answers_.size());
    if (answer.length != 0 && answer.hash == hash && answer.length <= name.size()) {
        return name.substr(name.size() - answer.length);
    }
    std::array<char, longest + 1> copy{};
    std::ranges::copy(name, copy.begin());
    const char* found = psl_registrable_domain(psl_builtin(), copy.data());
    const std::size_t length = found == nullptr ? name.size() : std::string_view(found).size();
    answer = {hash, static_cast<std::uint16_t>(length)};
    return name.substr(name.size() - length);
}

}  // namespace shoji::exfiltration
