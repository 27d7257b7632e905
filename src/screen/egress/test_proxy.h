// The proxy as a session has it, but on a thread of the test and without confinement.
#pragma once

#include "screen/egress/proxy.h"
#include "screen/egress/test_network.h"

#include <future>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace shoji::egress::test {

struct Setting {
    std::vector<control::Origin> origins;
    std::vector<std::string> terminal_networks{};
    std::uint16_t name_server = 9;  // port on 127.0.0.1; 9: nobody answers
    std::uint64_t expires = 0;
    Limits limits{};
};

class RunningProxy {
  public:
    explicit RunningProxy(const Setting& setting)
        : listener_(listen_on()),
          port_(port_of(listener_.get())),
          reports_(base::listen_unix(folder_.path() / "egress.sock", base::SocketKind::packet, 0600,
                                     true)
                       .value()),
          proxy_(context_.get_executor(), Inherited{std::move(listener_), std::move(reports_)},
                 AllowList::from({setting.origins, 0, setting.terminal_networks, {}}).value(),
                 Expiry(setting.expires, wall_seconds(), running_seconds()),
                 Resolver::make({"127.0.0.1"}, setting.name_server, setting.limits).value(),
                 setting.limits) {
        proxy_.start();
        thread_ = std::thread([this] { context_.run(); });
    }
    RunningProxy(const RunningProxy&) = delete;
    RunningProxy& operator=(const RunningProxy&) = delete;
    ~RunningProxy() {
        context_.stop();
        thread_.join();
    }

    [[nodiscard]] Stream connect() const { return Stream::to(port_); }
    Gateway gateway() { return Gateway(folder_.path() / "egress.sock"); }
    control::Traffic traffic() {
        return ask<control::Traffic>([this] { return proxy_.traffic(); });
    }
    std::size_t connections() {
        return ask<std::size_t>([this] { return proxy_.connections(); });
    }

    // The status of a CONNECT, the tunnel left open in `stream`.
    std::string tunnel(Stream& stream, const std::string& authority) const {
        stream = connect();
        stream.send("CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n\r\n");
        return status_of(stream.receive_until("\r\n\r\n"));
    }
    std::string tunnel(const std::string& authority) const {
        Stream stream;
        return tunnel(stream, authority);
    }
    // The whole answer to a GET.
    [[nodiscard]] std::string get(const std::string& authority,
                                  const std::string& path = "/") const {
        const auto stream = connect();
        stream.send("GET http://" + authority + path + " HTTP/1.1\r\nHost: " + authority +
                    "\r\n\r\n");
        return stream.receive_all();
    }
    static std::string status_of(const std::string& answer) {
        return answer.size() < 12 ? answer : answer.substr(9, 3);
    }

  private:
    template <class T>
    T ask(const std::function<T()>& question) {
        std::promise<T> answer;
        boost::asio::post(context_, [&] { answer.set_value(question()); });
        return answer.get_future().get();
    }

    Folder folder_;
    base::FileDescriptor listener_;
    std::uint16_t port_;
    base::FileDescriptor reports_;
    boost::asio::io_context context_{1};
    Proxy proxy_;
    std::thread thread_;
};

}  // namespace shoji::egress::test
