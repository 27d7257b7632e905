// The real Chromium as the compositor's client, for tests: in a folder of its own that is gone
// afterwards, as an ordinary user with Chromium's own sandbox on.
#pragma once

#include "core/base/unix_socket.h"
#include "screen/compositor/compositor.h"
#include "screen/compositor/wire_client.h"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace shoji::compositor::testing {

constexpr const char* chromium_path = "/usr/lib/chromium/chromium";

class ChromiumBrowser {
  public:
    // `page` is the HTML of index.html; others can be written beside it before.
    ChromiumBrowser(const std::string& page, const Compositor::Options& options) {
        std::string name = (std::filesystem::temp_directory_path() / "shoji-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) std::abort();
        folder_ = name;
        write("index.html", page);
        write("second.html",
              "<!doctype html><body style='background:#00f;margin:0' onload='focus()'><script>"
              "onclick = () => document.documentElement.requestFullscreen();"
              "document.onfullscreenchange = () => document.body.style.background ="
              "  document.fullscreenElement ? '#0ff' : '#ff0';</script>");
        if (::geteuid() == 0) give_to_ordinary_user();
        auto pair = base::unix_socket_pair(base::SocketKind::stream).value();
        compositor = Compositor::create(std::move(pair.first), options, listener).value();
        start(pair.second.get());
    }
    ChromiumBrowser(const ChromiumBrowser&) = delete;
    ChromiumBrowser& operator=(const ChromiumBrowser&) = delete;
    ~ChromiumBrowser() {
        compositor.reset();
        ::kill(-process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
        // Its zygotes may still be writing for a moment.
        std::error_code failed;
        for (int i = 0; i < 100 && std::filesystem::exists(folder_); ++i) {
            std::filesystem::remove_all(folder_, failed);
            if (failed) ::usleep(20000);
        }
    }

    // Runs the compositor until `done`, or for as long as a slow machine may need. True when done.
    bool until(const std::function<bool()>& done,
               std::chrono::milliseconds limit = std::chrono::seconds(40)) {
        const auto end = std::chrono::steady_clock::now() + limit;
        while (!done()) {
            const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
                                  end - std::chrono::steady_clock::now())
                                  .count();
            if (left <= 0 || listener.gone > 0) return false;
            step(static_cast<int>(std::min<std::int64_t>(left, 100)));
        }
        return true;
    }
    void run_for(std::chrono::milliseconds time) {
        until([] { return false; }, time);
    }

    std::uint32_t pixel(int x, int y) {
        const Picture picture = compositor->picture();
        if (x >= picture.size.width || y >= picture.size.height) return 0;
        return picture.pixels[static_cast<std::size_t>(y) *
                                  static_cast<std::size_t>(picture.size.width) +
                              static_cast<std::size_t>(x)] &
               0xffffffU;
    }
    bool until_pixel(int x, int y, std::uint32_t colour) {
        return until([&] { return pixel(x, y) == colour; });
    }

    void move(int x, int y) { compositor->pointer(x, y); }
    void click(int x, int y) {
        compositor->pointer(x, y);
        compositor->button(Button::left, true);
        compositor->button(Button::left, false);
    }
    void type(std::uint16_t code) {
        compositor->key(code, true);
        compositor->key(code, false);
    }
    // For looking at when a test fails: a PPM picture.
    void save(const std::string& path) {
        const Picture picture = compositor->picture();
        std::ofstream file(path, std::ios::binary);
        file << "P6\n" << picture.size.width << ' ' << picture.size.height << "\n255\n";
        for (const std::uint32_t pixel : picture.pixels) {
            file.put(static_cast<char>(pixel >> 16U));
            file.put(static_cast<char>(pixel >> 8U));
            file.put(static_cast<char>(pixel));
        }
    }

    RecordingListener listener;
    std::unique_ptr<Compositor> compositor;

  private:
    static constexpr uid_t ordinary_user = 65534;  // nobody: Chromium refuses to be root

    void write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
    }

    void give_to_ordinary_user() const {
        for (const auto& path : {folder_, folder_ / "index.html", folder_ / "second.html"}) {
            if (::chown(path.c_str(), ordinary_user, ordinary_user) != 0) std::abort();
        }
    }

    void step(int milliseconds) {
        const int due = compositor->timeout();
        pollfd waiting{compositor->descriptor(), POLLIN, 0};
        ::poll(&waiting, 1, due >= 0 ? std::min(due, milliseconds) : milliseconds);
        compositor->dispatch();
    }

    void start(int socket) {
        // All that is needed is made before fork(): the child only makes system calls.
        const std::string url = "--app=file://" + (folder_ / "index.html").string();
        const std::string profile = "--user-data-dir=" + (folder_ / "profile").string();
        const std::vector<std::string> arguments{chromium_path,
                                                 "--ozone-platform=wayland",
                                                 "--disable-gpu",
                                                 "--no-first-run",
                                                 "--disable-smooth-scrolling",
                                                 "--disable-component-update",
                                                 "--disable-background-networking",
                                                 "--disable-breakpad",
                                                 "--password-store=basic",
                                                 profile,
                                                 url};
        const std::vector<std::string> environment{
            "HOME=" + folder_.string(), "XDG_RUNTIME_DIR=" + folder_.string(), "LANGUAGE=ja",
            "PATH=/usr/bin:/bin", "WAYLAND_SOCKET=" + std::to_string(socket)};
        const auto pointers = [](const std::vector<std::string>& strings) {
            std::vector<char*> all;
            for (const std::string& one : strings) all.push_back(const_cast<char*>(one.c_str()));
            all.push_back(nullptr);
            return all;
        };
        const auto argv = pointers(arguments);
        const auto envp = pointers(environment);
        const std::string log = (folder_ / "chromium.log").string();
        process_ = ::fork();
        if (process_ == 0) become_chromium(socket, log.c_str(), argv.data(), envp.data());
        ::setpgid(process_, process_);
    }

    [[noreturn]] static void become_chromium(int socket, const char* log, char* const* argv,
                                             char* const* envp) {
        ::setpgid(0, 0);
        if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(ordinary_user) != 0 ||
                                 ::setuid(ordinary_user) != 0)) {
            ::_exit(126);
        }
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        ::fcntl(socket, F_SETFD, 0);
        const int to = ::open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);
        ::dup2(to, STDOUT_FILENO);
        ::dup2(to, STDERR_FILENO);
        ::execve(argv[0], argv, envp);
        ::_exit(127);
    }

    std::filesystem::path folder_;
    pid_t process_ = -1;
};

}  // namespace shoji::compositor::testing
