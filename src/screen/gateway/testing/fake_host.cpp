#include "screen/gateway/testing/fake_host.h"

#include "core/base/random.h"
#include "screen/gateway/testing/patience.h"
#include "screen/wire/framing.h"

#include <stdexcept>

#include <poll.h>
#include <sys/socket.h>

namespace shoji::gateway::testing {
namespace {

using namespace std::chrono_literals;

template <class T>
T must(base::Result<T> result) {
    if (!result) throw std::runtime_error(result.error().message);
    if constexpr (!std::is_void_v<T>) return std::move(*result);
}

}  // namespace

FakeHost::FakeHost(std::filesystem::path path) : path_(std::move(path)) {
    start();
}

void FakeHost::start() {
    std::filesystem::create_directories(path_.parent_path());
    listener_ = must(base::listen_unix(path_, base::SocketKind::packet, 0600, false));
    stopping_ = false;
    thread_ = std::thread([this, listener = listener_.get()] { serve(listener); });
}

void FakeHost::stop() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        if (connection_ >= 0) ::shutdown(connection_, SHUT_RDWR);
        ::shutdown(listener_.get(), SHUT_RDWR);
    }
    if (thread_.joinable()) thread_.join();
    listener_.reset();
    std::filesystem::remove(path_);
}

void FakeHost::serve(int listener) {
    for (;;) {
        auto socket = base::accept_unix(listener, false);
        if (!socket) return;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            connection_ = socket->get();
        }
        for (;;) {
            const auto packet = base::receive_packet(socket->get(), control::maximum_packet);
            if (!packet || packet->bytes.empty()) break;
            const auto request = control::decode_to_host(packet->bytes);
            if (!request) break;
            answer(socket->get(), *request);
        }
        const std::lock_guard lock(mutex_);
        connection_ = -1;
        if (stopping_) return;
    }
}

void FakeHost::hand_out(int socket, std::uint32_t request, const control::SessionId& id,
                        FakeSession session) {
    auto display = must(base::unix_socket_pair(base::SocketKind::stream));
    auto reports = must(base::unix_socket_pair(base::SocketKind::packet));
    const std::array descriptors{display.second.get(), reports.second.get()};
    session.id = id;
    session.display = std::move(display.first);
    session.reports = std::move(reports.first);
    {
        const std::lock_guard lock(mutex_);
        asked_.push_back(std::move(session));
        known_.insert(id);
    }
    must(base::send_packet(
        socket, control::encode(control::FromHost{control::Started{request, id}}), descriptors));
    changed_.notify_all();
}

void FakeHost::answer(int socket, const control::ToHost& request) {
    std::unique_lock lock(mutex_);
    const auto send = [&](const control::FromHost& message) {
        must(base::send_packet(socket, control::encode(message)));
    };
    if (const auto* start = std::get_if<control::Start>(&request)) {
        if (silent_) return;
        if (refusal_) return send(control::Failed{start->request, *refusal_});
        control::SessionId id{};
        base::fill_random(id);
        lock.unlock();
        return hand_out(socket, start->request, id, {id, false, *start, {}, {}});
    }
    if (const auto* attach = std::get_if<control::Attach>(&request)) {
        if (!known_.contains(attach->session)) {
            return send(control::Failed{attach->request, control::Reason::unknown_session});
        }
        lock.unlock();
        return hand_out(socket, attach->request, attach->session, {{}, true, {}, {}, {}});
    }
    if (const auto* end = std::get_if<control::End>(&request)) {
        ended_.insert(end->session);
        known_.erase(end->session);
        changed_.notify_all();
        return;
    }
    control::Listing listing;
    listing.request = std::get<control::List>(request).request;
    for (const auto& id : known_) listing.sessions.push_back({id, 1, 1234});
    send(listing);
}

FakeSession FakeHost::next() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience(), [&] { return !asked_.empty(); })) {
        throw std::runtime_error("the gateway asked for no session");
    }
    FakeSession session = std::move(asked_.front());
    asked_.pop_front();
    return session;
}

bool FakeHost::nothing_asked(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !changed_.wait_for(lock, time, [&] { return !asked_.empty(); });
}

void FakeHost::wait_for_end(const control::SessionId& id) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience(), [&] { return ended_.contains(id); })) {
        throw std::runtime_error("the gateway did not end the session");
    }
}

void FakeHost::exit(const control::SessionId& id, control::Reason reason) {
    forget(id);
    send_raw(control::encode(control::FromHost{control::Exited{id, reason}}));
}

void FakeHost::forget(const control::SessionId& id) {
    const std::lock_guard lock(mutex_);
    known_.erase(id);
}

void FakeHost::refuse_with(std::optional<control::Reason> reason) {
    const std::lock_guard lock(mutex_);
    refusal_ = reason;
}

void FakeHost::stay_silent(bool silent) {
    const std::lock_guard lock(mutex_);
    silent_ = silent;
}

void FakeHost::send_raw(const std::vector<std::uint8_t>& packet) {
    const std::lock_guard lock(mutex_);
    must(base::send_packet(connection_, packet));
}

void write_message(int display, const std::vector<std::uint8_t>& message) {
    const auto length = wire::frame_length(message.size());
    std::vector<std::uint8_t> bytes(length.begin(), length.end());
    bytes.insert(bytes.end(), message.begin(), message.end());
    std::size_t at = 0;
    while (at < bytes.size()) {
        const ssize_t sent = ::send(display, bytes.data() + at, bytes.size() - at, MSG_NOSIGNAL);
        if (sent <= 0) throw std::runtime_error("the gateway does not take the session's message");
        at += static_cast<std::size_t>(sent);
    }
}

std::optional<std::vector<std::uint8_t>> read_message(int display) {
    const auto read = [&](std::uint8_t* into, std::size_t size) {
        while (size > 0) {
            pollfd wanted{display, POLLIN, 0};
            const auto limit = std::chrono::milliseconds(patience()).count();
            if (::poll(&wanted, 1, static_cast<int>(limit)) != 1) {
                throw std::runtime_error("the gateway sends the session nothing");
            }
            const ssize_t got = ::recv(display, into, size, 0);
            if (got <= 0) return false;
            into += got;
            size -= static_cast<std::size_t>(got);
        }
        return true;
    };
    std::array<std::uint8_t, wire::length_bytes> prefix{};
    if (!read(prefix.data(), prefix.size())) return {};
    std::size_t length = 0;
    for (std::size_t i = 0; i < prefix.size(); ++i) length |= std::size_t{prefix.at(i)} << (8 * i);
    std::vector<std::uint8_t> message(length);
    if (!read(message.data(), message.size())) return {};
    return message;
}

}  // namespace shoji::gateway::testing
