#include "watch/detect/sigma/literals.h"

#include <cstdlib>
#include <numeric>

#include <hs/hs.h>

namespace shoji::sigma {
namespace {

using base::ErrorKind;

base::Failure compile_failure(hs_compile_error_t* error) {
    auto failure =
        base::because(ErrorKind::invalid, "Vectorscan does not compile it: {}", error->message);
    hs_free_compile_error(error);
    return failure;
}

std::vector<unsigned int> numbers_to(std::size_t count) {
    std::vector<unsigned int> numbers(count);
    std::iota(numbers.begin(), numbers.end(), 0U);
    return numbers;
}

}  // namespace

void ScanMemory::Free::operator()(hs_scratch* memory) const {
    hs_free_scratch(memory);
}
void ManyMatcher::Free::operator()(hs_database* database) const {
    hs_free_database(database);
}

base::Result<ManyMatcher> ManyMatcher::of_literals(const std::vector<std::string>& literals) {
    std::vector<const char*> texts;
    std::vector<std::size_t> lengths;
    for (const auto& literal : literals) {
        texts.push_back(literal.data());
        lengths.push_back(literal.size());
    }
    const std::vector<unsigned int> flags(literals.size(), HS_FLAG_SINGLEMATCH);
    const auto numbers = numbers_to(literals.size());
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_compile_lit_multi(texts.data(), flags.data(), numbers.data(), lengths.data(),
                             static_cast<unsigned int>(literals.size()), HS_MODE_BLOCK, nullptr,
                             &database, &error) != HS_SUCCESS) {
        return compile_failure(error);
    }
    return ManyMatcher(database);
}

base::Result<ManyMatcher> ManyMatcher::of_expressions(const std::vector<std::string>& expressions) {
    std::vector<const char*> texts;
    for (const auto& expression : expressions) texts.push_back(expression.c_str());
    const std::vector<unsigned int> flags(
        expressions.size(), HS_FLAG_SINGLEMATCH | HS_FLAG_PREFILTER | HS_FLAG_ALLOWEMPTY);
    const auto numbers = numbers_to(expressions.size());
    hs_database_t* database = nullptr;
    hs_compile_error_t* error = nullptr;
    if (hs_compile_multi(texts.data(), flags.data(), numbers.data(),
                         static_cast<unsigned int>(expressions.size()), HS_MODE_BLOCK, nullptr,
                         &database, &error) != HS_SUCCESS) {
        return compile_failure(error);
    }
    return ManyMatcher(database);
}

base::Result<void> ManyMatcher::prepare(ScanMemory& memory) const {
    hs_scratch_t* scratch = memory.memory_.release();
    const auto status = hs_alloc_scratch(database_.get(), &scratch);
    memory.memory_.reset(scratch);
    if (status == HS_SUCCESS) return {};
    return base::because(ErrorKind::system, "no memory to scan with: Vectorscan's error {}",
                         status);
}

void ManyMatcher::scan(std::string_view text, const ScanMemory& memory,
                       std::vector<std::uint32_t>& found) const {
    const auto take = [](unsigned int number, unsigned long long, unsigned long long, unsigned int,
                         void* to) {
        static_cast<std::vector<std::uint32_t>*>(to)->push_back(number);
        return 0;
    };
    hs_scan(database_.get(), text.data(), static_cast<unsigned int>(text.size()), 0, memory.get(),
            take, &found);
}

std::size_t ManyMatcher::bytes() const {
    std::size_t size = 0;
    hs_database_size(database_.get(), &size);
    return size;
}

std::string ManyMatcher::saved() const {
    char* bytes = nullptr;
    std::size_t size = 0;
    if (hs_serialize_database(database_.get(), &bytes, &size) != HS_SUCCESS) return {};
    std::string saved(bytes, size);
    std::free(bytes);  // Vectorscan takes it from malloc()
    return saved;
}

base::Result<ManyMatcher> ManyMatcher::load(std::string_view saved) {
    hs_database_t* database = nullptr;
    const auto status = hs_deserialize_database(saved.data(), saved.size(), &database);
    if (status == HS_SUCCESS) return ManyMatcher(database);
    return base::because(ErrorKind::invalid, "no matcher of this machine: Vectorscan's error {}",
                         status);
}

}  // namespace shoji::sigma
