# Programs for the kernel: shoji_bpf(VARIABLE NAME…) compiles each NAME.bpf.c of the folder with Clang and puts the
# names of C++ sources into VARIABLE that hold the object files' bytes, as shoji::sensor::NAME_object(). What is only
# for debuggers is stripped; the description of types that the kernel needs stays.
find_program(CLANG_BPF NAMES clang-16 clang REQUIRED)
find_program(LLVM_STRIP NAMES llvm-strip-16 llvm-strip REQUIRED)
find_program(BPFTOOL bpftool PATHS /usr/sbin /sbin REQUIRED)

function(shoji_bpf VARIABLE)
  set(made)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/bpf")
  file(MAKE_DIRECTORY "${folder}")
  # The headers of the machine's own processor: Clang does not look there when it compiles for the kernel.
  set(include "/usr/include/${CMAKE_LIBRARY_ARCHITECTURE}")
  file(GLOB headers CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.h")
  foreach(name ${ARGN})
    set(source "${CMAKE_CURRENT_SOURCE_DIR}/${name}.bpf.c")
    add_custom_command(
      OUTPUT "${folder}/${name}.skel.h"
      COMMAND "${CLANG_BPF}" -target bpf -mcpu=v3 -O2 -g -Wall -Wextra -Wno-unused-parameter -Werror
              -D__TARGET_ARCH_x86 -I "${include}" -I "${CMAKE_CURRENT_SOURCE_DIR}" -c "${source}"
              -o "${folder}/${name}.o"
      COMMAND "${LLVM_STRIP}" -g "${folder}/${name}.o"
      COMMAND "${BPFTOOL}" gen skeleton "${folder}/${name}.o" name ${name} > "${folder}/${name}.skel.h"
      DEPENDS "${source}" ${headers}
      COMMENT "Kernel programs ${name}" VERBATIM)
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
