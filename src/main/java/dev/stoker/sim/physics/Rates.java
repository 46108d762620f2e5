package dev.stoker.sim.physics;

import java.util.ArrayList;
import java.util.List;

/**
 * How long a placed model takes for a token and for a prompt. Pure.
 *
 * <p>Decoding is bound by bandwidth: each device reads its layers' weights and cache for every
 * token, one after the other (the parts add). Prompts are bound by operations, two for each
 * parameter that a token touches, and have a fixed part.
 */
public final class Rates {
    /** Share of the memory's bandwidth that a processor reaches on weights: 60–80 % is usual. */
    private static final double HOST_EFFICIENCY = 0.7;

    private static final double MOST_TOKENS_A_SECOND = 280;

    private final Box box;
    private final ModelSpec model;
    private final Placement placement;
    private final double decodeFactor;
    private final double promptFactor;

    /**
     * @param decodeFactor share of the decode rate that is left, 1 on a sound machine
     * @param promptFactor the same of the prompt rate
     */
    public Rates(
            Box box,
            ModelSpec model,
            Placement placement,
            double decodeFactor,
            double promptFactor) {
        this.box = box;
        this.model = model;
        this.placement = placement;
        this.decodeFactor = decodeFactor;
        this.promptFactor = promptFactor;
    }

    /**
     * Seconds for one token of one sequence, when so many sequences decode together: the weights
     * are read once for all of them, the arithmetic is done for each.
     */
    public double tokenSeconds(long depth, int together) {
        double bytes = model.bytesPerToken(depth);
        double efficiency = model.efficiency() > 0 ? model.efficiency() : box.speeds().efficiency();
        double seconds = 0;
        List<Integer> layers = placement.layers();
        for (int i = 0; i < layers.size(); i++) {
            Box.Gpu gpu = box.gpus().get(i);
            double share = layers.get(i) / (double) model.layers();
            double moving = bytes * share / (gpu.bandwidth() * efficiency);
            double computing =
                    together
                            * model.operationsPerToken()
                            * share
                            / (gpu.flops() * box.speeds().promptEfficiency());
            seconds += Math.max(moving, computing);
        }
        double onHost = placement.onHost() / (double) model.layers();
        double moving = bytes * onHost / (box.host().bandwidth() * HOST_EFFICIENCY);
        double computing =
                together
                        * model.operationsPerToken()
                        * onHost
                        / (box.host().flops() * HOST_EFFICIENCY);
        seconds += Math.max(moving, computing);
        return Math.max(seconds, 1 / MOST_TOKENS_A_SECOND) / decodeFactor;
    }

    /**
     * Returns the share of a token's time, 0 to 1, in which each GPU works: the devices work one
     * after the other, so the shares add to 1 where the processor has no part.
     */
    public List<Double> gpuShares() {
        double bytes = model.bytesPerToken(0);
        double efficiency = model.efficiency() > 0 ? model.efficiency() : box.speeds().efficiency();
        List<Double> seconds = new ArrayList<>();
        double sum = 0;
        for (int i = 0; i < placement.layers().size(); i++) {
            Box.Gpu gpu = box.gpus().get(i);
            double share = placement.layers().get(i) / (double) model.layers();
            double moving = bytes * share / (gpu.bandwidth() * efficiency);
            seconds.add(moving);
            sum += moving;
        }
        double onHost = placement.onHost() / (double) model.layers();
        sum += bytes * onHost / (box.host().bandwidth() * HOST_EFFICIENCY);
        double all = sum;
        return seconds.stream().map(s -> all <= 0 ? 0 : s / all).toList();
    }

    /** Seconds for so many new tokens of a prompt. */
    public double promptSeconds(long tokens) {
        double operations = tokens * model.operationsPerToken();
        double seconds = box.speeds().promptSeconds();
        List<Integer> layers = placement.layers();
        for (int i = 0; i < layers.size(); i++) {
            double share = layers.get(i) / (double) model.layers();
            seconds +=
                    operations
                            * share
                            / (box.gpus().get(i).flops() * box.speeds().promptEfficiency());
        }
        double onHost = placement.onHost() / (double) model.layers();
        seconds += operations * onHost / (box.host().flops() * HOST_EFFICIENCY);
        return seconds / promptFactor;
    }

    /**
     * Seconds to read a file, of which so many bytes are in the page cache, and to start the
     * runner.
     */
    public static double loadSeconds(Box box, long fileBytes, long cachedBytes) {
        long warm = Math.min(cachedBytes, fileBytes);
        double rate = box.speeds().disk();
        return (fileBytes - warm) / Math.min(rate, box.speeds().warm())
                + warm / box.speeds().warm()
                + box.speeds().startSeconds();
    }
}
