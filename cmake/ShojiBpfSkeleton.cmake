# Programs for the kernel: shoji_bpf_skeletons(TARGET FILE …) compiles each NAME.bpf.c of the folder and writes its skeleton
# NAME.skel.h, which embeds it, for TARGET to include.
find_program(BPF_CLANG NAMES clang-16 clang REQUIRED)
find_program(BPF_STRIP NAMES llvm-strip-16 llvm-strip-14 llvm-strip REQUIRED)
find_program(BPF_TOOL NAMES bpftool PATHS /usr/sbin REQUIRED)

function(shoji_bpf_skeletons TARGET)
  foreach(source ${ARGN})
    string(REPLACE ".bpf.c" "" name "${source}")
    set(object "${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o")
    set(skeleton "${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h")
    add_custom_command(
      OUTPUT "${skeleton}"
      COMMAND "${BPF_CLANG}" -target bpf -mcpu=v3 -g -O2 -Wall -Wextra -Werror -Wno-unused-parameter
              -Wno-missing-declarations -D__TARGET_ARCH_x86 -idirafter /usr/include/x86_64-linux-gnu
              -MD -MF "${object}.d" -MT "${skeleton}"
              -c "${CMAKE_CURRENT_SOURCE_DIR}/${source}" -o "${object}"
      COMMAND "${BPF_STRIP}" -g "${object}"
      COMMAND sh -c "'${BPF_TOOL}' gen skeleton '${object}' name '${name}_bpf' > '${skeleton}'"
      DEPENDS "${source}"
      DEPFILE "${object}.d"
      COMMENT "Building kernel program ${name}"
      VERBATIM)
    target_sources(${TARGET} PRIVATE "${skeleton}")
  endforeach()
  # What bpftool writes is not held to the warnings of what people write.
  target_include_directories(${TARGET} SYSTEM PRIVATE "${CMAKE_CURRENT_BINARY_DIR}")
endfunction()
