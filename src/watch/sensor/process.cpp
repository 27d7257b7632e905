#include "watch/sensor/process.h"

#include "watch/sensor/family.h"

#include <algorithm>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

namespace shoji::sensor {
namespace {

constexpr std::uint32_t nobody_logged_in = 0xffffffff;

struct Texts {
    std::string_view image, script, arguments, environment, directory;
};

// Arguments with blanks between them, as Sysmon for Linux writes them.
std::string join(std::string_view arguments) {
    std::string line(arguments.substr(0, ProcessTable::most_command));
    while (line.ends_with('\0')) line.pop_back();
    std::ranges::replace(line, '\0', ' ');
    return line;
}

std::string_view kind_of(std::uint32_t mode) {
    switch (mode & S_IFMT) {
        case S_IFSOCK:
            return "socket";
        case S_IFIFO:
            return "pipe";
        case S_IFREG:
            return "file";
        case S_IFCHR:
            return "device";
        default:
            return mode == 0 ? "closed" : "other";
    }
}

std::string_view state_of(const sensor_program& part) {
    if ((part.head.flags & SENSOR_NOWHERE) != 0) return "memory";
    return (part.head.flags & SENSOR_DELETED) != 0 || part.image.links == 0 ? "deleted"
                                                                            : std::string_view();
}

// A file without a place in the tree is told by its own name, as /proc/PID/exe does it.
std::string image_name(const sensor_program& part, std::string_view path) {
    if ((part.head.flags & SENSOR_NOWHERE) != 0 && path.starts_with('/')) path.remove_prefix(1);
    return std::string(path);
}

void add_file(EventWriter& writer, const Scene& scene, const sensor_program& part) {
    const auto& words = scene.words;
    const auto device = fmt::format("{}:{}", part.image.device >> 20, part.image.device & 0xfffff);
    writer.kept(words.device, device);
    writer.number(words.inode, part.image.inode);
    writer.number(words.links, part.image.links);
    writer.kept(words.mode, fmt::format("{:04o}", part.image.mode & 07777U));
    scene.add_user(writer, words.owner, part.image.owner);
    writer.text(words.state, state_of(part));
}

void add_rights(EventWriter& writer, const Scene& scene, const sensor_program& part) {
    const auto& words = scene.words;
    scene.add_user(writer, words.user, part.head.user);
    writer.number(words.user_id, part.head.user);
    writer.number(words.real_user_id, part.real_user);
    writer.number(words.group_id, part.group);
    if (part.login_user != nobody_logged_in) {
        scene.add_user(writer, words.login_user, part.login_user);
    }
    if (part.login_session != nobody_logged_in) writer.number(words.logon_id, part.login_session);
    writer.kept(words.capabilities, fmt::format("{:x}", part.capabilities));
    writer.number(words.mount_namespace, part.mount_namespace);
    writer.number(words.pid_namespace, part.pid_namespace);
    writer.number(words.network_namespace, part.network_namespace);
    writer.number(words.user_namespace, part.user_namespace);
}

// Each NAME=VALUE is a value of its own.
void add_environment(EventWriter& writer, const Word& word, std::string_view environment) {
    while (!environment.empty()) {
        const auto end = environment.find('\0');
        writer.text(word, environment.substr(0, end));
        environment.remove_prefix(end == std::string_view::npos ? environment.size() : end + 1);
    }
}

std::shared_ptr<const Program> program_of(const sensor_program& part, const Texts& texts,
                                          Scene& scene) {
    auto program = std::make_shared<Program>();
    program->image = image_name(part, texts.image);
    program->command = join(texts.arguments);
    program->script = texts.script;
    // A thread of the kernel has its name alone.
    if (program->command.empty() && texts.image.empty()) program->image = name_in(part.name);
    if (scene.hasher != nullptr && !texts.image.empty() && part.head.kind == SENSOR_EXEC) {
        program->hash = scene.hasher->hash(part.image, part.head.process, texts.image);
    }
    return program;
}

void write_program(event::Event& event, const sensor_program& part, const Texts& texts,
                   const Process& process, const Scene& scene) {
    const auto& words = scene.words;
    EventWriter writer(event);
    scene.add_process(writer, process);
    writer.kept(words.script, process.program->script);
    writer.text(words.current_directory, texts.directory);
    if (!process.program->hash.empty()) {
        writer.kept(words.hashes, fmt::format("SHA256={}", process.program->hash));
    }
    add_rights(writer, scene, part);
    add_file(writer, scene, part);
    if (part.tty != 0) writer.kept(words.terminal, name_in(part.terminal));
    writer.text(words.standard_input, kind_of(part.standard_input));
    add_environment(writer, words.environment, texts.environment);
    scene.add_cgroup(writer, part.head.cgroup);
    scene.add_incomplete(writer, part.head.flags);
}

base::Result<bool> read_program(Record record, Scene& scene, event::Event& event) {
    RecordReader reader(record);
    const auto part = reader.part<sensor_program>();
    if (!part) return base::Failure(part.error());
    Texts texts;
    texts.image = reader.text(part->text_bytes[SENSOR_TEXT_IMAGE]);
    texts.script = reader.text(part->text_bytes[SENSOR_TEXT_SCRIPT]);
    texts.arguments = reader.text(part->text_bytes[SENSOR_TEXT_ARGUMENTS]);
    texts.environment = reader.text(part->text_bytes[SENSOR_TEXT_ENVIRONMENT]);
    texts.directory = reader.text(part->text_bytes[SENSOR_TEXT_DIRECTORY]);
    if (!reader.whole()) {
        return base::fail(base::ErrorKind::corrupt, "a program's record says more than it holds");
    }
    const bool running = part->head.kind == SENSOR_RUNNING;
    const auto key = key_of(part->head);
    // The walk over what runs meets processes that have told of themselves already.
    if (const auto* known = scene.processes.find(key);
        running && known != nullptr && !known->program->image.empty()) {
        return false;
    }
    Process untracked;
    Process* process = scene.processes.enter(key);
    if (process == nullptr) process = &untracked;
    process->key = key;
    process->parent = {part->parent, part->parent_start};
    process->user = part->head.user;
    process->real_user = part->real_user;
    process->group = part->group;
    process->capabilities = part->capabilities;
    process->login_session = part->login_session;
    process->cgroup = part->head.cgroup;
    process->standard_input = part->standard_input;
    process->program = program_of(*part, texts, scene);
    const auto& words = scene.words;
    scene.begin(event, part->head, running ? words.process_running : words.process_creation);
    write_program(event, *part, texts, *process, scene);
    return true;
}

base::Result<bool> read_fork(Record record, Scene& scene, event::Event& event) {
    const auto part = RecordReader(record).part<sensor_fork>();
    if (!part) return base::Failure(part.error());
    const auto key = key_of(part->head);
    const ProcessKey parent{part->parent, part->parent_start};
    const auto* process = scene.processes.fork(key, parent);
    Process untracked;
    if (process == nullptr) {
        untracked.key = key;
        untracked.parent = parent;
        untracked.program = std::make_shared<const Program>();
        process = &untracked;
    }
    scene.begin(event, part->head, scene.words.process_fork);
    EventWriter writer(event);
    scene.add_process(writer, *process);
    scene.add_user(writer, scene.words.user, part->head.user);
    scene.add_cgroup(writer, part->head.cgroup);
    return true;
}

base::Result<bool> read_exit(Record record, Scene& scene, event::Event& event) {
    const auto part = RecordReader(record).part<sensor_exit>();
    if (!part) return base::Failure(part.error());
    const auto key = key_of(part->head);
    const auto& words = scene.words;
    scene.begin(event, part->head, words.process_termination);
    EventWriter writer(event);
    if (const auto* process = scene.processes.find(key)) {
        scene.add_process(writer, *process);
    } else {
        scene.add_guid(writer, words.process_guid, key);
        writer.number(words.process_id, key.process);
    }
    scene.add_user(writer, words.user, part->head.user);
    writer.kept(words.name, name_in(part->name));
    const auto status = static_cast<int>(part->status);
    if (WIFSIGNALED(status)) {
        writer.number(words.signal, static_cast<std::uint64_t>(WTERMSIG(status)));
    } else {
        writer.number(words.exit_code, static_cast<std::uint64_t>(WEXITSTATUS(status)));
    }
    scene.add_cgroup(writer, part->head.cgroup);
    scene.processes.end(key);
    return true;
}

base::Result<bool> read_cgroup(Record record, Scene& scene) {
    RecordReader reader(record);
    const auto part = reader.part<sensor_cgroup>();
    if (!part) return base::Failure(part.error());
    const auto path = reader.text(part->text_bytes);
    if (!reader.whole()) {
        return base::fail(base::ErrorKind::corrupt, "a control group's record is cut");
    }
    scene.add_cgroup(part->head.cgroup, path);
    return false;
}

}  // namespace

base::Result<bool> read_process(Record record, Scene& scene, event::Event& event) {
    const auto head = RecordReader(record).part<sensor_head>();
    if (!head) return base::Failure(head.error());
    switch (head->kind) {
        case SENSOR_FORK:
            return read_fork(record, scene, event);
        case SENSOR_EXEC:
        case SENSOR_RUNNING:
            return read_program(record, scene, event);
        case SENSOR_EXIT:
            return read_exit(record, scene, event);
        case SENSOR_CGROUP:
            return read_cgroup(record, scene);
        default:
            return base::fail(base::ErrorKind::corrupt, "no record of processes is of kind {:#x}",
                              head->kind);
    }
}

}  // namespace shoji::sensor
