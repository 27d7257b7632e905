#include "watch/sensor/file.h"

#include "watch/sensor/family.h"
#include "watch/sensor/process_access.h"

#include <fmt/format.h>

namespace shoji::sensor {
namespace {

struct Kind {
    event::SourceId category;
    std::string_view type;
};

// Sigma's categories: creation, and what else can make a file new, is file_event.
Kind kind_of(std::uint16_t kind, const Words& words) {
    switch (kind) {
        case SENSOR_FILE_OPEN:
            return {words.file_event, "open_write"};
        case SENSOR_FILE_CLOSE:
            return {words.file_change, "close_write"};
        case SENSOR_FILE_READ:
            return {words.file_access, "open_read"};
        case SENSOR_FILE_RENAME:
            return {words.file_rename, "rename"};
        case SENSOR_FILE_UNLINK:
            return {words.file_delete, "unlink"};
        case SENSOR_FILE_MODE:
            return {words.file_change, "chmod"};
        case SENSOR_FILE_OWNER:
            return {words.file_change, "chown"};
        case SENSOR_FILE_LINK:
            return {words.file_event, "link"};
        case SENSOR_FILE_SYMLINK:
            return {words.file_event, "symlink"};
        case SENSOR_FILE_MAP:
            return {words.image_load, "map"};
        default:
            return {event::no_source, {}};
    }
}

void add_paths(EventWriter& writer, const Words& words, std::uint16_t kind, std::string_view path,
               std::string_view other) {
    if (kind == SENSOR_FILE_RENAME) {
        writer.text(words.source, path);
        writer.text(words.target, other);
    } else if (kind == SENSOR_FILE_MAP) {
        writer.text(words.image_loaded, path);
    } else {
        writer.text(words.target, path);
        writer.text(words.source, other);
    }
}

void add_state(EventWriter& writer, const Scene& scene, const sensor_file_record& part) {
    const auto& words = scene.words;
    writer.kept(words.device,
                fmt::format("{}:{}", part.file.device >> 20, part.file.device & 0xfffff));
    writer.number(words.inode, part.file.inode);
    if (part.file.mode != 0) {
        writer.kept(words.mode, fmt::format("{:04o}", part.file.mode & 07777U));
        scene.add_user(writer, words.owner, part.file.owner);
        writer.number(words.links, part.file.links);
        writer.number(words.size, part.file.size);
    }
    if ((part.head.flags & SENSOR_NOWHERE) != 0) {
        writer.text(words.state, "nowhere");
    } else if ((part.head.flags & SENSOR_DELETED) != 0 && part.head.kind != SENSOR_FILE_UNLINK) {
        writer.text(words.state, "deleted");
    }
}

void add_how(EventWriter& writer, const Words& words, const sensor_file_record& part) {
    if ((part.how & SENSOR_HOW_CREATED) != 0) writer.yes(words.created);
    if ((part.how & SENSOR_HOW_TRUNCATED) != 0) writer.yes(words.truncated);
    if ((part.how & SENSOR_HOW_INHERITED) != 0) writer.yes(words.inherited);
    if ((part.how & SENSOR_HOW_FOLDER) != 0) writer.yes(words.folder);
    if (part.head.kind == SENSOR_FILE_CLOSE) writer.number(words.bytes_written, part.written);
}

}  // namespace

base::Result<bool> read_file(Record record, Scene& scene, event::Event& event) {
    RecordReader reader(record);
    const auto part = reader.part<sensor_file_record>();
    if (!part) return base::Failure(part.error());
    std::string_view path = reader.text(part->text_bytes[SENSOR_TEXT_PATH]);
    const auto other = reader.text(part->text_bytes[SENSOR_TEXT_OTHER]);
    if (!reader.whole()) {
        return base::fail(base::ErrorKind::corrupt, "a file's record says more than it holds");
    }
    const auto kind = part->head.kind;
    const auto [category, type] = kind_of(kind, scene.words);
    if (type.empty()) {
        return base::fail(base::ErrorKind::corrupt, "no record of files is of kind {:#x}", kind);
    }
    std::string opened;
    if (part->open != 0 && kind == SENSOR_FILE_OPEN) scene.opened.add(part->open, path);
    if (part->open != 0 && kind == SENSOR_FILE_CLOSE) {
        opened = scene.opened.take(part->open);
        path = opened;
    }
    const auto accessed = kind == SENSOR_FILE_OPEN && (part->how & SENSOR_HOW_PROC) != 0
                              ? process_of_memory(path)
                              : std::nullopt;
    scene.begin(event, part->head, accessed ? scene.words.process_access : category);
    EventWriter writer(event);
    writer.text(scene.words.event_type, accessed ? "open_memory" : type);
    if (accessed) add_access(writer, scene, part->head, *accessed, false);
    add_paths(writer, scene.words, kind, opened.empty() ? path : event.keep(opened), other);
    add_how(writer, scene.words, *part);
    scene.add_actor(writer, part->head);
    add_state(writer, scene, *part);
    scene.add_incomplete(writer, part->head.flags);
    return true;
}

}  // namespace shoji::sensor
