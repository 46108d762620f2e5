package dev.stoker.watch;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;
import dev.stoker.gpu.GpuDevice;
import dev.stoker.gpu.GpuPicture;
import dev.stoker.gpu.GpuProcess;
import dev.stoker.gpu.GpuReport;
import dev.stoker.gpu.GpuSample;
import dev.stoker.gpu.GpuTrouble;
import dev.stoker.gpu.GpuVendor;
import dev.stoker.gpu.ThrottleReason;
import dev.stoker.host.HostMemory;
import dev.stoker.host.HostSample;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.server.ServerFailure;
import dev.stoker.server.ServerIdentity;
import dev.stoker.server.ServerKind;
import dev.stoker.server.state.Counter;
import dev.stoker.server.state.Counters;
import dev.stoker.server.state.Health;
import dev.stoker.server.state.ModelCondition;
import dev.stoker.server.state.ModelState;
import dev.stoker.server.state.ServerState;
import dev.stoker.server.state.ToldSettings;
import dev.stoker.server.state.Work;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A machine with one Ollama and some GPUs, told second by second to a {@link MachineCourse}: what a
 * test does not say is unknown.
 */
final class Story {
    static final Instant START = Instant.parse("2026-11-25T12:00:00Z");
    static final Endpoint SERVER = new Endpoint(false, "127.0.0.1", 11434, "");

    private final MachineCourse course = new MachineCourse();

    /** Tells what is at a second, and returns the moment. */
    Moment at(int second, ServerState server, GpuSample... gpus) {
        Instant time = START.plusSeconds(second);
        long nanos = second * 1_000_000_000L;
        Reading<Bytes> none = Reading.unsupported("not told");
        return course.next(
                new MachineSample(
                        time,
                        nanos,
                        new GpuPicture(
                                List.of(
                                        new GpuPicture.Part(
                                                new GpuReport(
                                                        "NVML",
                                                        time,
                                                        nanos,
                                                        List.of(gpus),
                                                        Reading.known("580"),
                                                        Reading.known("13.0"),
                                                        Optional.empty()),
                                                Duration.ZERO,
                                                Optional.empty()))),
                        HostSample.ofMemory(
                                new HostMemory(none, none, none, none, none, none),
                                time,
                                nanos,
                                "not told"),
                        Map.of(),
                        List.of(server),
                        Map.of()));
    }

    /** Returns what happened at a second, as lines of code and text. */
    List<String> events(int second, ServerState server, GpuSample... gpus) {
        return at(second, server, gpus).events().stream()
                .map(event -> event.kind().code() + ": " + event.text())
                .toList();
    }

    static ServerState server(int second, ModelState... models) {
        return server(second, new Health.Up(), Reading.known(List.of(models)), counters("", 0));
    }

    static ServerState server(
            int second, Health health, Reading<List<ModelState>> models, Counters counters) {
        return new ServerState(
                SERVER,
                Reading.known(
                        new ServerIdentity(
                                ServerKind.OLLAMA,
                                Reading.known("0.33.0"),
                                SERVER,
                                Optional.empty())),
                START.plusSeconds(second),
                second * 1_000_000_000L,
                health,
                Reading.known(Duration.ofMillis(1)),
                models,
                work(),
                counters,
                new ToldSettings(
                        Reading.unsupported("not told"),
                        Reading.unsupported("not told"),
                        Reading.unsupported("not told"),
                        Reading.unsupported("not told")));
    }

    static ServerState down(int second) {
        Health health = new Health.Down(new ServerFailure.ServerDied("killed"));
        return server(second, health, Reading.failed("down"), counters("", 0));
    }

    /** Returns counters of which only the generated tokens are known; without a life none. */
    static Counters counters(String life, double generated) {
        Map<Counter, Reading<Double>> values = new EnumMap<>(Counter.class);
        for (Counter counter : Counter.values()) {
            values.put(counter, Reading.unsupported("not counted"));
        }
        if (!life.isEmpty()) {
            values.put(Counter.GENERATED_TOKENS, Reading.known(generated));
        }
        return new Counters(values, life.isEmpty() ? Optional.empty() : Optional.of(life));
    }

    /** A model that is built up; kept for ever unless a test says otherwise. */
    record M(
            String name,
            ModelCondition condition,
            long context,
            Reading<Instant> expires,
            Reading<Long> pid,
            Counters counters) {

        static M of(String name) {
            return new M(
                    name,
                    new ModelCondition.Loaded(),
                    4096,
                    Reading.known(START.plusSeconds(1_000_000)),
                    Reading.known(100L),
                    Story.counters("", 0));
        }

        M is(ModelCondition other) {
            return new M(name, other, context, expires, pid, counters);
        }

        M context(long other) {
            return new M(name, condition, other, expires, pid, counters);
        }

        M expires(int second) {
            return new M(
                    name,
                    condition,
                    context,
                    Reading.known(START.plusSeconds(second)),
                    pid,
                    counters);
        }

        M pid(Reading<Long> other) {
            return new M(name, condition, context, expires, other, counters);
        }

        M counts(Counters other) {
            return new M(name, condition, context, expires, pid, other);
        }

        ModelState done() {
            return new ModelState(
                    name,
                    List.of(),
                    condition,
                    Reading.unsupported("not told"),
                    Reading.known(Bytes.gib(6)),
                    Reading.known(Bytes.gib(6)),
                    Reading.known(context),
                    expires,
                    Reading.unsupported("not told"),
                    pid,
                    Reading.unsupported("not told"),
                    work(),
                    counters);
        }
    }

    static GpuSample.Builder gpu(int index) {
        return GpuSample.of(
                new GpuDevice(
                        index,
                        Reading.known("A10G"),
                        Reading.known("GPU-" + index),
                        Reading.unsupported("not told"),
                        GpuVendor.NVIDIA,
                        false,
                        Reading.known("580")),
                START,
                0);
    }

    static GpuSample slowed(int index, ThrottleReason... reasons) {
        return gpu(index).throttleReasons(Reading.known(Set.of(reasons))).build();
    }

    static GpuSample lost(int index) {
        return gpu(index)
                .trouble(new GpuTrouble(GpuTrouble.Kind.LOST, "It has fallen off the bus.", ""))
                .build();
    }

    /** A GPU with processes, of which each holds so many GiB. */
    static GpuSample holding(int index, long... pidsAndGib) {
        List<GpuProcess> processes = new ArrayList<>();
        for (int i = 0; i < pidsAndGib.length; i += 2) {
            processes.add(
                    GpuProcess.of(
                            pidsAndGib[i],
                            GpuProcess.Kind.COMPUTE,
                            Reading.known(Bytes.gib(pidsAndGib[i + 1])),
                            "not told"));
        }
        return gpu(index).processes(Reading.known(processes)).build();
    }

    private static Work work() {
        Reading<Long> none = Reading.unsupported("not told");
        return new Work(none, none, none, none, Reading.unsupported("not told"));
    }

    static ModelState[] models(M... models) {
        return Stream.of(models).map(M::done).toArray(ModelState[]::new);
    }
}
