# Programs for the kernel, NAME.bpf.c of a room's folder, compiled with Clang; what is only for debuggers is stripped, the
# description of types that the kernel needs stays.
find_program(CLANG_BPF NAMES clang-16 clang REQUIRED)
find_program(LLVM_STRIP NAMES llvm-strip-16 llvm-strip REQUIRED)
find_program(BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin REQUIRED)

# Writes the skeleton that embeds the program NAME; structures in it are called SYMBOL.
function(shoji_bpf_skeleton NAME SYMBOL SKELETON)
  set(object "${CMAKE_CURRENT_BINARY_DIR}/${NAME}.bpf.o")
  add_custom_command(
    OUTPUT "${SKELETON}"
    # The headers of the machine's own processor: Clang does not look there when it compiles for the kernel.
    COMMAND "${CLANG_BPF}" -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -Wno-missing-declarations
            -Werror -D__TARGET_ARCH_x86 -idirafter "/usr/include/${CMAKE_LIBRARY_ARCHITECTURE}"
            -I "${CMAKE_CURRENT_SOURCE_DIR}" -MD -MF "${object}.d" -MT "${SKELETON}"
            -c "${CMAKE_CURRENT_SOURCE_DIR}/${NAME}.bpf.c" -o "${object}"
    COMMAND "${LLVM_STRIP}" -g "${object}"
    COMMAND sh -c "'${BPFTOOL}' gen skeleton '${object}' name '${SYMBOL}' > '${SKELETON}'"
    DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${NAME}.bpf.c"
    DEPFILE "${object}.d"
    COMMENT "Building kernel program ${NAME}"
    VERBATIM)
endfunction()

# shoji_bpf_skeletons(TARGET NAME…): skeletons NAME.skel.h, with structures NAME_bpf, for TARGET to include.
function(shoji_bpf_skeletons TARGET)
  foreach(name ${ARGN})
    set(skeleton "${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h")
    shoji_bpf_skeleton(${name} ${name}_bpf "${skeleton}")
    target_sources(${TARGET} PRIVATE "${skeleton}")
  endforeach()
  # What bpftool writes is not held to the warnings of what people write.
  target_include_directories(${TARGET} SYSTEM PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
endfunction()

# shoji_bpf(VARIABLE NAME…): puts into VARIABLE the names of C++ sources that hold the object files' bytes, as
# shoji::sensor::NAME_object().
function(shoji_bpf VARIABLE)
  set(made)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/bpf")
  file(MAKE_DIRECTORY "${folder}")
  foreach(name ${ARGN})
    shoji_bpf_skeleton(${name} ${name} "${folder}/${name}.skel.h")
    file(CONFIGURE OUTPUT "${folder}/${name}_object.cpp" CONTENT [[
#include "watch/sensor/objects.h"

#include <cstddef>

#include <bpf/@name@.skel.h>

namespace shoji::sensor {

std::span<const std::uint8_t> @name@_object() {
    std::size_t size = 0;
    const auto* bytes = static_cast<const std::uint8_t*>(@name@__elf_bytes(&size));
    return {bytes, size};
}

}  // namespace shoji::sensor
]] @ONLY)
    set_source_files_properties("${folder}/${name}_object.cpp" PROPERTIES
      OBJECT_DEPENDS "${folder}/${name}.skel.h" COMPILE_OPTIONS "-isystem;${CMAKE_CURRENT_BINARY_DIR}")
    list(APPEND made "${folder}/${name}_object.cpp")
  endforeach()
  set(${VARIABLE} ${made} PARENT_SCOPE)
endfunction()
