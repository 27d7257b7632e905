// HTTP requests and answers as the rest of the gateway sees them, apart from the library that reads
// and writes them.
#pragma once

#include "core/store/types.h"

#include <memory>
#include <optional>
#include <string>

namespace shoji::gateway {

// Who is at the other end, as the TLS connection proves: never what a request says.
struct Terminal {
    std::string zone;
    std::string name;     // of its certificate's entry; empty without one
    std::string address;  // numeric
    std::optional<store::Digest> fingerprint;
    store::Seconds expires = 0;  // of its certificate; 0: it has none

    // For the journal: "desk-12 (10.1.2.3), zone counter".
    [[nodiscard]] std::string described() const {
        return (name.empty() ? address : name + " (" + address + ")") + ", zone " + zone;
    }
};

enum class Method { get, head, post, other };

struct Request {
    Method method = Method::get;
    std::string target;     // path and query, as sent
    std::string authority;  // "host" or "host:port" by which the gateway was rightly addressed
    std::string origin;
    std::string fetch_site;
    std::string cookie;
    std::string csrf;
    std::string content_type;
    std::string body;
    Terminal terminal;

    [[nodiscard]] std::string_view path() const {
        return std::string_view(target).substr(0, target.find('?'));
    }
    [[nodiscard]] std::string_view query() const {
        const auto mark = target.find('?');
        return mark == std::string::npos ? std::string_view{}
                                         : std::string_view(target).substr(mark + 1);
    }
};

// What an answer is to the browser, which decides on its security headers.
enum class Kind {
    console,  // a page of the console
    screen,   // the viewer's page or one of its files: an origin of its own
    asset,    // a file of the console
    data,     // an answer of the API, or an error
};

struct Response {
    unsigned int status = 200;
    Kind kind = Kind::data;
    std::string content_type = "application/json";
    std::shared_ptr<const std::string> body;
    bool immutable = false;  // its name changes with its content
    std::string set_cookie;
    std::int64_t retry_after = 0;  // seconds; 0: not said
    std::string allow;             // with status 405
};

}  // namespace shoji::gateway
