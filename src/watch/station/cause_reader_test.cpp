#include "watch/station/cause_reader.h"

#include <initializer_list>
#include <utility>

#include <gtest/gtest.h>

namespace shoji::station {
namespace {

using File = letters::Cause::File;

class CauseReaderTest : public testing::Test {
  protected:
    letters::Cause read(const char* category,
                        std::initializer_list<std::pair<const char*, const char*>> fields) {
        event::Event event;
        event.clear();
        event.source.categories[0] = names_.add_source(category);
        for (const auto& [name, value] : fields) {
            event.add({names_.add_field(name), event::Type::text, name, value});
        }
        return reader_.read("rule", event);
    }

    event::Names names_;
    CauseReader reader_{names_};
};

TEST_F(CauseReaderTest, AProgramIsKnownByItsFileAndItsUser) {
    const auto cause = read("process_creation", {{"ProcessGuid", "b00-2a-3b9aca00"},
                                                 {"Image", "/opt/x"},
                                                 {"FileDevice", "8:1"},
                                                 {"FileInode", "77"},
                                                 {"RealUserId", "1000"},
                                                 {"Hashes", "SHA256=abc"}});
    EXPECT_EQ(cause, (letters::Cause{"rule", 42, 100, "/opt/x", File::run, 8U << 20U | 1U, 77, 1000,
                                     "abc"}));
}

TEST_F(CauseReaderTest, AScriptIsMeantRatherThanWhatRunsIt) {
    const auto cause = read("process_creation", {{"Image", "/bin/sh"},
                                                 {"Script", "/tmp/x.sh"},
                                                 {"FileDevice", "8:1"},
                                                 {"FileInode", "77"}});
    EXPECT_EQ(cause.file, File::script);
    EXPECT_EQ(cause.path, "/tmp/x.sh");
    EXPECT_EQ(cause.inode, 0U) << "that is the interpreter's";
}

TEST_F(CauseReaderTest, AFileIsMeantWhereItsProcessWroteIt) {
    const auto of = [&](const char* category, const char* type) {
        return read(category, {{"EventType", type},
                               {"Image", "/bin/x"},
                               {"TargetFilename", "/tmp/f"},
                               {"FileDevice", "0:40"},
                               {"FileInode", "5"}});
    };
    EXPECT_EQ(of("file_event", "open_write").file, File::written);
    EXPECT_EQ(of("file_event", "open_write").path, "/tmp/f");
    EXPECT_EQ(of("file_event", "open_write").device, 40U);
    EXPECT_EQ(of("file_rename", "rename").file, File::written);
    EXPECT_EQ(of("file_event", "link").file, File::none);
    EXPECT_EQ(of("file_access", "open_read").file, File::none);
    EXPECT_EQ(of("process_access", "open_memory").file, File::none);
    EXPECT_EQ(read("file_event", {{"EventType", "open_write"}, {"TargetFilename", "/tmp/f"}}).file,
              File::none)
        << "which file it was is not told";
}

TEST_F(CauseReaderTest, OfOtherEventsTheProgramIsAskedFor) {
    const auto cause = read("network_connection", {{"Image", "/opt/x"}, {"FileInode", "5"}});
    EXPECT_EQ(cause.file, File::run);
    EXPECT_EQ(cause.path, "/opt/x");
    EXPECT_EQ(cause.inode, 0U);
}

}  // namespace
}  // namespace shoji::station
