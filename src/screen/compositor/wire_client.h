// A Wayland client for tests that writes its messages by hand, so that it can break every rule; and
// a listener that remembers what it was told.
#pragma once

#include "core/base/file_descriptor.h"
#include "core/base/unix_socket.h"
#include "screen/compositor/compositor.h"

#include <cstdint>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

namespace shoji::compositor::testing {

class RecordingListener : public Listener {
  public:
    void on_damage() override { ++damages; }
    void on_cursor(std::uint8_t shape) override { cursor = shape; }
    void on_caret(const Rectangle& rectangle) override { caret = rectangle; }
    void on_text_input(bool enabled, std::uint8_t content_purpose) override {
        ++text_input_changes;
        text_input = enabled;
        purpose = content_purpose;
    }
    void on_windows(int count, bool is_full_screen) override {
        windows = count;
        full_screen = is_full_screen;
    }
    void on_client_gone() override { ++gone; }

    int damages = 0;
    int cursor = -1;
    std::optional<Rectangle> caret;
    int text_input_changes = 0;
    bool text_input = false;
    int purpose = -1;
    int windows = 0;
    bool full_screen = false;
    int gone = 0;
};

// One event as it came; the arguments as 32-bit words (strings and arrays not taken apart).
struct Event {
    std::uint32_t object = 0;
    std::uint16_t opcode = 0;
    std::vector<std::uint32_t> words;
};

struct Text {
    const char* value;
};

class WireClient {
  public:
    explicit WireClient(Compositor::Options options = {}) {
        auto pair = base::unix_socket_pair(base::SocketKind::stream).value();
        socket = std::move(pair.second);
        ::fcntl(socket.get(), F_SETFL, O_NONBLOCK);
        compositor = Compositor::create(std::move(pair.first), options, listener).value();
        registry = next_id();
        send(1, 1, {}, registry);
        pump();
        for (const auto& [name, global] : globals) bound[name] = bind(name, global.version);
        pump();
    }

    std::uint32_t next_id() { return ++last_id; }

    // The arguments are 32-bit words and Text.
    template <class... Arguments>
    void send(std::uint32_t object, std::uint16_t opcode, const std::vector<int>& descriptors,
              Arguments... arguments) {
        std::vector<std::uint32_t> words{object, 0};
        (append(words, arguments), ...);
        words[1] = static_cast<std::uint32_t>(words.size() * 4) << 16U | opcode;
        send_bytes(words.data(), words.size() * 4, descriptors);
    }

    // False when the compositor takes no more.
    bool send_bytes(const void* bytes, std::size_t count,
                    const std::vector<int>& descriptors = {}) {
        const auto* at = static_cast<const char*>(bytes);
        std::vector<int> to_pass = descriptors;
        for (int attempt = 0; count > 0 && attempt < 1000; ++attempt) {
            const ssize_t sent = send_part(at, count, to_pass);
            if (sent > 0) {
                at += sent;
                count -= static_cast<std::size_t>(sent);
                to_pass.clear();
            } else if (sent < 0 && errno != EAGAIN) {
                return false;
            }
            if (count > 0) compositor->dispatch();
        }
        return count == 0;
    }

    // Lets the compositor work and reads what it says, until both have nothing more to do.
    void pump() {
        for (int idle = 0, round = 0; idle < 3 && round < 200; ++round) {
            compositor->dispatch();
            idle = receive() ? 0 : idle + 1;
        }
    }

    // Binds a global by its name; its version may be lower than the offered one.
    std::uint32_t bind(const std::string& interface, std::uint32_t version) {
        const std::uint32_t id = next_id();
        send(registry, 0, {}, globals.at(interface).name, Text{interface.c_str()}, version, id);
        return id;
    }

    // A memfd of that many bytes with every pixel of this colour.
    static base::FileDescriptor memory(std::size_t bytes, std::uint32_t pixel = 0xff00ff00) {
        base::FileDescriptor made(::memfd_create("test", MFD_CLOEXEC));
        const std::vector<std::uint32_t> pixels(bytes / 4, pixel);
        if (::write(made.get(), pixels.data(), bytes) != static_cast<ssize_t>(bytes)) made.reset();
        return made;
    }

    std::uint32_t pool(const base::FileDescriptor& memory, std::uint32_t bytes) {
        const std::uint32_t id = next_id();
        send(global("wl_shm"), 0, {memory.get()}, id, bytes);
        return id;
    }
    std::uint32_t buffer(std::uint32_t pool, std::uint32_t width, std::uint32_t height,
                         std::uint32_t format = 1) {
        const std::uint32_t id = next_id();
        send(pool, 0, {}, id, 0U, width, height, width * 4, format);
        return id;
    }
    std::uint32_t solid(std::uint32_t width, std::uint32_t height, std::uint32_t pixel,
                        std::uint32_t format = 1) {
        const auto bytes = width * height * 4;
        return buffer(pool(memory(bytes, pixel), bytes), width, height, format);
    }

    std::uint32_t surface() {
        const std::uint32_t id = next_id();
        send(global("wl_compositor"), 0, {}, id);
        return id;
    }
    void attach(std::uint32_t surface, std::uint32_t buffer) {
        send(surface, 1, {}, buffer, 0U, 0U);
        send(surface, 2, {}, 0U, 0U, 8192U, 8192U);
    }
    void commit(std::uint32_t surface) { send(surface, 6, {}); }

    // A window as far as its first configure, answered.
    struct Window {
        std::uint32_t surface;
        std::uint32_t xdg_surface;
        std::uint32_t toplevel;
    };
    Window window() {
        Window made{surface(), next_id(), 0};
        send(shell(), 2, {}, made.xdg_surface, made.surface);
        made.toplevel = next_id();
        send(made.xdg_surface, 1, {}, made.toplevel);
        commit(made.surface);
        acknowledge(made.xdg_surface);
        return made;
    }
    void acknowledge(std::uint32_t xdg_surface) {
        pump();
        if (const auto* configure = last(xdg_surface, 0)) {
            send(xdg_surface, 4, {}, configure->words.at(0));
        }
    }
    // A window that shows one colour.
    Window shown_window(std::uint32_t width, std::uint32_t height, std::uint32_t pixel) {
        const Window made = window();
        attach(made.surface, solid(width, height, pixel));
        commit(made.surface);
        pump();
        return made;
    }
    std::uint32_t positioner(std::uint32_t width, std::uint32_t height) {
        const std::uint32_t id = next_id();
        send(shell(), 1, {}, id);
        send(id, 1, {}, width, height);
        send(id, 2, {}, 0U, 0U, 10U, 10U);
        return id;
    }

    // A global as it was bound at the start, at its offered version.
    [[nodiscard]] std::uint32_t global(const std::string& interface) const {
        return bound.at(interface);
    }
    [[nodiscard]] std::uint32_t shell() const { return global("xdg_wm_base"); }
    [[nodiscard]] std::uint32_t seat() const { return global("wl_seat"); }

    [[nodiscard]] const Event* last(std::uint32_t object, std::uint16_t opcode) const {
        for (auto event = events.rbegin(); event != events.rend(); ++event) {
            if (event->object == object && event->opcode == opcode) return &*event;
        }
        return nullptr;
    }
    [[nodiscard]] int count(std::uint32_t object, std::uint16_t opcode) const {
        int found = 0;
        for (const Event& event : events) {
            if (event.object == object && event.opcode == opcode) ++found;
        }
        return found;
    }
    // The code of the protocol error that ended the client.
    [[nodiscard]] std::optional<std::uint32_t> error() const {
        const Event* event = last(1, 0);
        if (event == nullptr) return std::nullopt;
        return event->words.at(1);
    }
    [[nodiscard]] bool alive() const { return listener.gone == 0; }
    [[nodiscard]] std::uint32_t pixel(int x, int y) {
        const Picture picture = compositor->picture();
        return picture.pixels[static_cast<std::size_t>(y) *
                                  static_cast<std::size_t>(picture.size.width) +
                              static_cast<std::size_t>(x)] &
               0xffffffU;
    }

    RecordingListener listener;
    base::FileDescriptor socket;
    std::unique_ptr<Compositor> compositor;
    std::uint32_t registry = 0;
    std::uint32_t last_id = 1;
    struct Global {
        std::uint32_t name;
        std::uint32_t version;
    };
    std::map<std::string, Global> globals;
    std::map<std::string, std::uint32_t> bound;
    std::vector<Event> events;
    std::vector<base::FileDescriptor> received;

  private:
    static void append(std::vector<std::uint32_t>& words, std::uint32_t word) {
        words.push_back(word);
    }
    static void append(std::vector<std::uint32_t>& words, Text text) {
        const std::size_t length = std::strlen(text.value) + 1;
        words.push_back(static_cast<std::uint32_t>(length));
        const std::size_t at = words.size();
        words.resize(at + (length + 3) / 4);
        std::memcpy(&words[at], text.value, length);
    }

    ssize_t send_part(const char* bytes, std::size_t count, const std::vector<int>& descriptors) {
        iovec part{const_cast<char*>(bytes), count};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 28)] = {};
        if (!descriptors.empty()) {
            message.msg_control = control;
            message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
            cmsghdr* header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
            std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof(int) * descriptors.size());
        }
        return ::sendmsg(socket.get(), &message, MSG_NOSIGNAL);
    }

    bool receive() {
        char bytes[65536];
        alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 28)];
        iovec part{bytes, sizeof bytes};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control;
        message.msg_controllen = sizeof control;
        const ssize_t got = ::recvmsg(socket.get(), &message, MSG_CMSG_CLOEXEC);
        if (got <= 0) return false;
        take_descriptors(message);
        unread.insert(unread.end(), bytes, bytes + got);
        parse();
        return true;
    }

    void take_descriptors(msghdr& message) {
        for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
             header = CMSG_NXTHDR(&message, header)) {
            const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
            std::vector<int> descriptors(count);
            std::memcpy(descriptors.data(), CMSG_DATA(header), count * sizeof(int));
            for (const int descriptor : descriptors) received.emplace_back(descriptor);
        }
    }

    void parse() {
        std::size_t at = 0;
        while (unread.size() - at >= 8) {
            std::uint32_t header[2];
            std::memcpy(header, &unread[at], sizeof header);
            const std::size_t size = header[1] >> 16U;
            if (size < 8 || unread.size() - at < size) break;
            Event event{header[0], static_cast<std::uint16_t>(header[1] & 0xffffU),
                        std::vector<std::uint32_t>((size - 8) / 4)};
            if (size > 8) std::memcpy(event.words.data(), &unread[at + 8], size - 8);
            if (event.object == registry && event.opcode == 0) note_global(event);
            events.push_back(std::move(event));
            at += size;
        }
        unread.erase(unread.begin(), unread.begin() + static_cast<std::ptrdiff_t>(at));
    }

    void note_global(const Event& event) {
        const auto* name = reinterpret_cast<const char*>(&event.words.at(2));
        globals[std::string(name, event.words.at(1) - 1)] = {event.words.at(0), event.words.back()};
    }

    std::vector<char> unread;
};

}  // namespace shoji::compositor::testing
