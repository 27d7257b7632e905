#include "watch/channel/channel.h"

#include <array>
#include <cerrno>
#include <climits>

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>

namespace shoji::channel {
namespace {

using base::because;
using base::ErrorKind;

// Errors of a handshake that say: a certificate was not accepted, by this end or the other.
bool is_about_certificate(unsigned long error) {
    switch (ERR_GET_REASON(error)) {
        case SSL_R_CERTIFICATE_VERIFY_FAILED:
        case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
        case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
        case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
            return true;
        default:
            return false;
    }
}

}  // namespace

base::Result<Channel> Channel::make(const Context& context, base::FileDescriptor socket) {
    std::shared_ptr<SSL> connection(SSL_new(context.native()), SSL_free);
    if (!connection || SSL_set_fd(connection.get(), socket.get()) != 1) {
        return because(ErrorKind::system, "no memory for a TLS connection");
    }
    if (context.end() == End::hub) {
        SSL_set_accept_state(connection.get());
    } else {
        SSL_set_connect_state(connection.get());
    }
    return Channel(context, std::move(socket), std::move(connection));
}

short Channel::wants() const {
    const bool write = wants_write_ || (ready_ && unsent() > 0);
    const bool read = !ready_ || may_receive();
    return static_cast<short>((read ? POLLIN : 0) | (write ? POLLOUT : 0));
}

// True: `result` was no success, and the socket has to be waited for.
base::Result<bool> Channel::waits(int result) {
    const int saved = errno;
    if (result > 0) return false;
    switch (SSL_get_error(connection_.get(), result)) {
        case SSL_ERROR_WANT_READ:
            return true;
        case SSL_ERROR_WANT_WRITE:
            wants_write_ = true;
            return true;
        case SSL_ERROR_ZERO_RETURN:
            return because(ErrorKind::unavailable, "the other end has closed the connection");
        case SSL_ERROR_SYSCALL: {
            ERR_clear_error();
            auto failure = base::fail_errno(saved == 0 ? ECONNRESET : saved, "the connection");
            failure.value().kind = ErrorKind::unavailable;
            return failure;
        }
        default: {
            const unsigned long error = ERR_get_error();
            const long verified = SSL_get_verify_result(connection_.get());
            std::array<char, 256> text{};
            ERR_error_string_n(error, text.data(), text.size());
            ERR_clear_error();
            if (!is_about_certificate(error)) {
                return because(ErrorKind::unavailable, "TLS: {}", text.data());
            }
            std::string why = text.data();
            if (verified != X509_V_OK) {
                why += fmt::format(": {}", X509_verify_cert_error_string(verified));
            }
            return because(ErrorKind::denied, "a certificate was not accepted: {}", why);
        }
    }
}

base::Result<bool> Channel::shake_hands() {
    ERR_clear_error();
    errno = 0;
    const auto waiting = waits(SSL_do_handshake(connection_.get()));
    if (!waiting) return base::Failure(waiting.error());
    if (*waiting) return false;
    const auto peer = peer_of(connection_.get());
    if (!peer) return because(ErrorKind::denied, "the other end has no name");
    peer_ = *peer;
    ready_ = true;
    return true;
}

base::Result<void> Channel::send_some() {
    while (unsent() > 0) {
        ERR_clear_error();
        errno = 0;
        const auto size = static_cast<int>(std::min<std::size_t>(unsent(), INT_MAX));
        const int wrote = SSL_write(connection_.get(), outgoing_.data() + sent_, size);
        const auto waiting = waits(wrote);
        if (!waiting) return base::Failure(waiting.error());
        if (*waiting) return {};
        sent_ += static_cast<std::size_t>(wrote);
    }
    outgoing_.clear();
    sent_ = 0;
    return {};
}

base::Result<void> Channel::receive_some() {
    std::array<std::uint8_t, 16384> part{};
    while (may_receive()) {
        ERR_clear_error();
        errno = 0;
        const int got = SSL_read(connection_.get(), part.data(), part.size());
        const auto waiting = waits(got);
        if (!waiting) return base::Failure(waiting.error());
        if (*waiting) return {};
        received_.insert(received_.end(), part.begin(), part.begin() + got);
    }
    return {};
}

base::Result<void> Channel::advance() {
    wants_write_ = false;
    if (!ready_) {
        const auto done = shake_hands();
        if (!done) return base::Failure(done.error());
        if (!*done) return {};
    }
    // What came is taken even where nothing can be sent any more: it may say why.
    const auto sent = send_some();
    const auto received = receive_some();
    if (!received && received_.empty()) return received;
    return sent ? sent : (received_.empty() ? sent : base::Result<void>());
}

void Channel::send(std::span<const std::uint8_t> bytes) {
    if (sent_ > outgoing_.size() / 2) {
        outgoing_.erase(outgoing_.begin(), outgoing_.begin() + static_cast<std::ptrdiff_t>(sent_));
        sent_ = 0;
    }
    outgoing_.insert(outgoing_.end(), bytes.begin(), bytes.end());
}

std::vector<std::uint8_t> Channel::take_received() {
    return std::exchange(received_, {});
}

void Channel::close() {
    if (!ready_) return;
    ERR_clear_error();
    static_cast<void>(send_some());
    SSL_shutdown(connection_.get());
}

}  // namespace shoji::channel
