package dev.stoker.gpu.nvml;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.stoker.base.Clock;
import dev.stoker.base.Reading;
import dev.stoker.base.Text;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuSource;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuTrouble.Kind;
import dev.stoker.gpu.GpuVendor;

import org.jspecify.annotations.Nullable;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * NVIDIA's GPUs through their management library. The library is opened at the first sample,
 * started once, and started anew only where its answers say that this may help. A GPU that was seen
 * once stays in the reports. Used by one thread.
 */
public final class NvmlSource implements GpuSource {
    private static final long RETRY_NANOS = 5_000_000_000L;
    private static final int MOST_GPUS = 256;

    private final Map<String, String> env;
    private final Path root;
    private final Clock clock;
    private final boolean pcieThroughput;
    private final Supplier<NvmlLibrary.Opening> library;

    private @Nullable NvmlCalls calls;
    private boolean started;
    private long nextTry = Long.MIN_VALUE;
    private GpuTrouble refusal = new GpuTrouble(Kind.ABSENT, "", "");
    private Reading<String> driver = Reading.unsupported("the driver was not asked yet");
    private Reading<String> cuda = driver;
    private List<Place> places = List.of();

    /** Every GPU that was ever seen, by its key. */
    private final Map<String, GpuDevice> seen = new LinkedHashMap<>();

    /**
     * A place in the driver's list.
     *
     * @param gpu the GPU there, unless it could not be opened
     * @param code by which opening it failed
     */
    private record Place(int index, @Nullable NvmlGpu gpu, int code) {}

    /**
     * @param env the environment; {@code STOKER_NVML} names the library to use
     * @param root where the file system begins, for tests
     * @param clock for stamps and retries
     * @param pcieThroughput whether to measure the traffic of each GPU, 40 ms each
     */
    public NvmlSource(Map<String, String> env, Path root, Clock clock, boolean pcieThroughput) {
        this(env, root, clock, pcieThroughput, () -> NvmlLibrary.open(env, root));
        NativeCall.prepare(); // It takes as long as all that happens before the first call.
    }

    /**
     * @param library opens the library
     */
    NvmlSource(
            Map<String, String> env,
            Path root,
            Clock clock,
            boolean pcieThroughput,
            Supplier<NvmlLibrary.Opening> library) {
        this.env = Map.copyOf(env);
        this.library = library;
        this.root = root;
        this.clock = clock;
        this.pcieThroughput = pcieThroughput;
    }

    @Override
    public String name() {
        return "NVML";
    }

    @Override
    public GpuReport sample() {
        Instant time = clock.now();
        long nanos = clock.nanos();
        if (!started) {
            start(time, nanos);
        }
        NvmlCalls open = calls;
        if (!started || open == null) {
            return refused(time, nanos);
        }
        List<GpuSample> samples = samples(time, nanos);
        int code = commonCode();
        if (NvmlReturn.mayBeCuredByNewStart(code)) {
            open.call(NvmlFunction.SHUTDOWN);
            started = false;
            nextTry = nanos;
            start(time, nanos);
            if (!started) {
                return refused(time, nanos);
            }
            samples = samples(time, nanos);
            code = commonCode();
            started = !NvmlReturn.mayBeCuredByNewStart(code);
            nextTry = nanos + RETRY_NANOS;
            refusal = NvmlReturn.ofLibrary(code);
        }
        Optional<GpuTrouble> trouble = started ? trouble(code) : Optional.of(refusal);
        return new GpuReport(name(), time, nanos, samples, driver, cuda, trouble);
    }

    /** Only what concerns all GPUs and is not said by each of them better. */
    private static Optional<GpuTrouble> trouble(int code) {
        boolean ofEach = code == NvmlReturn.GPU_IS_LOST || code == NvmlReturn.RESET_REQUIRED;
        return code == NvmlReturn.OK || ofEach
                ? Optional.empty()
                : Optional.of(NvmlReturn.ofLibrary(code));
    }

    /** Returns the code by which every GPU has failed, or 0 where one works or there is none. */
    private int commonCode() {
        int code = NvmlReturn.OK;
        for (Place place : places) {
            code = place.gpu() == null ? place.code() : place.gpu().lastCode();
            if (code == NvmlReturn.OK) {
                return code;
            }
        }
        return code;
    }

    private List<GpuSample> samples(Instant time, long nanos) {
        Map<String, GpuDevice> missing = new LinkedHashMap<>(seen);
        List<GpuSample> samples = new ArrayList<>();
        for (Place place : places) {
            NvmlGpu gpu = place.gpu();
            if (gpu == null) {
                GpuTrouble trouble =
                        NvmlReturn.ofGpu(place.code())
                                .orElseGet(() -> NvmlReturn.ofLibrary(place.code()));
                samples.add(without(nameless(place.index(), trouble), trouble, time, nanos));
            } else {
                missing.remove(gpu.device().key());
                samples.add(gpu.sample(time, nanos));
            }
        }
        boolean nameless = places.stream().anyMatch(place -> place.gpu() == null);
        if (!nameless) {
            GpuTrouble gone =
                    new GpuTrouble(
                            Kind.LOST,
                            "The GPU was there before and the driver does not list it any more.",
                            "Look for 'Xid' in the kernel's log (dmesg).");
            missing.values()
                    .forEach(device ->
                            samples.add(
                                    without(device.withIndex(samples.size()), gone, time, nanos)));
        }
        return samples;
    }

    private GpuDevice nameless(int index, GpuTrouble trouble) {
        Reading<String> none = Reading.failed(trouble.sentence());
        return new GpuDevice(index, none, none, none, GpuVendor.NVIDIA, false, driver);
    }

    private static GpuSample without(
            GpuDevice device, GpuTrouble trouble, Instant time, long nanos) {
        return GpuSample.of(device, time, nanos)
                .nothing(trouble.sentence())
                .trouble(trouble)
                .build();
    }

    /** GPUs that were seen before stay visible while the driver refuses. */
    private GpuReport refused(Instant time, long nanos) {
        List<GpuSample> samples = new ArrayList<>();
        seen.values()
                .forEach(device ->
                        samples.add(
                                without(device.withIndex(samples.size()), refusal, time, nanos)));
        return new GpuReport(name(), time, nanos, samples, driver, cuda, Optional.of(refusal));
    }

    private void start(Instant time, long nanos) {
        if (nanos < nextTry) {
            return;
        }
        nextTry = nanos + RETRY_NANOS;
        if (calls == null) {
            NvmlLibrary.Opening opening = library.get();
            if (opening.library() == null) {
                refusal = noLibrary(opening.broken());
                return;
            }
            calls = new NvmlCalls(opening.library());
        }
        int code = calls.call(NvmlFunction.INIT);
        boolean init = code == NvmlReturn.OK;
        driver = calls.text(NvmlFunction.DRIVER_VERSION);
        cuda = cuda(calls);
        calls.scratch().set(JAVA_INT, 0, 0);
        if (init) {
            code = calls.call(NvmlFunction.COUNT, calls.at(0), 0);
        }
        if (code != NvmlReturn.OK) {
            refusal = NvmlReturn.ofLibrary(code);
            if (init) {
                calls.call(NvmlFunction.SHUTDOWN); // It counts its users.
            }
            return;
        }
        places = places(calls, calls.scratch().get(JAVA_INT, 0), time);
        places.stream()
                .map(Place::gpu)
                .filter(gpu -> gpu != null)
                .forEach(gpu -> seen.putIfAbsent(gpu.device().key(), gpu.device()));
        started = true;
    }

    private List<Place> places(NvmlCalls open, int count, Instant time) {
        List<Place> found = new ArrayList<>();
        for (int i = 0; i < Math.clamp(count, 0, MOST_GPUS); i++) {
            open.scratch().set(JAVA_LONG, 0, 0);
            int code = open.call(NvmlFunction.HANDLE, i, open.at(0));
            long handle = open.scratch().get(JAVA_LONG, 0);
            found.add(
                    code == NvmlReturn.OK
                            ? new Place(
                                    i,
                                    new NvmlGpu(open, handle, i, driver, time, pcieThroughput),
                                    code)
                            : new Place(i, null, code));
        }
        return found;
    }

    private static Reading<String> cuda(NvmlCalls open) {
        open.scratch().set(JAVA_INT, 0, 0);
        int code = open.call(NvmlFunction.CUDA_VERSION, open.at(0), 0);
        int version = open.scratch().get(JAVA_INT, 0);
        return code == NvmlReturn.OK && version > 0
                ? Reading.known(version / 1000 + "." + version % 1000 / 10)
                : NvmlReturn.reading(code == NvmlReturn.OK ? NvmlReturn.NOT_FOUND : code);
    }

    private GpuTrouble noLibrary(List<String> broken) {
        String own = env.getOrDefault(NvmlLibrary.OWN_PATH, "");
        if (!own.isBlank()) {
            return new GpuTrouble(
                    Kind.UNAVAILABLE,
                    NvmlLibrary.OWN_PATH
                            + " names "
                            + Text.plain(own)
                            + ", which can not be opened as a library.",
                    "Name the full path of libnvidia-ml.so.1, or unset it.");
        }
        if (!broken.isEmpty()) {
            return new GpuTrouble(
                    Kind.UNAVAILABLE,
                    broken.getFirst() + " is there and can not be opened.",
                    "It may be of another machine's kind, or damaged: install the driver again.");
        }
        boolean loaded =
                Files.exists(root.resolve("proc/driver/nvidia/version"))
                        || Files.exists(root.resolve("dev/nvidiactl"));
        return loaded
                ? new GpuTrouble(
                        Kind.UNAVAILABLE,
                        "The NVIDIA driver is loaded, but its library libnvidia-ml.so.1 can not be"
                                + " found here.",
                        "In a container: start it with the NVIDIA runtime (docker run --gpus all);"
                                + " else install the driver's libraries, or name the file with"
                                + " STOKER_NVML.")
                : new GpuTrouble(Kind.ABSENT, "This machine has no NVIDIA driver.", "");
    }

    @Override
    public void close() {
        if (started && calls != null) {
            started = false;
            calls.call(NvmlFunction.SHUTDOWN);
        }
    }
}
