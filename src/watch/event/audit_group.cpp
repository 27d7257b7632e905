#include "watch/event/audit_group.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace shoji::event {
namespace {

std::uint64_t number_of(std::string_view text, int base = 10) {
    std::uint64_t number = 0;
    const auto* end = text.data() + text.size();
    const auto [at, error] = std::from_chars(text.data(), end, number, base);
    return error == std::errc{} && at == end ? number : 0;
}

// What the log writes where it does not know.
bool is_known(std::string_view value) {
    return !value.empty() && value != "?" && value != "(null)";
}

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
    return std::ranges::find(words, word) != words.end();
}

constexpr std::array<std::string_view, 2> starting{"execve", "execveat"};
constexpr std::array<std::string_view, 3> renaming{"rename", "renameat", "renameat2"};
constexpr std::array<std::string_view, 3> reaching{"connect", "sendto", "sendmsg"};
constexpr std::array<std::string_view, 2> accepting{"accept", "accept4"};

constexpr std::array<std::string_view, 14> context{"pid",  "ppid", "auid", "uid",    "euid",
                                                   "ses",  "tty",  "comm", "exe",    "success",
                                                   "AUID", "UID",  "EUID", "SYSCALL"};

}  // namespace

std::size_t AuditProcesses::slot_of(std::string_view node, std::uint64_t id) {
    return (std::hash<std::string_view>{}(node) + id) % slots;
}

const AuditProcesses::Process* AuditProcesses::find(std::string_view node, std::uint64_t id) const {
    if (slots_.empty()) return nullptr;
    const auto& process = slots_[slot_of(node, id)];
    return id != 0 && process.id == id && process.node == node ? &process : nullptr;
}

void AuditProcesses::started(std::string_view node, std::uint64_t id, std::string_view image,
                             std::string_view command) {
    if (slots_.empty()) slots_.resize(slots);
    auto& process = slots_[slot_of(node, id)];
    process.id = id;
    process.node = node;
    process.image = image.substr(0, most_command);
    process.command = command.substr(0, most_command);
}

AuditGroup::AuditGroup(const Names& names) : names_(names) {}

std::string_view AuditGroup::Record::value(std::string_view name) const {
    const auto found = std::ranges::find(values, name, &Value::name);
    return found == values.end() ? std::string_view() : found->value;
}

const AuditGroup::Record* AuditGroup::first(std::string_view type) const {
    const auto found = std::ranges::find(records_, type, &Record::type);
    return found == records_.end() ? nullptr : &*found;
}

void AuditGroup::decode(const AuditFields::Item& item, Record& into) {
    Value value{item.name, item.value, !item.quoted && item.value == "(null)"};
    if (value.null) value.value = {};
    // An argument in parts: "a1[0]" is decoded as "a1" is.
    const auto plain = item.name.substr(0, item.name.find('['));
    if (!value.null && !item.quoted && is_encoded_audit_field(into.type, plain)) {
        if (auto decoded = decode_hexadecimal(item.value)) {
            // A command line's arguments end in zeros, keys are separated by ones.
            if (item.name == "proctitle") std::ranges::replace(*decoded, '\0', ' ');
            value.value = keep(std::move(*decoded));
        }
    }
    if (item.name != "key") {
        into.values.push_back(value);
        return;
    }
    auto keys = value.value;
    do {
        const auto end = std::min(keys.find('\x01'), keys.size());
        into.values.push_back({item.name, keys.substr(0, end), value.null});
        keys.remove_prefix(std::min(end + 1, keys.size()));
    } while (!keys.empty());
}

void AuditGroup::decode(const AuditRecord& record) {
    // The arguments of one program may need several records.
    const bool goes_on =
        record.type == "EXECVE" && !records_.empty() && records_.back().type == "EXECVE";
    if (!goes_on) records_.push_back({record.type, {}});
    auto& into = records_.back();
    AuditFields fields(record.fields);
    AuditFields::Item item;
    while (fields.next(item)) {
        if (into.type == "EXECVE" && item.name.find("_len") != std::string_view::npos) continue;
        if (++values_ > most_values) {
            ++lost_values_;
        } else {
            decode(item, into);
        }
    }
}

// a1[0], a1[1], … become a1; the arguments together are the command line.
void AuditGroup::join_arguments() {
    const auto found = std::ranges::find(records_, "EXECVE", &Record::type);
    if (found == records_.end()) return;
    auto& values = found->values;
    std::vector<Value> whole;
    std::string part;
    for (std::size_t i = 0; i < values.size(); ++i) {
        const auto name = values[i].name.substr(0, values[i].name.find('['));
        if (name.size() == values[i].name.size()) {
            whole.push_back(values[i]);
            continue;
        }
        part += values[i].value;
        const bool more = i + 1 < values.size() &&
                          values[i + 1].name.substr(0, values[i + 1].name.find('[')) == name;
        if (more) continue;
        whole.push_back({name, keep(std::move(part)), false});
        part.clear();
    }
    values = std::move(whole);
    std::string command;
    for (const auto& value : values) {
        if (value.name == "argc") continue;
        if (!command.empty()) command += ' ';
        command += value.value;
    }
    command_ = keep(std::move(command));
}

void AuditGroup::begin(std::span<const AuditRecord> records) {
    records_.clear();
    kept_.clear();
    at_ = 0;
    command_ = {};
    values_ = 0;
    lost_values_ = 0;
    node_ = records.front().node;
    time_ = records.front().time;
    serial_ = records.front().serial;
    for (const auto& record : records) decode(record);
    join_arguments();
    syscall_ = first("SYSCALL");
    call_ = {};
    succeeded_ = true;
    if (syscall_ == nullptr) return;
    call_ = syscall_->value("SYSCALL");
    if (call_.empty()) {
        call_ = syscalls_.name(syscall_->value("arch"), syscall_->value("syscall"));
    }
    // A connection that is still being made ends with EINPROGRESS.
    const auto exit = syscall_->value("exit");
    succeeded_ = syscall_->value("success") != "no" || exit == "-115" || exit == "EINPROGRESS";
    const auto* title = first("PROCTITLE");
    if (command_.empty() && title != nullptr) command_ = title->value("proctitle");
}

void AuditGroup::add(Event& event, std::string_view name, std::string_view value, bool null) const {
    event.add({names_.field(name), null ? Type::null : Type::text, name, value});
}

void AuditGroup::set_category(Event& event, std::string_view category) const {
    event.source.categories.front() = names_.source(category);
}

bool AuditGroup::next(Event& event) {
    if (at_ >= records_.size()) return false;
    const auto& record = records_[at_++];
    event.clear();
    event.time = time_;
    event.record = serial_;
    event.source.product = names_.source("linux");
    event.source.service = names_.source("auditd");
    add(event, "type", record.type);
    if (!node_.empty()) add(event, "Computer", node_);
    for (const auto& value : record.values) add(event, value.name, value.value, value.null);
    const bool is_syscall = &record == syscall_;
    if (is_syscall && record.value("SYSCALL").empty() && !call_.empty()) {
        add(event, "SYSCALL", call_);
    }
    if (!is_syscall && syscall_ != nullptr) {
        for (const auto name : context) {
            const auto value = syscall_->value(name);
            if (!value.empty() && record.value(name).empty()) add(event, name, value);
        }
    }
    categorise(event, record);
    return true;
}

void AuditGroup::categorise(Event& event, const Record& record) {
    if (record.type == "USER_LOGIN") return categorise_login(event, record);
    if (syscall_ == nullptr || !succeeded_) return;
    if (&record == syscall_) {
        if (is_one_of(call_, starting)) categorise_process(event);
        if (is_one_of(call_, renaming)) categorise_rename(event);
    } else if (record.type == "PATH") {
        categorise_path(event, record);
    } else if (record.type == "SOCKADDR") {
        categorise_address(event, record);
    }
}

// Who did it, by Sigma's names.
void AuditGroup::add_actor(Event& event, const Record& record) const {
    if (is_known(record.value("exe"))) add(event, "Image", record.value("exe"));
    const auto name = record.value("UID");
    add(event, "User", is_known(name) ? name : record.value("uid"));
    add(event, "ProcessId", record.value("pid"));
}

std::string_view AuditGroup::absolute(std::string_view path) {
    const auto* folder = first("CWD");
    if (path.starts_with('/') || folder == nullptr) return path;
    std::string whole(folder->value("cwd"));
    if (path.starts_with("./")) path.remove_prefix(2);
    if (!whole.ends_with('/')) whole += '/';
    return keep(whole + std::string(path));
}

void AuditGroup::categorise_process(Event& event) {
    set_category(event, "process_creation");
    add_actor(event, *syscall_);
    add(event, "CommandLine", command_);
    const auto parent_id = syscall_->value("ppid");
    add(event, "ParentProcessId", parent_id);
    if (const auto* parent = processes_.find(node_, number_of(parent_id))) {
        // Copies, because this very process may take the parent's place.
        add(event, "ParentImage", keep(parent->image));
        add(event, "ParentCommandLine", keep(parent->command));
    }
    if (const auto* folder = first("CWD")) {
        add(event, "CurrentDirectory", folder->value("cwd"));
    }
    add(event, "LogonId", syscall_->value("ses"));
    processes_.started(node_, number_of(syscall_->value("pid")), syscall_->value("exe"), command_);
}

void AuditGroup::categorise_rename(Event& event) {
    std::string_view from;
    std::string_view to;
    for (const auto& record : records_) {
        if (record.type != "PATH") continue;
        if (from.empty() && record.value("nametype") == "DELETE") from = record.value("name");
        if (record.value("nametype") == "CREATE") to = record.value("name");
    }
    if (from.empty() || to.empty()) return;
    set_category(event, "file_rename");
    add_actor(event, *syscall_);
    add(event, "SourceFilename", absolute(from));
    add(event, "TargetFilename", absolute(to));
}

// How files were opened; nothing when the call opens none. openat2 has them in a record of its own.
std::optional<std::uint64_t> AuditGroup::open_flags() const {
    constexpr int hexadecimal = 16;
    constexpr int octal = 8;
    if (call_ == "open") return number_of(syscall_->value("a1"), hexadecimal);
    if (call_ == "openat") return number_of(syscall_->value("a2"), hexadecimal);
    const auto* how = call_ == "openat2" ? first("OPENAT2") : nullptr;
    if (how == nullptr) return std::nullopt;
    return number_of(how->value("oflag"), octal);
}

void AuditGroup::categorise_path(Event& event, const Record& record) {
    constexpr std::string_view folder_mode = "040";
    const auto kind = record.value("nametype");
    const auto path = record.value("name");
    if (path.empty() || record.value("mode").starts_with(folder_mode)) return;
    constexpr std::uint64_t writing = 3;  // O_WRONLY or O_RDWR
    const auto flags = kind == "NORMAL" ? open_flags() : std::nullopt;
    const bool written = flags && (*flags & writing) != 0;
    if (kind == "CREATE" || written) {
        set_category(event, "file_event");
    } else if (kind == "DELETE" && !is_one_of(call_, renaming)) {
        set_category(event, "file_delete");
    } else if (flags) {
        set_category(event, "file_access");
        add_actor(event, *syscall_);
        return add(event, "FileName", absolute(path));
    } else {
        return;
    }
    add_actor(event, *syscall_);
    add(event, "TargetFilename", absolute(path));
}

void AuditGroup::categorise_address(Event& event, const Record& record) {
    const bool outgoing = is_one_of(call_, reaching);
    if (!outgoing && !is_one_of(call_, accepting)) return;
    const auto bytes = decode_hexadecimal(record.value("saddr"));
    const auto address = bytes ? parse_audit_address(*bytes) : std::nullopt;
    if (!address || !address->is_internet) return;
    set_category(event, "network_connection");
    add_actor(event, *syscall_);
    add(event, "Initiated", outgoing ? "true" : "false");
    add(event, outgoing ? "DestinationIp" : "SourceIp", keep(address->text));
    add(event, outgoing ? "DestinationPort" : "SourcePort", keep(std::to_string(address->port)));
}

void AuditGroup::categorise_login(Event& event, const Record& record) const {
    set_category(event, "authentication");
    const std::array<std::string_view, 3> names{record.value("ID"), record.value("acct"),
                                                record.value("id")};
    const auto name = std::ranges::find_if(names, is_known);
    if (name != names.end()) add(event, "User", *name);
    if (is_known(record.value("exe"))) add(event, "Image", record.value("exe"));
    add(event, "ProcessId", record.value("pid"));
    const bool remote = is_known(record.value("addr"));
    if (remote) add(event, "SourceIp", record.value("addr"));
    add(event, "Outcome", record.value("res") == "success" ? "success" : "failure");
    // As Windows counts them: 10 from afar, 2 at the machine.
    add(event, "LogonType", remote ? "10" : "2");
}

}  // namespace shoji::event
