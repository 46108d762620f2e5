package dev.stoker.plan.speed;

import dev.stoker.memory.LlamaSettings;
import dev.stoker.model.LayerShape;
import dev.stoker.model.ModelDescription;
import dev.stoker.model.ModelShape;
import dev.stoker.model.Tensor;

/**
 * What one token moves and computes, layer by layer; the output layer comes after the blocks. Made
 * once a model. Pure.
 *
 * <p>A token reads all dense weights, and of the experts the share that it uses. The table of
 * embeddings is looked up, not read, unless it is the output too.
 */
final class Traffic {
    private static final String OUTPUT = "output.weight";
    private static final String TABLE = "token_embd.weight";

    private final ModelShape shape;

    /** Bytes by layer. */
    private final double[] dense;

    private final double[] experts;

    /** Bytes by layer, each divided by the speed of its type: as if they were 16-bit weights. */
    private final double[] denseCost;

    private final double[] expertCost;

    /** Parameters by layer, those of experts weighed by use. */
    private final double[] active;

    private final boolean known;

    private Traffic(ModelShape shape, boolean known) {
        this.shape = shape;
        this.known = known;
        int layers = shape.blocks() + 1;
        dense = new double[layers];
        experts = new double[layers];
        denseCost = new double[layers];
        expertCost = new double[layers];
        active = new double[layers];
    }

    static Traffic of(ModelDescription model) {
        ModelShape shape = model.shape().value();
        boolean known = model.tensors().stream().anyMatch(t -> t.block() >= 0);
        Traffic traffic = new Traffic(shape, known);
        if (known) {
            traffic.read(model);
        } else {
            traffic.share(model);
        }
        return traffic;
    }

    private void read(ModelDescription model) {
        boolean tied = true;
        Tensor table = null;
        for (Tensor t : model.tensors()) {
            int block = t.block();
            if (block >= shape.mainBlocks()) {
                continue;
            }
            if (block >= 0) {
                add(block, t, isExpert(t.name()));
            } else if (t.name().equals(TABLE)) {
                table = t;
            } else if (t.name().startsWith("output")) {
                tied &= !t.name().equals(OUTPUT);
                add(shape.blocks(), t, false);
            }
        }
        if (tied && table != null && !shape.encoder()) {
            add(shape.blocks(), table, false);
        }
    }

    private static boolean isExpert(String name) {
        return name.contains("_exps.") || name.contains("_chexps.");
    }

    private void add(int layer, Tensor tensor, boolean expert) {
        double bytes = tensor.bytes().count();
        double share = expert ? usedShare() : 1;
        double cost = bytes / QuantSpeed.share(tensor.type());
        (expert ? experts : dense)[layer] += bytes * share;
        (expert ? expertCost : denseCost)[layer] += cost * share;
        active[layer] += tensor.elements() * share;
    }

    private double usedShare() {
        ModelShape.Experts e = shape.experts();
        return e.any() ? Math.min(1, (double) e.used() / e.count()) : 1;
    }

    /** Where no tensors are told: the file's bytes by the usual formulas. */
    private void share(ModelDescription model) {
        double all = 0;
        double[] d = new double[active.length];
        double[] e = new double[active.length];
        for (int i = 0; i < shape.mainBlocks(); i++) {
            LayerShape l = shape.layers().get(i);
            d[i] =
                    (double) shape.embedding()
                            * (2.0 * l.heads() * l.keyLength()
                                    + (double) l.kvHeads() * (l.keyLength() + l.valueLength())
                                    + 3.0
                                            * (l.experts()
                                                    ? shape.experts().sharedFeedForward()
                                                    : l.feedForward()));
            e[i] =
                    l.experts()
                            ? 3.0
                                    * shape.embedding()
                                    * shape.experts().count()
                                    * shape.experts().feedForward()
                            : 0;
            all += d[i] + e[i];
        }
        double table = (double) shape.vocabulary() * shape.embedding();
        d[shape.blocks()] = table;
        all += 2 * table;
        double bytesEach =
                all > 0 ? model.fileSize().map(b -> (double) b.count()).orElse(0.0) / all : 0;
        double speed = QuantSpeed.share(model.quantization().orElse(""));
        for (int i = 0; i < active.length; i++) {
            dense[i] = d[i] * bytesEach;
            experts[i] = e[i] * bytesEach * usedShare();
            denseCost[i] = dense[i] / speed;
            expertCost[i] = experts[i] / speed;
            active[i] = d[i] + e[i] * usedShare();
        }
    }

    /** Returns the bytes of a layer's weights that a token reads. */
    double bytes(int layer) {
        return dense[layer] + experts[layer];
    }

    double denseCost(int layer) {
        return denseCost[layer];
    }

    double expertCost(int layer) {
        return expertCost[layer];
    }

    /** Returns the bytes of all experts of a layer, used or not. */
    double allExpertBytes(int layer) {
        return experts[layer] / usedShare();
    }

    /** Returns the bytes of the experts that a token does not use. */
    double unusedBytes(int layer) {
        return allExpertBytes(layer) - experts[layer];
    }

    double active(int layer) {
        return active[layer];
    }

    boolean hasExperts(int layer) {
        return experts[layer] > 0;
    }

    /** Returns the bytes of keys, values and state that a token reads in a layer at a depth. */
    double cacheBytes(int layer, long depth, LlamaSettings settings) {
        if (layer >= shape.mainBlocks()) {
            return 0;
        }
        LayerShape l = shape.layers().get(layer);
        long seen =
                l.window() && shape.slidingWindow() > 0
                        ? Math.min(depth, shape.slidingWindow())
                        : depth;
        double row = settings.keys().rowBytes(l.keyWidth());
        if (!shape.latent()) {
            row += settings.values().rowBytes(l.valueWidth());
        }
        return row * seen + 2.0 * l.stateBytes();
    }

    /** Returns the operations of attention for one token of a prompt, at this depth. */
    double attention(int layer, long depth) {
        if (layer >= shape.mainBlocks()) {
            return 0;
        }
        LayerShape l = shape.layers().get(layer);
        if (l.kvHeads() == 0) {
            return 0;
        }
        long seen =
                l.window() && shape.slidingWindow() > 0
                        ? Math.min(depth, shape.slidingWindow())
                        : depth;
        return 4.0 * l.heads() * l.keyLength() * seen;
    }

    int layers() {
        return active.length;
    }

    int blocks() {
        return shape.blocks();
    }

    boolean known() {
        return known;
    }
}
