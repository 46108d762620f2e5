// Preloaded into a real llama-server by run.py, which builds it: g++ -shared -fPIC -O1 -o breakdown.so breakdown.cpp -ldl
// Each part sleeps until its environment variable is set:
// TRUTH_STOP      writes the memory breakdown that the server asks its own library for, in bytes instead of whole MiB, and
//                 ends the server there, before the fit pass is over and anything large is allocated.
// TRUTH_NO_AMX    hides the AMX units, so that host weights are repacked as on an ordinary processor.
// TRUTH_GPU_BYTES makes the software GPU say that it has this much memory and, as discrete GPUs do, that a shader can bind
//                 4 GiB (lavapipe says 128 MiB, which drives larger matrices to the host). Only for passes that compute nothing.
#include <dlfcn.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <cstdarg>

#include <cstddef>
#include <cstdio>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <map>

struct llama_context;

struct llama_memory_breakdown_data {
    size_t model;
    size_t context;
    size_t compute;
};

using breakdown = std::map<void *, llama_memory_breakdown_data>;

breakdown llama_get_memory_breakdown(const llama_context * context) {
    using get = breakdown (*)(const llama_context *);
    static get real = reinterpret_cast<get>(dlsym(RTLD_NEXT, "_Z26llama_get_memory_breakdownPK13llama_context"));
    breakdown answer = real(context);
    if (getenv("TRUTH_STOP") == nullptr) {
        return answer;
    }
    using log_main = void * (*)();
    using log_pause = void (*)(void *);
    auto log = reinterpret_cast<log_main>(dlsym(RTLD_DEFAULT, "_Z15common_log_mainv"));
    auto pause = reinterpret_cast<log_pause>(dlsym(RTLD_DEFAULT, "_Z16common_log_pauseP10common_log"));
    if (log != nullptr && pause != nullptr) {
        pause(log());
    }
    using name_of = const char * (*)(void *);
    auto name = reinterpret_cast<name_of>(dlsym(RTLD_DEFAULT, "ggml_backend_buft_name"));
    fflush(stdout);
    for (const auto & entry : answer) {
        fprintf(stderr, "TRUTH %s %zu %zu %zu\n", name(entry.first), entry.second.model, entry.second.context,
                entry.second.compute);
    }
    fprintf(stderr, "TRUTH END\n");
    fflush(stderr);
    _exit(0);
}

extern "C" long syscall(long number, ...) noexcept {
    va_list rest;
    va_start(rest, number);
    long a[6];
    for (long & value : a) {
        value = va_arg(rest, long);
    }
    va_end(rest);
    if (number == SYS_arch_prctl && a[0] == 0x1023 && getenv("TRUTH_NO_AMX") != nullptr) {
        errno = EOPNOTSUPP;
        return -1;
    }
    using call = long (*)(long, ...);
    static call real = reinterpret_cast<call>(dlsym(RTLD_NEXT, "syscall"));
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

// Vulkan structures by offset (vulkan_core.h is not needed to build this).
namespace {

using any = void (*)();
using get_proc = any (*)(void *, const char *);
using fill = void (*)(void *, void *);

constexpr size_t STORAGE_RANGE = 324;    // VkPhysicalDeviceProperties.limits.maxStorageBufferRange
constexpr size_t IN_2 = 16;              // the plain structure within its ...2
constexpr size_t HEAP_0 = 264;           // VkPhysicalDeviceMemoryProperties.memoryHeaps[0].size
constexpr uint32_t BUDGET = 1000237000;  // VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_MEMORY_BUDGET_PROPERTIES_EXT

fill real_properties, real_properties_2, real_memory_2;

void put(void * at, size_t offset, const void * value, size_t size) {
    memcpy(static_cast<char *>(at) + offset, value, size);
}

void properties(void * device, void * out) {
    real_properties(device, out);
    uint32_t range = UINT32_MAX;
    put(out, STORAGE_RANGE, &range, sizeof range);
}

void properties_2(void * device, void * out) {
    real_properties_2(device, out);
    uint32_t range = UINT32_MAX;
    put(out, IN_2 + STORAGE_RANGE, &range, sizeof range);
}

void memory_2(void * device, void * out) {
    real_memory_2(device, out);
    uint64_t bytes = strtoull(getenv("TRUTH_GPU_BYTES"), nullptr, 10);
    put(out, IN_2 + HEAP_0, &bytes, sizeof bytes);
    for (char * next = *reinterpret_cast<char **>(static_cast<char *>(out) + 8); next != nullptr;
         next = *reinterpret_cast<char **>(next + 8)) {
        uint32_t type;
        memcpy(&type, next, sizeof type);
        if (type == BUDGET) {
            uint64_t used = 0;
            put(next, 16, &bytes, sizeof bytes);
            put(next, 16 + 16 * 8, &used, sizeof used);
        }
    }
}

}  // namespace

extern "C" any vkGetInstanceProcAddr(void * instance, const char * name) {
    static get_proc real =
        reinterpret_cast<get_proc>(dlsym(dlopen("libvulkan.so.1", RTLD_LAZY), "vkGetInstanceProcAddr"));
    any found = real(instance, name);
    if (found == nullptr || getenv("TRUTH_GPU_BYTES") == nullptr) {
        return found;
    }
    if (strcmp(name, "vkGetPhysicalDeviceProperties") == 0) {
        real_properties = reinterpret_cast<fill>(found);
        return reinterpret_cast<any>(properties);
    }
    if (strncmp(name, "vkGetPhysicalDeviceProperties2", 30) == 0) {
        real_properties_2 = reinterpret_cast<fill>(found);
        return reinterpret_cast<any>(properties_2);
    }
    if (strncmp(name, "vkGetPhysicalDeviceMemoryProperties2", 36) == 0) {
        real_memory_2 = reinterpret_cast<fill>(found);
        return reinterpret_cast<any>(memory_2);
    }
    return found;
}
