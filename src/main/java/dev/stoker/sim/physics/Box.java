package dev.stoker.sim.physics;

import dev.stoker.base.Bytes;

import java.util.List;
import java.util.Optional;

/**
 * A machine with a model server on it, as its file describes it. Immutable.
 *
 * @param name short, as {@code --box} names it
 * @param title one line for a person
 * @param host the memory and the processor
 * @param gpus none for a machine without
 * @param speeds of moving bytes and computing
 * @param pressure what happens when the memory runs out
 * @param server the model server and its settings
 * @param models what it has on disk
 */
public record Box(
        String name,
        String title,
        Host host,
        List<Gpu> gpus,
        Speeds speeds,
        Pressure pressure,
        Server server,
        List<ModelSpec> models) {
    public Box {
        gpus = List.copyOf(gpus);
        models = List.copyOf(models);
    }

    /**
     * @param memory all of it
     * @param system what the system takes
     * @param other what other software of this machine takes
     * @param swap zero for none
     * @param bandwidth bytes a second of the processor's own reads
     * @param flops operations a second of the processor
     */
    public record Host(
            Bytes memory, Bytes system, Bytes other, Bytes swap, double bandwidth, double flops) {}

    /**
     * @param name as the driver names it
     * @param shared whether its memory is the host's
     * @param memory all of it; the host's where shared
     * @param reserved what the driver and the display take
     * @param bandwidth bytes a second
     * @param flops operations a second at 16 bits
     * @param chip what its sensors tell
     */
    public record Gpu(
            String name,
            boolean shared,
            Bytes memory,
            Bytes reserved,
            double bandwidth,
            double flops,
            Chip chip) {}

    /**
     * How a GPU draws power and gets warm. Under load it draws what it may and its temperature goes
     * to its full value, with the time constant of its cooler.
     *
     * @param idleWatts with nothing to do
     * @param limitWatts at most
     * @param idleClock of the shaders with nothing to do, Hz
     * @param clock of the shaders under load, Hz
     * @param memoryClock under load, Hz
     * @param idleCelsius after a long time with nothing to do
     * @param fullCelsius after a long time of full load
     * @param slowdownCelsius where the driver takes the clock down
     */
    public record Chip(
            double idleWatts,
            double limitWatts,
            double idleClock,
            double clock,
            double memoryClock,
            double idleCelsius,
            double fullCelsius,
            double slowdownCelsius) {}

    /**
     * @param disk bytes a second of a cold read
     * @param warm bytes a second from the page cache to where the weights go (PCIe, or a copy)
     * @param startSeconds a runner's start beside reading the file
     * @param efficiency share of the bandwidth that decoding reaches
     * @param promptEfficiency share of the operations that prompts reach
     * @param promptSeconds fixed part of a prompt
     * @param restartSeconds a restart of the server
     * @param unloadSeconds until an unloaded model is no more listed
     * @param release bytes a second at which its memory comes back after that
     */
    public record Speeds(
            double disk,
            double warm,
            double startSeconds,
            double efficiency,
            double promptEfficiency,
            double promptSeconds,
            double restartSeconds,
            double unloadSeconds,
            double release) {}

    /**
     * What happens when a load needs more than there is.
     *
     * @param reserve when less than this is left to the system, the driver does not recover without
     *     a restart
     * @param cacheShare share of the file that passes through page cache which a load on shared
     *     memory can't take back
     * @param killSeconds from exhaustion to the end of the runner when less than the reserve is
     *     left
     * @param hangSeconds the same when more is left
     * @param unstableSeconds how long each load hangs on a server whose driver did not recover
     */
    public record Pressure(
            Bytes reserve,
            double cacheShare,
            double killSeconds,
            double hangSeconds,
            double unstableSeconds) {}

    /** What serves: which protocol the box speaks. */
    public enum Kind {
        OLLAMA,
        LLAMA_SERVER,
        VLLM
    }

    /**
     * @param kind the protocol
     * @param generation of Ollama: {@code old} (before 0.30) or {@code new}
     * @param keepAliveSeconds of Ollama
     * @param mostLoaded of Ollama; 0 for automatic: three a GPU, or three
     * @param context tokens a slot
     * @param slots requests at once
     * @param queue requests that may wait for a load
     * @param spread whether a model goes over all GPUs although one would do
     * @param loads the model loaded at the start, for the servers that have one; empty for the
     *     first
     */
    public record Server(
            Kind kind,
            String generation,
            double keepAliveSeconds,
            int mostLoaded,
            int context,
            int slots,
            int queue,
            boolean spread,
            String loads) {

        /** Returns whether this is an Ollama of 0.30 or later. */
        public boolean isNew() {
            return generation.equals("new");
        }
    }

    /** Returns whether the GPU's memory is the host's. */
    public boolean sharesMemory() {
        return !gpus.isEmpty() && gpus.getFirst().shared();
    }

    /** Returns how many models Ollama keeps at most. */
    public int mostLoaded() {
        return server.mostLoaded() > 0 ? server.mostLoaded() : 3 * Math.max(1, gpus.size());
    }

    /** Finds a model by the name of a request: a missing tag means {@code latest}. */
    public Optional<ModelSpec> model(String asked) {
        String full = asked.indexOf(':') < 0 ? asked + ":latest" : asked;
        return models.stream()
                .filter(m -> m.name().equalsIgnoreCase(asked) || m.name().equalsIgnoreCase(full))
                .findFirst();
    }

    /** Returns the same box with another amount of memory, for asking what would be different. */
    public Box withMemory(Bytes memory) {
        List<Gpu> resized =
                gpus.stream()
                        .map(g ->
                                g.shared()
                                        ? new Gpu(
                                                g.name(),
                                                true,
                                                memory,
                                                g.reserved(),
                                                g.bandwidth(),
                                                g.flops(),
                                                g.chip())
                                        : g)
                        .toList();
        Host larger =
                new Host(
                        memory,
                        host.system(),
                        host.other(),
                        host.swap(),
                        host.bandwidth(),
                        host.flops());
        return new Box(name, title, larger, resized, speeds, pressure, server, models);
    }

    /** Returns the same box with a server of the other generation. */
    public Box withGeneration(String generation) {
        Server s =
                new Server(
                        server.kind(),
                        generation,
                        server.keepAliveSeconds(),
                        server.mostLoaded(),
                        server.context(),
                        server.slots(),
                        server.queue(),
                        server.spread(),
                        server.loads());
        return new Box(name, title, host, gpus, speeds, pressure, s, models);
    }
}
