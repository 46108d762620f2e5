package dev.stoker;

import dev.stoker.base.Clock;
import dev.stoker.cli.MachineWatcher;
import dev.stoker.gpu.GpuCollector;
import dev.stoker.gpu.nvml.NvmlSource;
import dev.stoker.host.HostSampler;
import dev.stoker.host.ProcHost;
import dev.stoker.host.ProcessSampler;
import dev.stoker.http.Endpoint;
import dev.stoker.machine.MachineSample;
import dev.stoker.machine.MachineWatch;
import dev.stoker.machine.ServerLook;
import dev.stoker.server.ApiKey;
import dev.stoker.server.state.AskPolicy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks once a second, at all of a machine or at a part of it, until it is ended: for {@code
 * bench/watch}, which measures what that takes.
 *
 * <p>Arguments: the part (nothing, gpus, host, processes, servers, all); then the addresses of
 * servers, or the numbers of processes.
 */
final class Looks {
    private static final Duration SECOND = Duration.ofSeconds(1);

    private Looks() {}

    private interface Look {
        Object look() throws InterruptedException;
    }

    public static void main(String[] arguments) throws InterruptedException {
        List<String> rest = Arrays.asList(arguments).subList(1, arguments.length);
        Look look = of(arguments[0], rest);
        System.out.println(said(look.look()));
        long next = System.nanoTime();
        while (true) {
            next += SECOND.toNanos();
            Thread.sleep(Duration.ofNanos(Math.max(0, next - System.nanoTime())));
            look.look();
        }
    }

    private static Look of(String part, List<String> rest) {
        Clock clock = Clock.system();
        Path root = Path.of("/");
        Map<String, String> env = System.getenv();
        return switch (part) {
            case "nothing" -> () -> "";
            case "gpus" -> {
                GpuCollector gpus =
                        new GpuCollector(List.of(new NvmlSource(env, root, clock, false)), clock);
                yield () -> gpus.collect(SECOND);
            }
            case "host" -> {
                HostSampler host = HostSampler.ofThisMachine(Optional.empty(), clock);
                yield host::sample;
            }
            case "processes" -> {
                ProcessSampler processes = ProcessSampler.ofThisMachine(clock);
                List<Long> pids = rest.stream().map(Long::valueOf).toList();
                yield () -> processes.details(pids);
            }
            case "servers" -> {
                ServerLook servers =
                        new ServerLook(
                                rest.stream().map(Endpoint::parse).toList(),
                                true,
                                ApiKey.none(),
                                new ProcHost(Path.of("/proc"), Path.of("/sys")),
                                new AskPolicy(SECOND, false, false),
                                clock);
                yield servers::look;
            }
            default -> {
                MachineWatch watch =
                        new MachineWiring(env)
                                .open(
                                        new MachineWatcher.Wanted(
                                                rest, Optional.empty(), false, true));
                yield () -> watch.look(SECOND);
            }
        };
    }

    private static String said(Object seen) {
        return seen instanceof MachineSample m
                ? m.gpus().size()
                        + " GPUs, "
                        + m.processes().size()
                        + " processes, "
                        + m.servers().size()
                        + " servers, "
                        + m.models().size()
                        + " of the processes with a model"
                : seen.getClass().getSimpleName();
    }
}
