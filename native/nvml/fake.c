/*
 * A libnvidia-ml.so.1 without a driver behind it: it tells what a text file says. For tests of everything that speaks to
 * NVML, and to run such programs side by side on a machine without a GPU. README.md describes the file.
 *
 *     gcc -shared -fPIC -O2 -o libnvidia-ml.so.1 fake.c -lpthread
 *
 * The functions, structs and codes are those of nvml.h (CUDA 13). Symbols are hidden by a version script at link time.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

typedef int32_t ret;
typedef uint32_t u32;
typedef uint64_t u64;

enum {
    OK = 0, UNINITIALIZED = 1, INVALID = 2, NOT_SUPPORTED = 3, NOT_FOUND = 6, TOO_SMALL = 7, LOST = 15,
    WRONG_VERSION = 25
};

/* ---- what the file says ------------------------------------------------------------------------------------------ */

#define MAX_GPUS 32
#define MAX_MIG 8
#define MAX_POINTS 32
#define MAX_PROCESSES 256
#define MAX_RULES 128
#define MAX_SYMBOLS 256

/* A value over time: at second t[i] it becomes v[i]. */
typedef struct { int n; double t[MAX_POINTS], v[MAX_POINTS]; } series;

#define KEYS(K) K(util) K(memutil) K(encoder) K(decoder) K(total) K(used) K(reserved) K(temperature) K(slowdown) \
    K(shutdown) K(memtemp) K(power) K(limit) K(energy) K(fans) K(fan) K(graphics) K(sm) K(memclock) K(graphicsmax) \
    K(smmax) K(memclockmax) K(pstate) K(throttle) K(gen) K(genmax) K(width) K(widthmax) K(tx) K(rx) K(ecc) \
    K(corrected) K(uncorrected) K(correctedever) K(uncorrectedever) K(rowscorrectable) K(rowsuncorrectable) \
    K(rowspending) K(rowsfailed) K(links) K(linksactive) K(mig) K(migmax) K(lost)

enum {
#define K(name) KEY_##name,
    KEYS(K)
#undef K
    KEY_COUNT
};
static const char *const key_names[] = {
#define K(name) #name,
    KEYS(K)
#undef K
};

typedef struct { char kind; u32 pid; u64 bytes; u32 gi, ci; } process;
typedef struct { u32 pid, sm, mem, enc, dec; } activity;
typedef struct { int symbol; int code; double from, to; int hang; } rule; /* hang: milliseconds, else a code */

typedef struct device {
    struct device *parent; /* of a MIG instance */
    char name[96], uuid[96], bus[32];
    series values[KEY_COUNT];
    int n_processes, n_activities, n_rules, n_mig;
    process processes[MAX_PROCESSES];
    activity activities[MAX_PROCESSES];
    rule rules[MAX_RULES];
    u32 slot, gi, ci, slices;
    u64 total, used; /* of a MIG instance, bytes */
    struct device *instances[MAX_MIG];
} device;

static struct {
    char driver[80], nvml[80];
    int cuda, wide, n_gpus, n_rules;
    u64 stamp; /* of process activities; 0: now */
    rule rules[MAX_RULES];
    device *gpus[MAX_GPUS];
} box;

static const char *symbols[MAX_SYMBOLS];
static u64 calls[MAX_SYMBOLS];
static int n_symbols, users;
static double origin, fixed_time = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static double monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + now.tv_nsec / 1e9;
}

static double seconds(void) { return fixed_time >= 0 ? fixed_time : monotonic() - origin; }

static int intern(const char *name) {
    for (int i = 0; i < n_symbols; i++)
        if (!strcmp(symbols[i], name)) return i;
    if (n_symbols == MAX_SYMBOLS) abort();
    symbols[n_symbols] = strdup(name);
    return n_symbols++;
}

static int value(const device *d, int key, double *out) {
    const series *s = &d->values[key];
    double now = s->n > 1 ? seconds() : 0;
    int found = 0;
    for (int i = 0; i < s->n; i++)
        if (s->t[i] <= now || i == 0) { *out = s->v[i]; found = 1; }
    return found;
}

static void complain(int line, const char *what) {
    fprintf(stderr, "fake NVML: line %d: %s\n", line, what);
    exit(70);
}

static void read_rule(rule *r, int hang, int line) {
    char *symbol = strtok(NULL, " \t\n"), *number = strtok(NULL, " \t\n"), *from = strtok(NULL, " \t\n");
    if (!symbol || !number) complain(line, "expected a function and a number");
    char *to = strtok(NULL, " \t\n");
    r->symbol = strcmp(symbol, "*") ? intern(symbol) : -1;
    r->hang = hang ? atoi(number) : 0;
    r->code = hang ? 0 : atoi(number);
    r->from = from ? atof(from) : 0;
    r->to = to ? atof(to) : 1e300;
}

static void rest(char *into, size_t size) {
    char *text = strtok(NULL, "\n");
    while (text && (*text == ' ' || *text == '\t')) text++;
    snprintf(into, size, "%s", text ? text : "");
}

static void load(const char *path) {
    FILE *file = fopen(path, "r");
    if (!file) { fprintf(stderr, "fake NVML: %s can not be read\n", path); exit(70); }
    memset(&box, 0, sizeof box);
    strcpy(box.driver, "580.65.06");
    strcpy(box.nvml, "13.580.65.06");
    box.cuda = 13000;
    device *d = NULL;
    char text[1024];
    for (int line = 1; fgets(text, sizeof text, file); line++) {
        char *comment = strchr(text, '#');
        if (comment) *comment = 0;
        char *word = strtok(text, " \t\n");
        if (!word) continue;
        if (!strcmp(word, "gpu")) {
            if (box.n_gpus == MAX_GPUS) complain(line, "too many GPUs");
            d = calloc(1, sizeof *d);
            snprintf(d->name, sizeof d->name, "Fake GPU");
            snprintf(d->uuid, sizeof d->uuid, "GPU-00000000-0000-0000-0000-%012d", box.n_gpus);
            snprintf(d->bus, sizeof d->bus, "00000000:%02X:00.0", box.n_gpus + 1);
            box.gpus[box.n_gpus++] = d;
        } else if (!strcmp(word, "return") || !strcmp(word, "hang")) {
            rule *r = d ? &d->rules[d->n_rules++] : &box.rules[box.n_rules++];
            if ((d ? d->n_rules : box.n_rules) == MAX_RULES) complain(line, "too many rules");
            read_rule(r, *word == 'h', line);
        } else if (!d && !strcmp(word, "driver")) rest(box.driver, sizeof box.driver);
        else if (!d && !strcmp(word, "nvml")) rest(box.nvml, sizeof box.nvml);
        else if (!d && !strcmp(word, "cuda")) { char *n = strtok(NULL, " \n"); box.cuda = n ? atoi(n) : 0; }
        else if (!d && !strcmp(word, "rows")) { char *n = strtok(NULL, " \n"); box.wide = n && !strcmp(n, "wide"); }
        else if (!d && !strcmp(word, "stamp")) { char *n = strtok(NULL, " \n"); box.stamp = n ? strtoull(n, 0, 10) : 0; }
        else if (!d) complain(line, "unknown word before the first GPU");
        else if (!strcmp(word, "name")) rest(d->name, sizeof d->name);
        else if (!strcmp(word, "uuid")) rest(d->uuid, sizeof d->uuid);
        else if (!strcmp(word, "bus")) rest(d->bus, sizeof d->bus);
        else if (!strcmp(word, "process")) { /* process KIND PID MIB|na [GI CI] */
            char *kind = strtok(NULL, " \t\n"), *pid = strtok(NULL, " \t\n"), *mib = strtok(NULL, " \t\n");
            char *gi = strtok(NULL, " \t\n"), *ci = strtok(NULL, " \t\n");
            if (!mib || d->n_processes == MAX_PROCESSES) complain(line, "expected: process c|g|m PID MIB|na [GI CI]");
            process *p = &d->processes[d->n_processes++];
            p->kind = *kind;
            p->pid = strtoul(pid, NULL, 10);
            p->bytes = !strcmp(mib, "na") ? (u64)-1 : (u64)(atof(mib) * 1048576);
            p->gi = gi ? (u32)atoi(gi) : 0xffffffffu;
            p->ci = ci ? (u32)atoi(ci) : 0xffffffffu;
        } else if (!strcmp(word, "activity")) { /* activity PID SM MEM ENC DEC */
            activity *a = &d->activities[d->n_activities++];
            u32 *fields[] = {&a->pid, &a->sm, &a->mem, &a->enc, &a->dec};
            for (int i = 0; i < 5; i++) {
                char *n = strtok(NULL, " \t\n");
                if (!n) complain(line, "expected: activity PID SM MEM ENC DEC");
                *fields[i] = strtoul(n, NULL, 10);
            }
        } else if (!strcmp(word, "instance")) { /* instance SLOT GI CI SLICES MIB USED UUID PROFILE */
            char *w[8];
            for (int i = 0; i < 8; i++)
                if (!(w[i] = strtok(NULL, " \t\n"))) complain(line, "expected: instance SLOT GI CI SLICES MIB USED UUID PROFILE");
            if (d->n_mig == MAX_MIG) complain(line, "too many instances");
            device *m = calloc(1, sizeof *m);
            m->parent = d;
            m->slot = atoi(w[0]);
            m->gi = atoi(w[1]);
            m->ci = atoi(w[2]);
            m->slices = atoi(w[3]);
            m->total = (u64)(atof(w[4]) * 1048576);
            m->used = (u64)(atof(w[5]) * 1048576);
            snprintf(m->uuid, sizeof m->uuid, "%s", w[6]);
            snprintf(m->name, sizeof m->name, "%.60s MIG %.20s", d->name, w[7]);
            d->instances[d->n_mig++] = m;
        } else {
            int key = 0;
            while (key < KEY_COUNT && strcmp(key_names[key], word)) key++;
            if (key == KEY_COUNT) complain(line, "unknown word");
            series *s = &d->values[key];
            for (char *point; (point = strtok(NULL, " \t\n"));) {
                if (s->n == MAX_POINTS) complain(line, "too many points");
                char *at = strchr(point, '@');
                s->v[s->n] = strncmp(point, "0x", 2) ? atof(point) : (double)strtoull(point, NULL, 16);
                s->t[s->n++] = at ? atof(at + 1) : 0;
            }
        }
    }
    fclose(file);
}

/* For tests in the same process: another file, a fixed time, how often a function was called. */
void fake_nvml_load(const char *path) { load(path); }
void fake_nvml_time(long millis) { fixed_time = millis < 0 ? -1 : millis / 1e3; }
int fake_nvml_calls(const char *symbol) { return (int)calls[intern(symbol)]; }

/* ---- what every function begins with ------------------------------------------------------------------------------ */

static ret apply(const rule *rules, int n, int symbol) {
    for (int i = 0; i < n; i++) {
        const rule *r = &rules[i];
        if (r->symbol != symbol && r->symbol != -1) continue;
        double now = r->from > 0 || r->to < 1e300 ? seconds() : 0;
        if (now < r->from || now >= r->to) continue;
        if (r->hang) usleep(r->hang * 1000u);
        else if (r->code != OK) return r->code;
    }
    return OK;
}

static ret enter(int symbol, const device *d) {
    __atomic_fetch_add(&calls[symbol], 1, __ATOMIC_RELAXED);
    ret code = apply(box.rules, box.n_rules, symbol);
    if (code != OK) return code;
    if (!users) return UNINITIALIZED;
    if (!d) return OK;
    const device *physical = d->parent ? d->parent : d;
    double lost;
    if (value(physical, KEY_lost, &lost) && seconds() >= lost) return LOST;
    return apply(physical->rules, physical->n_rules, symbol);
}

#define ENTER(name, dev)                                                                                              \
    static int symbol_ = -1;                                                                                          \
    if (symbol_ < 0) symbol_ = intern(#name);                                                                         \
    ret code_ = enter(symbol_, dev);                                                                                  \
    if (code_ != OK) return code_

static ret start(int symbol) {
    __atomic_fetch_add(&calls[symbol], 1, __ATOMIC_RELAXED);
    pthread_mutex_lock(&mutex);
    if (!origin) {
        origin = monotonic();
        const char *path = getenv("FAKE_NVML");
        if (path && !box.driver[0]) load(path);
    }
    ret code = apply(box.rules, box.n_rules, symbol);
    if (code == OK) users++;
    pthread_mutex_unlock(&mutex);
    return code;
}

ret nvmlInit_v2(void) { return start(intern("nvmlInit_v2")); }
ret nvmlInit(void) { return start(intern("nvmlInit")); }
ret nvmlInitWithFlags(u32 flags) { (void)flags; return start(intern("nvmlInitWithFlags")); }
ret nvmlShutdown(void) { ENTER(nvmlShutdown, NULL); users--; return OK; }

const char *nvmlErrorString(ret code) {
    switch (code) {
        case OK: return "Success";
        case UNINITIALIZED: return "Uninitialized";
        case INVALID: return "Invalid Argument";
        case NOT_SUPPORTED: return "Not Supported";
        case NOT_FOUND: return "Not Found";
        case TOO_SMALL: return "Insufficient Size";
        case 9: return "Driver Not Loaded";
        case LOST: return "GPU is lost";
        case 16: return "GPU requires reset";
        case 18: return "Driver/library version mismatch";
        default: return "Unknown Error";
    }
}

static ret put_text(const char *text, char *into, u32 length) {
    if (!into || length <= strlen(text)) return TOO_SMALL;
    strcpy(into, text);
    return OK;
}

static ret put_u32(const device *d, int key, double scale, u32 *out) {
    double v;
    if (!out) return INVALID;
    if (!value(d, key, &v)) return NOT_SUPPORTED;
    *out = (u32)(int64_t)(v * scale);
    return OK;
}

static ret put_u64(const device *d, int key, double scale, u64 *out) {
    double v;
    if (!out) return INVALID;
    if (!value(d, key, &v)) return NOT_SUPPORTED;
    *out = (u64)(v * scale);
    return OK;
}

#define TEXT(function, source) \
    ret function(char *into, u32 length) { ENTER(function, NULL); return put_text(source, into, length); }
TEXT(nvmlSystemGetDriverVersion, box.driver)
TEXT(nvmlSystemGetNVMLVersion, box.nvml)

#define CUDA(function) ret function(int *out) { ENTER(function, NULL); *out = box.cuda; return OK; }
CUDA(nvmlSystemGetCudaDriverVersion_v2)
CUDA(nvmlSystemGetCudaDriverVersion)

ret nvmlSystemGetProcessName(u32 pid, char *into, u32 length) {
    ENTER(nvmlSystemGetProcessName, NULL);
    char path[64], name[256];
    snprintf(path, sizeof path, "/proc/%u/comm", pid);
    FILE *file = fopen(path, "r");
    if (!file) return NOT_FOUND;
    char *got = fgets(name, sizeof name, file);
    fclose(file);
    if (!got) return NOT_FOUND;
    name[strcspn(name, "\n")] = 0;
    snprintf(into, length, "%s", name);
    return OK;
}

/* ---- devices ------------------------------------------------------------------------------------------------------ */

#define COUNT(function) ret function(u32 *out) { ENTER(function, NULL); *out = box.n_gpus; return OK; }
COUNT(nvmlDeviceGetCount_v2)
COUNT(nvmlDeviceGetCount)

#define BY_INDEX(function)                                                                                            \
    ret function(u32 index, device **out) {                                                                           \
        ENTER(function, NULL);                                                                                        \
        if (index >= (u32)box.n_gpus) return INVALID;                                                                 \
        ret code = apply(box.gpus[index]->rules, box.gpus[index]->n_rules, symbol_);                                  \
        if (code == OK) *out = box.gpus[index];                                                                       \
        return code;                                                                                                  \
    }
BY_INDEX(nvmlDeviceGetHandleByIndex_v2)
BY_INDEX(nvmlDeviceGetHandleByIndex)

#define BY_TEXT(function, field)                                                                                      \
    ret function(const char *text, device **out) {                                                                    \
        ENTER(function, NULL);                                                                                        \
        for (int i = 0; i < box.n_gpus; i++) {                                                                        \
            device *d = box.gpus[i];                                                                                  \
            if (!strcmp(d->field, text)) { *out = d; return OK; }                                                     \
            for (int k = 0; k < d->n_mig; k++)                                                                        \
                if (!strcmp(d->instances[k]->field, text)) { *out = d->instances[k]; return OK; }                     \
        }                                                                                                             \
        return NOT_FOUND;                                                                                             \
    }
BY_TEXT(nvmlDeviceGetHandleByUUID, uuid)
BY_TEXT(nvmlDeviceGetHandleByPciBusId_v2, bus)

ret nvmlDeviceGetIndex(device *d, u32 *out) {
    ENTER(nvmlDeviceGetIndex, d);
    for (int i = 0; i < box.n_gpus; i++)
        if (box.gpus[i] == d) { *out = i; return OK; }
    return NOT_FOUND;
}
ret nvmlDeviceGetMinorNumber(device *d, u32 *out) { ENTER(nvmlDeviceGetMinorNumber, d); return nvmlDeviceGetIndex(d, out); }
ret nvmlDeviceGetName(device *d, char *into, u32 n) { ENTER(nvmlDeviceGetName, d); return put_text(d->name, into, n); }
ret nvmlDeviceGetUUID(device *d, char *into, u32 n) { ENTER(nvmlDeviceGetUUID, d); return put_text(d->uuid, into, n); }

typedef struct { char legacy[16]; u32 domain, bus, device, id, subsystem; char bus_id[32]; } pci_info;

static void put_bus(const device *d, char *legacy, u32 *numbers) {
    u32 domain = 0, bus = 0, number = 0;
    sscanf(d->bus, "%x:%x:%x", &domain, &bus, &number);
    snprintf(legacy, 16, "%04X:%02X:%02X.0", domain & 0xffff, bus & 0xff, number & 0xff);
    numbers[0] = domain;
    numbers[1] = bus;
    numbers[2] = number;
    numbers[3] = 0x20b010de;
}
ret nvmlDeviceGetPciInfo_v3(device *d, pci_info *out) {
    ENTER(nvmlDeviceGetPciInfo_v3, d);
    memset(out, 0, sizeof *out);
    put_bus(d, out->legacy, &out->domain);
    snprintf(out->bus_id, sizeof out->bus_id, "%s", d->bus);
    return OK;
}
ret nvmlDeviceGetPciInfo_v2(device *d, pci_info *out) {
    ENTER(nvmlDeviceGetPciInfo_v2, d);
    put_bus(d, out->legacy, &out->domain);
    return OK;
}
ret nvmlDeviceGetPciInfo(device *d, pci_info *out) {
    ENTER(nvmlDeviceGetPciInfo, d);
    put_bus(d, out->legacy, &out->domain);
    return OK;
}

/* ---- figures ------------------------------------------------------------------------------------------------------ */

ret nvmlDeviceGetUtilizationRates(device *d, u32 *out) {
    ENTER(nvmlDeviceGetUtilizationRates, d);
    double mig;
    if (d->parent || (value(d, KEY_mig, &mig) && mig == 1)) return NOT_SUPPORTED;
    ret code = put_u32(d, KEY_util, 1, &out[0]);
    if (code == OK && put_u32(d, KEY_memutil, 1, &out[1]) != OK) out[1] = 0;
    return code;
}

typedef struct { u64 total, free, used; } memory_1;
typedef struct { u32 version, pad; u64 total, reserved, free, used; } memory_2;

static ret memory(const device *d, u64 *total, u64 *reserved, u64 *used) {
    if (d->parent) { *total = d->total; *reserved = 0; *used = d->used; return OK; }
    ret code = put_u64(d, KEY_total, 1048576, total);
    if (code != OK) return code;
    if (put_u64(d, KEY_used, 1048576, used) != OK) *used = 0;
    if (put_u64(d, KEY_reserved, 1048576, reserved) != OK) *reserved = 0;
    return OK;
}
ret nvmlDeviceGetMemoryInfo_v2(device *d, memory_2 *out) {
    ENTER(nvmlDeviceGetMemoryInfo_v2, d);
    if (out->version != (sizeof *out | 2u << 24)) return WRONG_VERSION;
    ret code = memory(d, &out->total, &out->reserved, &out->used);
    if (code == OK) out->free = out->total - out->reserved - out->used;
    return code;
}
ret nvmlDeviceGetMemoryInfo(device *d, memory_1 *out) {
    ENTER(nvmlDeviceGetMemoryInfo, d);
    u64 reserved, used;
    ret code = memory(d, &out->total, &reserved, &used);
    if (code != OK) return code;
    out->used = used + reserved;
    out->free = out->total - out->used;
    return OK;
}

typedef struct { u32 version; int sensor, temperature; } temperature_1;

ret nvmlDeviceGetTemperatureV(device *d, temperature_1 *out) {
    ENTER(nvmlDeviceGetTemperatureV, d);
    if (out->version != (sizeof *out | 1u << 24)) return WRONG_VERSION;
    return put_u32(d, KEY_temperature, 1, (u32 *)&out->temperature);
}
ret nvmlDeviceGetTemperature(device *d, int sensor, u32 *out) {
    ENTER(nvmlDeviceGetTemperature, d);
    return sensor ? INVALID : put_u32(d, KEY_temperature, 1, out);
}
ret nvmlDeviceGetTemperatureThreshold(device *d, int which, u32 *out) {
    ENTER(nvmlDeviceGetTemperatureThreshold, d);
    return which == 0 ? put_u32(d, KEY_shutdown, 1, out) : which == 1 ? put_u32(d, KEY_slowdown, 1, out) : NOT_SUPPORTED;
}

#define FIGURE(function, key, scale) \
    ret function(device *d, u32 *out) { ENTER(function, d); return put_u32(d, KEY_##key, scale, out); }
FIGURE(nvmlDeviceGetPowerUsage, power, 1000)
FIGURE(nvmlDeviceGetEnforcedPowerLimit, limit, 1000)
FIGURE(nvmlDeviceGetPowerManagementLimit, limit, 1000)
FIGURE(nvmlDeviceGetPowerManagementDefaultLimit, limit, 1000)
FIGURE(nvmlDeviceGetNumFans, fans, 1)
FIGURE(nvmlDeviceGetFanSpeed, fan, 1)
FIGURE(nvmlDeviceGetPerformanceState, pstate, 1)
FIGURE(nvmlDeviceGetPowerState, pstate, 1)
FIGURE(nvmlDeviceGetCurrPcieLinkGeneration, gen, 1)
FIGURE(nvmlDeviceGetMaxPcieLinkGeneration, genmax, 1)
FIGURE(nvmlDeviceGetCurrPcieLinkWidth, width, 1)
FIGURE(nvmlDeviceGetMaxPcieLinkWidth, widthmax, 1)
FIGURE(nvmlDeviceGetMaxMigDeviceCount, migmax, 1)

ret nvmlDeviceGetFanSpeed_v2(device *d, u32 fan, u32 *out) {
    ENTER(nvmlDeviceGetFanSpeed_v2, d);
    double fans;
    return !value(d, KEY_fans, &fans) || fan >= fans ? INVALID : put_u32(d, KEY_fan, 1, out);
}

#define WIDE(function, key, scale) \
    ret function(device *d, u64 *out) { ENTER(function, d); return put_u64(d, KEY_##key, scale, out); }
WIDE(nvmlDeviceGetTotalEnergyConsumption, energy, 1000)
WIDE(nvmlDeviceGetCurrentClocksEventReasons, throttle, 1)
WIDE(nvmlDeviceGetCurrentClocksThrottleReasons, throttle, 1)

ret nvmlDeviceGetClockInfo(device *d, int which, u32 *out) {
    ENTER(nvmlDeviceGetClockInfo, d);
    static const int keys[] = {KEY_graphics, KEY_sm, KEY_memclock, KEY_graphics};
    return which < 0 || which > 3 ? INVALID : put_u32(d, keys[which], 1, out);
}
ret nvmlDeviceGetMaxClockInfo(device *d, int which, u32 *out) {
    ENTER(nvmlDeviceGetMaxClockInfo, d);
    static const int keys[] = {KEY_graphicsmax, KEY_smmax, KEY_memclockmax, KEY_graphicsmax};
    return which < 0 || which > 3 ? INVALID : put_u32(d, keys[which], 1, out);
}
ret nvmlDeviceGetPcieThroughput(device *d, int which, u32 *out) {
    ENTER(nvmlDeviceGetPcieThroughput, d);
    usleep(20000); /* A driver samples a window of that length. */
    return put_u32(d, which ? KEY_rx : KEY_tx, 1, out);
}

#define CODEC(function, key)                                                                                          \
    ret function(device *d, u32 *percent, u32 *period) {                                                              \
        ENTER(function, d);                                                                                           \
        *period = 167000;                                                                                             \
        return put_u32(d, KEY_##key, 1, percent);                                                                     \
    }
CODEC(nvmlDeviceGetEncoderUtilization, encoder)
CODEC(nvmlDeviceGetDecoderUtilization, decoder)

ret nvmlDeviceGetEccMode(device *d, u32 *now, u32 *next) {
    ENTER(nvmlDeviceGetEccMode, d);
    put_u32(d, KEY_ecc, 1, next);
    return put_u32(d, KEY_ecc, 1, now);
}
ret nvmlDeviceGetTotalEccErrors(device *d, int kind, int counter, u64 *out) {
    ENTER(nvmlDeviceGetTotalEccErrors, d);
    double on;
    if (!value(d, KEY_ecc, &on) || on != 1) return NOT_SUPPORTED;
    int key = counter ? (kind ? KEY_uncorrectedever : KEY_correctedever) : (kind ? KEY_uncorrected : KEY_corrected);
    return put_u64(d, key, 1, out);
}
ret nvmlDeviceGetRemappedRows(device *d, u32 *correctable, u32 *uncorrectable, u32 *pending, u32 *failed) {
    ENTER(nvmlDeviceGetRemappedRows, d);
    ret code = put_u32(d, KEY_rowscorrectable, 1, correctable);
    put_u32(d, KEY_rowsuncorrectable, 1, uncorrectable);
    put_u32(d, KEY_rowspending, 1, pending);
    put_u32(d, KEY_rowsfailed, 1, failed);
    return code;
}
ret nvmlDeviceGetNvLinkState(device *d, u32 link, u32 *out) {
    ENTER(nvmlDeviceGetNvLinkState, d);
    double links, active = 0;
    if (!value(d, KEY_links, &links)) return NOT_SUPPORTED;
    value(d, KEY_linksactive, &active);
    if (link >= links) return INVALID;
    *out = link < active;
    return OK;
}

typedef struct { u32 id, scope; int64_t stamp, latency; int type; ret code; u64 value; } field;

ret nvmlDeviceGetFieldValues(device *d, int n, field *fields) {
    ENTER(nvmlDeviceGetFieldValues, d);
    for (int i = 0; i < n; i++) {
        u32 v = 0;
        fields[i].code = fields[i].id == 82 ? put_u32(d, KEY_memtemp, 1, &v) : NOT_SUPPORTED;
        fields[i].type = 1;
        fields[i].value = v;
    }
    return OK;
}

/* ---- instances ---------------------------------------------------------------------------------------------------- */

ret nvmlDeviceGetMigMode(device *d, u32 *now, u32 *next) {
    ENTER(nvmlDeviceGetMigMode, d);
    put_u32(d, KEY_mig, 1, next);
    return put_u32(d, KEY_mig, 1, now);
}
ret nvmlDeviceGetMigDeviceHandleByIndex(device *d, u32 slot, device **out) {
    ENTER(nvmlDeviceGetMigDeviceHandleByIndex, d);
    for (int i = 0; i < d->n_mig; i++)
        if (d->instances[i]->slot == slot) { *out = d->instances[i]; return OK; }
    return NOT_FOUND;
}
ret nvmlDeviceIsMigDeviceHandle(device *d, u32 *out) { ENTER(nvmlDeviceIsMigDeviceHandle, d); *out = d->parent != NULL; return OK; }
ret nvmlDeviceGetDeviceHandleFromMigDeviceHandle(device *d, device **out) {
    ENTER(nvmlDeviceGetDeviceHandleFromMigDeviceHandle, d);
    *out = d->parent;
    return d->parent ? OK : INVALID;
}
ret nvmlDeviceGetGpuInstanceId(device *d, u32 *out) { ENTER(nvmlDeviceGetGpuInstanceId, d); *out = d->gi; return d->parent ? OK : NOT_SUPPORTED; }
ret nvmlDeviceGetComputeInstanceId(device *d, u32 *out) { ENTER(nvmlDeviceGetComputeInstanceId, d); *out = d->ci; return d->parent ? OK : NOT_SUPPORTED; }

typedef struct { u32 sms, copy, dec, enc, jpeg, ofa, gpu_slices, compute_slices; u64 mib; } attributes;

ret nvmlDeviceGetAttributes_v2(device *d, attributes *out) {
    ENTER(nvmlDeviceGetAttributes_v2, d);
    if (!d->parent) return NOT_SUPPORTED;
    memset(out, 0, sizeof *out);
    out->sms = d->slices * 16;
    out->gpu_slices = out->compute_slices = d->slices;
    out->mib = d->total >> 20;
    return OK;
}

/* ---- processes ---------------------------------------------------------------------------------------------------- */

/* Rows of 16, 24 or 32 bytes, as the generations and the drivers of early 535 have them. */
static ret list(const device *d, char kind, u32 *count, char *out, size_t size) {
    const device *physical = d->parent ? d->parent : d;
    u32 needed = 0;
    for (int i = 0; i < physical->n_processes; i++) {
        const process *p = &physical->processes[i];
        if (p->kind != kind || (d->parent && (p->gi != d->gi || p->ci != d->ci))) continue;
        if (out && needed < *count) {
            char *row = out + needed * size;
            memcpy(row, &p->pid, 4);
            memcpy(row + 8, &p->bytes, 8);
            if (size >= 24) { memcpy(row + 16, &p->gi, 4); memcpy(row + 20, &p->ci, 4); }
            if (size >= 32) memset(row + 24, 0, 8);
        }
        needed++;
    }
    ret code = needed > *count ? TOO_SMALL : OK;
    *count = needed;
    return code;
}

#define LISTS(kind, letter)                                                                                           \
    ret nvmlDeviceGet##kind##RunningProcesses_v3(device *d, u32 *n, void *out) {                                      \
        ENTER(nvmlDeviceGet##kind##RunningProcesses_v3, d);                                                           \
        return list(d, letter, n, out, box.wide ? 32 : 24);                                                           \
    }                                                                                                                 \
    ret nvmlDeviceGet##kind##RunningProcesses_v2(device *d, u32 *n, void *out) {                                      \
        ENTER(nvmlDeviceGet##kind##RunningProcesses_v2, d);                                                           \
        return list(d, letter, n, out, 24);                                                                           \
    }                                                                                                                 \
    ret nvmlDeviceGet##kind##RunningProcesses(device *d, u32 *n, void *out) {                                         \
        ENTER(nvmlDeviceGet##kind##RunningProcesses, d);                                                              \
        return list(d, letter, n, out, 16);                                                                           \
    }
LISTS(Compute, 'c')
LISTS(Graphics, 'g')
LISTS(MPSCompute, 'm')

typedef struct { u32 pid, pad; u64 stamp; u32 sm, mem, enc, dec; } used_row;

ret nvmlDeviceGetProcessUtilization(device *d, used_row *out, u32 *count, u64 since) {
    ENTER(nvmlDeviceGetProcessUtilization, d);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    u64 stamp = box.stamp ? box.stamp : (u64)now.tv_sec * 1000000 + now.tv_nsec / 1000;
    (void)since;
    if (!d->n_activities) return NOT_FOUND;
    u32 room = *count;
    *count = d->n_activities;
    if (!out || room < (u32)d->n_activities) return TOO_SMALL;
    for (int i = 0; i < d->n_activities; i++) {
        const activity *a = &d->activities[i];
        out[i] = (used_row){a->pid, 0, stamp, a->sm, a->mem, a->enc, a->dec};
    }
    return OK;
}

/* ---- what other programs ask for besides -------------------------------------------------------------------------- */

#define CONSTANT(function, number) ret function(device *d, u32 *out) { ENTER(function, d); *out = number; return OK; }
CONSTANT(nvmlDeviceGetDisplayActive, 0)
CONSTANT(nvmlDeviceGetDisplayMode, 0)
CONSTANT(nvmlDeviceGetPersistenceMode, 1)
CONSTANT(nvmlDeviceGetComputeMode, 0)
CONSTANT(nvmlDeviceGetBrand, 1)
CONSTANT(nvmlDeviceGetArchitecture, 8)
CONSTANT(nvmlDeviceGetNumGpuCores, 4608)

ret nvmlDeviceGetDriverModel_v2(device *d, u32 *now, u32 *next) {
    ENTER(nvmlDeviceGetDriverModel_v2, d); /* Windows alone has one. */
    (void)now;
    (void)next;
    return NOT_SUPPORTED;
}
ret nvmlDeviceGetDriverModel(device *d, u32 *now, u32 *next) {
    ENTER(nvmlDeviceGetDriverModel, d);
    (void)now;
    (void)next;
    return NOT_SUPPORTED;
}
ret nvmlDeviceGetBAR1MemoryInfo(device *d, memory_1 *out) {
    ENTER(nvmlDeviceGetBAR1MemoryInfo, d);
    *out = (memory_1){256u << 20, 250u << 20, 6u << 20};
    return OK;
}
ret nvmlDeviceGetCudaComputeCapability(device *d, int *major, int *minor) {
    ENTER(nvmlDeviceGetCudaComputeCapability, d);
    *major = 8;
    *minor = 6;
    return OK;
}
