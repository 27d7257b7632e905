# One room, one static library: shoji_room(NAME [SERIAL] SOURCES … USES rooms … LIBRARIES …).
# SERIAL: its tests run one at a time, because they take the same user ids of the machine.
# Its unit tests are the files *_test.cpp beside its code, built as NAME_test; its fuzz targets are the
# files *_fuzz.cpp, with a committed corpus in fuzz/<target>/ of the room's folder.
include(GoogleTest)

function(shoji_room NAME)
  cmake_parse_arguments(ROOM "SERIAL" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  set(kind PUBLIC)
  if(ROOM_SOURCES)
    add_library(shoji_${NAME} STATIC ${ROOM_SOURCES})
  else()
    add_library(shoji_${NAME} INTERFACE)
    set(kind INTERFACE)
  endif()
  target_include_directories(shoji_${NAME} ${kind} "${PROJECT_SOURCE_DIR}/src")
  list(TRANSFORM ROOM_USES PREPEND shoji_)
  target_link_libraries(shoji_${NAME} ${kind} ${ROOM_USES} ${ROOM_LIBRARIES})
  shoji_room_tests(${NAME} "${ROOM_SERIAL}")
endfunction()

function(shoji_room_tests NAME SERIAL)
  file(GLOB tests CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_test.cpp")
  if(tests AND BUILD_TESTING)
    add_executable(${NAME}_test ${tests})
    target_link_libraries(${NAME}_test PRIVATE shoji_${NAME} GTest::gmock GTest::gtest_main)
    set(lock)
    if(SERIAL)
      set(lock RESOURCE_LOCK test_users)
    endif()
    gtest_discover_tests(${NAME}_test TEST_PREFIX "${NAME}." DISCOVERY_MODE PRE_TEST
                         PROPERTIES LABELS unit TIMEOUT 900 ${lock})
  endif()
  file(GLOB targets CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*_fuzz.cpp")
  if(targets AND SHOJI_FUZZ)
    foreach(source ${targets})
      get_filename_component(target ${source} NAME_WE)
      set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/fuzz/${target}")
      add_executable(${target} ${source})
      target_link_libraries(${target} PRIVATE shoji_${NAME})
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      # The committed corpus is replayed, then fuzzed for a bounded number of runs.
      add_test(NAME fuzz.${target}.corpus COMMAND ${target} -runs=0 ${corpus})
      add_test(NAME fuzz.${target}.explore
               COMMAND ${target} -runs=20000 -max_total_time=10 -seed=1
                       -artifact_prefix=${CMAKE_BINARY_DIR}/ ${CMAKE_BINARY_DIR}/fuzz-${target} ${corpus})
      file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/fuzz-${target}")
      set_tests_properties(fuzz.${target}.corpus fuzz.${target}.explore
                           PROPERTIES LABELS fuzz TIMEOUT 300)
    endforeach()
  endif()
endfunction()

# A program of a room: shoji_program(NAME SOURCES … USES …), placed in <build>/bin.
function(shoji_program NAME)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;USES;LIBRARIES" ${ARGN})
  add_executable(${NAME} ${PROGRAM_SOURCES})
  list(TRANSFORM PROGRAM_USES PREPEND shoji_)
  target_link_libraries(${NAME} PRIVATE ${PROGRAM_USES} ${PROGRAM_LIBRARIES})
  if(SHOJI_SANITIZE)
    target_sources(${NAME} PRIVATE "${PROJECT_SOURCE_DIR}/cmake/confined_program_sanitizer.cpp")
  endif()
endfunction()
