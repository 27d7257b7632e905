#include "screen/gateway/testing/fake_journal.h"

#include "screen/gateway/testing/patience.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include <sys/socket.h>

namespace shoji::gateway::testing {

FakeJournal::FakeJournal(std::filesystem::path path) : path_(std::move(path)) {
    start();
}

void FakeJournal::start() {
    std::filesystem::create_directories(path_.parent_path());
    auto listener = base::listen_unix(path_, base::SocketKind::packet, 0600, false);
    if (!listener) throw std::runtime_error(listener.error().message);
    listener_ = std::move(*listener);
    stopping_ = false;
    thread_ = std::thread([this, descriptor = listener_.get()] { serve(descriptor); });
}

void FakeJournal::stop() {
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

void FakeJournal::serve(int listener) {
    for (;;) {
        auto socket = base::accept_unix(listener, false);
        if (!socket) return;
        {
            const std::lock_guard lock(mutex_);
            if (stopping_) return;
            connection_ = socket->get();
        }
        for (;;) {
            const auto packet = base::receive_packet(socket->get(), journal::maximum_record);
            if (!packet || packet->bytes.empty()) break;
            auto record = journal::decode_record(packet->bytes);
            if (!record) break;
            const std::lock_guard lock(mutex_);
            const std::array answer{static_cast<std::uint8_t>(acknowledgement_)};
            if (acknowledgement_ == journal::Acknowledgement::written) {
                records_.push_back(std::move(*record));
            }
            if (!base::send_packet(socket->get(), answer)) break;
            changed_.notify_all();
        }
        const std::lock_guard lock(mutex_);
        connection_ = -1;
        if (stopping_) return;
    }
}

void FakeJournal::answer_with(journal::Acknowledgement acknowledgement) {
    const std::lock_guard lock(mutex_);
    acknowledgement_ = acknowledgement;
}

journal::Record FakeJournal::wait_for(const std::function<bool(const journal::Record&)>& which) {
    std::unique_lock lock(mutex_);
    std::vector<journal::Record>::iterator found;
    const bool came = changed_.wait_for(lock, patience(), [&] {
        found = std::ranges::find_if(records_, which);
        return found != records_.end();
    });
    if (!came) throw std::runtime_error("no such record came to the journal");
    return *found;
}

std::vector<journal::Record> FakeJournal::records() {
    const std::lock_guard lock(mutex_);
    return records_;
}

}  // namespace shoji::gateway::testing
