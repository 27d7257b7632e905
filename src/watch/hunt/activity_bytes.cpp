#include "watch/hunt/activity_bytes.h"

#include <array>
#include <bit>

namespace shoji::hunt {
namespace {

using event::Activity;

constexpr std::array<std::string_view Activity::*, 14> names{
    &Activity::host,      &Activity::user,        &Activity::process, &Activity::parent,
    &Activity::command,   &Activity::peer,        &Activity::domain,  &Activity::protocol,
    &Activity::signature, &Activity::host_header, &Activity::method,  &Activity::path,
    &Activity::target,    &Activity::text};

std::size_t most_of(std::string_view Activity::*name) {
    return name == &Activity::text ? most_activity_text : most_activity_name;
}

template <class One, class F>
void each_number(One& activity, F&& each) {
    each(activity.time);
    each(activity.duration);
    each(activity.process_id);
    each(activity.parent_id);
    each(activity.port);
    each(activity.bytes_out);
    each(activity.bytes_in);
    each(activity.my_numbers);
    each(activity.pages);
    each(activity.logon_type);
}

}  // namespace

bool write_activity(const Activity& activity, base::ByteWriter& writer) {
    writer.write(static_cast<std::uint8_t>(activity.kind));
    writer.write(static_cast<std::uint8_t>(activity.denied));
    writer.write(std::bit_cast<std::uint64_t>(activity.entropy));
    each_number(activity, [&](auto number) { writer.write(number); });
    for (const auto name : names) {
        const auto text = (activity.*name).substr(0, most_of(name));
        writer.write(static_cast<std::uint32_t>(text.size()));
        writer.write_bytes({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
    }
    return activity.text.size() <= most_activity_text;
}

bool read_activity(base::ByteReader& reader, Activity& activity) {
    activity = {};
    const auto kind = reader.read<std::uint8_t>();
    if (kind > static_cast<std::uint8_t>(event::ActivityKind::screen_input)) return false;
    activity.kind = static_cast<event::ActivityKind>(kind);
    activity.denied = reader.read<std::uint8_t>() != 0;
    activity.entropy = std::bit_cast<double>(reader.read<std::uint64_t>());
    each_number(activity, [&](auto& number) {
        number = reader.read<std::remove_reference_t<decltype(number)>>();
    });
    for (const auto name : names) {
        const auto size = reader.read<std::uint32_t>();
        if (size > most_of(name)) return false;
        const auto bytes = reader.read_bytes(size);
        activity.*name = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    }
    return reader.ok();
}

}  // namespace shoji::hunt
