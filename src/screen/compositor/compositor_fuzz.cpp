// What a taken-over client sends: any requests on any objects in any order, with descriptors, while
// the owner goes on calling. The input is a list of steps, each a byte for its kind and what it
// needs; see Session.
#include "core/base/bytes.h"
#include "core/base/unix_socket.h"
#include "screen/compositor/server.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shoji::compositor {
namespace {

class Deaf : public Listener {
  public:
    void on_damage() override {}
    void on_cursor(std::uint8_t /*shape*/) override {}
    void on_caret(const Rectangle& /*caret*/) override {}
    void on_text_input(bool /*enabled*/, std::uint8_t /*purpose*/) override {}
    void on_windows(int /*count*/, bool /*full_screen*/) override {}
    void on_client_gone() override {}
};

constexpr std::size_t pool_bytes = 65'536;

struct Keymaps {
    Keymap jp = Keymap::load(Layout::jp).value();
    Keymap us = Keymap::load(Layout::us).value();
};

struct GlobalName {
    const char* name;
    std::uint32_t version;
};
// In the order in which the server offers them.
constexpr GlobalName globals[] = {{"wl_compositor", 5},
                                  {"wl_subcompositor", 1},
                                  {"wl_shm", 1},
                                  {"wl_output", 4},
                                  {"zxdg_output_manager_v1", 3},
                                  {"wl_seat", 8},
                                  {"xdg_wm_base", 5},
                                  {"zxdg_decoration_manager_v1", 1},
                                  {"wp_viewporter", 1},
                                  {"wp_fractional_scale_manager_v1", 1},
                                  {"wp_cursor_shape_manager_v1", 1},
                                  {"zwp_text_input_manager_v3", 1},
                                  {"wp_presentation", 1},
                                  {"wl_data_device_manager", 3}};

class Session {
  public:
    explicit Session(base::ByteReader input) : input_(input) {
        static const Keymaps keymaps;
        auto pair = base::unix_socket_pair(base::SocketKind::stream).value();
        socket_ = std::move(pair.second);
        ::fcntl(socket_.get(), F_SETFL, O_NONBLOCK);
        server_.emplace(Compositor::Options{{160, 120}, 120, Layout::jp}, keymaps.jp.fresh(),
                        keymaps.us.fresh(), listener_);
        static_cast<void>(server_->start(std::move(pair.first)));
        // The one can shrink and is read; the other is mapped.
        memory_.reset(::memfd_create("fuzz", MFD_CLOEXEC));
        sealable_.reset(::memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING));
        static_cast<void>(::ftruncate(memory_.get(), pool_bytes));
        static_cast<void>(::ftruncate(sealable_.get(), pool_bytes));
        bind_all();
    }

    void run() {
        while (input_.remaining() > 0) step();
        server_->dispatch();
        static_cast<void>(server_->picture());
    }

  private:
    void bind_all() {
        send({1, 12U << 16U | 1, 2});
        std::uint32_t id = 3;
        std::uint32_t name = 0;
        for (const GlobalName& global : globals) {
            const std::size_t length = std::strlen(global.name) + 1;
            std::vector<std::uint32_t> words{2, 0, ++name, static_cast<std::uint32_t>(length)};
            const std::size_t at = words.size();
            words.resize(at + (length + 3) / 4);
            std::memcpy(&words[at], global.name, length);
            words.push_back(global.version);
            words.push_back(id++);
            words[1] = static_cast<std::uint32_t>(words.size() * 4) << 16U;
            send(words);
        }
        next_id_ = id;
        dispatch();
    }

    void dispatch() {
        server_->dispatch();
        char drain[16384];
        while (::recv(socket_.get(), drain, sizeof drain, 0) > 0) {
        }
    }

    void send(const std::vector<std::uint32_t>& words, int descriptor = -1) {
        iovec part{const_cast<std::uint32_t*>(words.data()), words.size() * 4};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
        if (descriptor >= 0) {
            message.msg_control = control;
            message.msg_controllen = sizeof control;
            cmsghdr* header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof(int));
            std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
        }
        static_cast<void>(::sendmsg(socket_.get(), &message, MSG_NOSIGNAL));
    }

    // An argument: a small number, any number, a fresh id, or a string.
    void argument(std::vector<std::uint32_t>& words) {
        switch (input_.read<std::uint8_t>() % 4) {
            case 0:
                words.push_back(static_cast<std::uint32_t>(input_.read<std::int8_t>()));
                break;
            case 1:
                words.push_back(input_.read<std::uint32_t>());
                break;
            case 2:
                words.push_back(next_id_++);
                break;
            default: {
                const std::size_t length = input_.read<std::uint8_t>();
                words.push_back(static_cast<std::uint32_t>(length));
                for (std::size_t i = 0; i < (length + 3) / 4; ++i) {
                    words.push_back(input_.read<std::uint32_t>());
                }
            }
        }
    }

    // The highest numbers stand for the objects that the server makes: wl_data_offer.
    std::uint32_t object() {
        constexpr std::uint32_t first_offer = 250;
        const std::uint32_t number = input_.read<std::uint8_t>();
        return number < first_offer ? number : 0xff000000U + (number - first_offer);
    }

    void request() {
        std::vector<std::uint32_t> words{object(), 0};
        const std::uint32_t opcode = input_.read<std::uint8_t>() % 16;
        const int count = input_.read<std::uint8_t>() % 8;
        for (int i = 0; i < count; ++i) argument(words);
        words[1] = static_cast<std::uint32_t>(words.size() * 4) << 16U | opcode;
        // wl_shm.create_pool and wl_data_offer.receive are the requests with a descriptor.
        const bool descriptor = words[0] == 5 || (opcode == 1 && words[0] >= 0xff000000U);
        const int memory = opcode % 2 == 0 ? memory_.get() : sealable_.get();
        send(words, descriptor ? memory : -1);
    }

    // A window with a buffer: what nearly everything else needs.
    void shown_window() {
        const std::uint32_t pool = next_id_++;
        const std::uint32_t buffer = next_id_++;
        const std::uint32_t surface = next_id_++;
        const std::uint32_t xdg_surface = next_id_++;
        const std::uint32_t toplevel = next_id_++;
        send({5, 16U << 16U, pool, pool_bytes}, sealable_.get());
        send({pool, 32U << 16U, buffer, 0, 100, 100, 400, 0});
        send({3, 12U << 16U, surface});
        send({9, 16U << 16U | 2, xdg_surface, surface});
        send({xdg_surface, 12U << 16U | 1, toplevel});
        send({surface, 8U << 16U | 6});
        dispatch();
        // The last serial that was handed out is that of the window's first configure.
        send({xdg_surface, 12U << 16U | 4, server_->next_serial() - 1});
        send({surface, 20U << 16U | 1, buffer, 0, 0});
        send({surface, 8U << 16U | 6});
        dispatch();
    }

    void owner_call() {
        const auto kind = input_.read<std::uint8_t>() % 10;
        const int a = input_.read<std::uint8_t>();
        const int b = input_.read<std::uint8_t>();
        Seat& seat = server_->seat();
        switch (kind) {
            case 0:
                seat.pointer().move(a, b);
                break;
            case 1:
                seat.pointer().button(static_cast<Button>(a % 5), b % 2 == 0);
                break;
            case 2:
                seat.pointer().wheel(a - 128, b - 128);
                break;
            case 3:
                seat.keyboard().key(static_cast<std::uint16_t>(a), b % 2 == 0);
                break;
            case 4:
                server_->resize({64 + a, 64 + b}, 60 + a);
                break;
            case 5:
                server_->allow_frames(a % 2 == 0);
                break;
            case 6:
                server_->close_window();
                break;
            case 7:
                if (const auto input = server_->text_inputs().active()) {
                    input->send_preedit("あ", a - 128, b - 128);
                    input->send_commit("い");
                }
                break;
            case 8:
                seat.pointer().release_all();
                break;
            default:
                static_cast<void>(::ftruncate(memory_.get(), off_t{a} * 256));
                break;
        }
        server_->settle();
    }

    void step() {
        switch (input_.read<std::uint8_t>() % 8) {
            case 0:
                dispatch();
                break;
            case 1:
                shown_window();
                break;
            case 2:
                owner_call();
                break;
            case 3:
                static_cast<void>(server_->picture());
                server_->take_damage();
                break;
            default:
                request();
        }
    }

    base::ByteReader input_;
    Deaf listener_;
    base::FileDescriptor socket_;
    base::FileDescriptor memory_;
    base::FileDescriptor sealable_;
    std::optional<Server> server_;
    std::uint32_t next_id_ = 0;
};

}  // namespace
}  // namespace shoji::compositor

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr std::size_t longest = 4096;
    shoji::compositor::Session session(shoji::base::ByteReader({data, std::min(size, longest)}));
    session.run();
    return 0;
}
