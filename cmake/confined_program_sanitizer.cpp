// Linked into the sanitized programs. They confine themselves, and the search for leaks at the end
// of a process, which traces and clones, would be killed there; the rooms' tests look for leaks
// instead.
extern "C" const char* __asan_default_options();  // NOLINT: the sanitizer's name for it
extern "C" const char* __asan_default_options() {
    return "detect_leaks=0";
}
