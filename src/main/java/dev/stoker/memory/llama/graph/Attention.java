package dev.stoker.memory.llama.graph;

import dev.stoker.memory.CacheType;
import dev.stoker.model.LayerShape;

import org.jspecify.annotations.Nullable;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Attention over a cache: its inputs are made once a graph. */
final class Attention {
    private static final int HALF = 2;
    private static final int INDEX = 8;

    /** What a cache is written and read with. */
    private record Inputs(
            Node keyPlaces,
            Node valuePlaces,
            Node mask,
            @Nullable Node turnKeys,
            @Nullable Node turnValues) {}

    private record Cache(Node keys, Node values) {}

    private final Parts parts;
    private final Batch batch;
    private final @Nullable Inputs whole;
    private final @Nullable Inputs window;
    private final Map<Integer, Cache> caches = new HashMap<>();
    private final boolean capped;

    Attention(Parts parts, Set<Trait> traits) {
        this.parts = parts;
        this.batch = parts.batch;
        this.capped = traits.contains(Trait.CAPPED_SCORES);
        boolean anyWhole = false;
        boolean anyWindow = false;
        for (LayerShape layer : batch.shape().layers()) {
            anyWhole |= layer.ownCache() && !layer.window();
            anyWindow |= layer.ownCache() && layer.window();
        }
        whole = anyWhole ? inputs(batch.cells(), false) : null;
        window = anyWindow ? inputs(batch.windowCells(), true) : null;
    }

    private Inputs inputs(long cells, boolean windows) {
        long tokens = batch.tokens();
        List<LayerShape> layers =
                batch.shape().layers().stream()
                        .filter(l -> l.ownCache() && l.window() == windows)
                        .toList();
        long widest =
                batch.shape().layers().stream().mapToLong(LayerShape::valueWidth).max().orElse(0);
        return new Inputs(
                Node.input(INDEX, tokens),
                Node.input(INDEX, batch.turned() ? tokens * widest : tokens),
                Node.input(
                        batch.flash() ? HALF : Parts.FLOAT,
                        cells,
                        tokens / batch.streams(),
                        1,
                        batch.streams()),
                batch.keys().quantized() ? turn(same(layers, LayerShape::keyLength), false) : null,
                batch.values().quantized()
                        ? turn(same(layers, LayerShape::valueLength), true)
                        : null);
    }

    /** Returns what is the same in all layers; 1 where it varies. */
    private static long same(List<LayerShape> layers, ToIntFunction<LayerShape> of) {
        int first = of.applyAsInt(layers.getFirst());
        return layers.stream().allMatch(l -> of.applyAsInt(l) == first) ? first : 1;
    }

    private static @Nullable Node turn(long length, boolean least) {
        if (length % 64 != 0) {
            return null;
        }
        long side = 64;
        while (!least && length % (side * 2) == 0) {
            side *= 2;
        }
        return Node.input(Parts.FLOAT, side, side);
    }

    private Cache cache(int layer, LayerShape shape, long cells) {
        return caches.computeIfAbsent(
                layer,
                _ -> {
                    int home = batch.caches().get(layer);
                    long rows = cells * batch.streams();
                    long keyWidth = (long) shape.kvHeads() * shape.keyLength();
                    long valueWidth = (long) shape.kvHeads() * shape.valueLength();
                    return new Cache(
                            Node.stored(
                                    batch.keys().rowBytes(keyWidth) * rows,
                                    Node.of(keyWidth, cells, batch.streams()),
                                    home,
                                    false),
                            Node.stored(
                                    batch.values().rowBytes(valueWidth) * rows,
                                    Node.of(valueWidth, cells, batch.streams()),
                                    home,
                                    false));
                });
    }

    /**
     * @param layer which it is
     * @param cacheOf the layer whose cache it reads: its own, unless it shares another's
     * @param sinks weights of the places that take what no token gets; or null
     * @return a row of all heads for each token
     */
    Node of(
            int layer,
            int cacheOf,
            LayerShape shape,
            Node query,
            @Nullable Node key,
            @Nullable Node value,
            @Nullable Node sinks) {
        Inputs inputs = shape.window() && window != null ? window : whole;
        if (inputs == null) {
            throw new IllegalStateException("attention without a cache");
        }
        long cells = shape.window() ? batch.windowCells() : batch.cells();
        Cache cache = cache(cacheOf, shape, cells);
        Node q = turned(query, inputs.turnKeys());
        if (key != null && value != null) {
            Node k = turned(key, inputs.turnKeys());
            Node v = turned(value, inputs.turnValues());
            parts.graph.add(q);
            parts.graph.add(v);
            parts.graph.add(k);
            parts.graph.add(store(cache.keys(), flat(k), inputs.keyPlaces()));
            parts.graph.add(storeValues(cache.values(), v, inputs.valuePlaces()));
        }
        Node result = heads(layer, shape, q, cache, cells, inputs.mask(), sinks);
        parts.graph.add(result);
        return turned(result, inputs.turnValues());
    }

    /** A copy in 16 bits; 32 bits are turned into 16 for all backends. */
    private static long widened(CacheType type, Node of) {
        return type == CacheType.F16 || type == CacheType.F32
                ? 0
                : Math.multiplyExact(2L, Math.multiplyExact(of.shape[0], of.rows()));
    }

    /**
     * Attention whose values are a part of its keys.
     *
     * @param value that part of the new key
     * @param unfold a weight that makes a head's value of it
     */
    Node latent(int layer, LayerShape shape, Node query, Node key, Node value, Node unfold) {
        if (whole == null) {
            throw new IllegalStateException("attention without a cache");
        }
        long cells = batch.cells();
        long width = value.shape[0];
        Node cache = cache(layer, shape, cells).keys();
        parts.graph.add(query);
        parts.graph.add(value);
        parts.graph.add(key);
        parts.graph.add(store(cache, flat(key), whole.keyPlaces()));
        int streams = batch.streams();
        long each = batch.tokens() / streams;
        Node q =
                parts.permute(
                        parts.view(query, false, query.shape[0], query.shape[1], each, streams));
        Node all = read(cache, shape.keyLength(), 1, cells);
        Node k = parts.permute(all);
        Node v =
                parts.permute(
                        Node.part(Op.VIEW, all, all.bytes, new long[] {width, 1, cells, streams}));
        Node sum;
        if (batch.flash()) {
            long[] heads = {width, shape.heads(), each, streams};
            Node result = Node.result(Op.FLASH, Parts.FLOAT, heads, q, k, v, whole.mask());
            result.layer = layer;
            result.widened = widened(batch.keys(), k);
            sum = parts.permute(result);
        } else {
            long[] pairs = {cells, each, shape.heads(), streams};
            Node scores = Node.result(Op.MUL_MAT, Parts.FLOAT, pairs, k, q);
            Node weights = parts.same(Op.SOFT_MAX, scores, whole.mask());
            Node turned = Node.part(Op.PERMUTE, v, v.bytes, new long[] {cells, width, 1, streams});
            int half = batch.keys() == CacheType.F32 ? 4 : HALF;
            Node flat = Node.result(Op.CONT, half, new long[] {cells, width, 1, streams}, turned);
            long[] heads = {width, each, shape.heads(), streams};
            sum = Node.result(Op.MUL_MAT, Parts.FLOAT, heads, flat, weights);
        }
        Node turned = parts.permute(parts.multiply(unfold, sum));
        long wide = unfold.shape[1] * shape.heads();
        Node result = Node.result(Op.CONT, Parts.FLOAT, Node.of(wide, batch.tokens()), turned);
        if (batch.cachesStay() && !batch.flash()) {
            result.device = batch.devices().size() - 1;
        }
        parts.graph.add(result);
        return result;
    }

    private Node turned(Node x, @Nullable Node by) {
        if (by == null) {
            return x;
        }
        long side = by.shape[0];
        long all = x.shape[0] * x.shape[1] * x.shape[2] * x.shape[3];
        Node flat = x.plain ? x : parts.same(Op.CONT, x);
        Node many = parts.reshape(flat, side, all / side);
        Node result = parts.multiply(by, many);
        return Node.view(Op.RESHAPE, result, x.shape, true, result);
    }

    private Node flat(Node x) {
        return Node.view(Op.VIEW, x, Node.of(x.shape[0] * x.shape[1], x.shape[2]), x.plain, x);
    }

    private Node store(Node cache, Node row, Node places) {
        Node into =
                batch.streams() > 1
                        ? Node.part(Op.RESHAPE, cache, cache.bytes, cache.shape)
                        : cache;
        return Node.changed(Op.SET_ROWS, into, row, places, into);
    }

    private Node storeValues(Node cache, Node value, Node places) {
        if (!batch.turned()) {
            return store(cache, flat(value), places);
        }
        long width = value.shape[0] * value.shape[1];
        Node rows =
                value.plain
                        ? parts.reshape(value, width, value.shape[2])
                        : Node.result(Op.CONT, Parts.FLOAT, Node.of(width, value.shape[2]), value);
        Node single = parts.reshape(rows, 1, width * value.shape[2]);
        Node into = Node.part(Op.RESHAPE, cache, cache.bytes, cache.shape);
        return Node.changed(Op.SET_ROWS, into, single, places, into);
    }

    private Node heads(
            int layer,
            LayerShape shape,
            Node query,
            Cache cache,
            long cells,
            Node mask,
            @Nullable Node sinks) {
        int streams = batch.streams();
        long each = query.shape[2] / streams;
        Node q =
                parts.permute(
                        parts.view(query, false, query.shape[0], query.shape[1], each, streams));
        Node k = parts.permute(read(cache.keys(), shape.keyLength(), shape.kvHeads(), cells));
        Node v = parts.permute(read(cache.values(), shape.valueLength(), shape.kvHeads(), cells));
        long width = (long) shape.valueLength() * shape.heads();
        if (batch.flash()) {
            Node[] sources =
                    sinks == null ? new Node[] {q, k, v, mask} : new Node[] {q, k, v, mask, sinks};
            Node result =
                    Node.result(
                            Op.FLASH,
                            Parts.FLOAT,
                            new long[] {shape.valueLength(), shape.heads(), each, streams},
                            sources);
            result.layer = layer;
            result.widened = widened(batch.keys(), k) + widened(batch.values(), v);
            return parts.reshape(result, width, batch.tokens());
        }
        Node scores =
                Node.result(
                        Op.MUL_MAT,
                        Parts.FLOAT,
                        new long[] {cells, each, shape.heads(), streams},
                        k,
                        q);
        if (capped) {
            scores = parts.same(Op.SCALE, scores);
            scores = parts.same(Op.UNARY, scores);
            scores = parts.same(Op.SCALE, scores);
        }
        Node weights =
                sinks == null
                        ? parts.same(Op.SOFT_MAX, scores, mask)
                        : parts.same(Op.SOFT_MAX, scores, mask, sinks);
        Node values = v;
        if (!batch.turned()) {
            long[] across = {cells, shape.valueLength(), shape.kvHeads(), streams};
            Node view = Node.part(Op.PERMUTE, v, v.bytes, across);
            values = Node.result(Op.CONT, batch.values() == CacheType.F32 ? 4 : HALF, across, view);
        }
        Node sum =
                Node.result(
                        Op.MUL_MAT,
                        Parts.FLOAT,
                        new long[] {shape.valueLength(), each, shape.heads(), streams},
                        values,
                        weights);
        Node turned = parts.permute(sum);
        Node result = Node.result(Op.CONT, Parts.FLOAT, Node.of(width, batch.tokens()), turned);
        if (batch.cachesStay()) {
            result.device = batch.devices().size() - 1;
        }
        return result;
    }

    private Node read(Node cache, long length, long heads, long cells) {
        return Node.part(
                Op.VIEW, cache, cache.bytes, new long[] {length, heads, cells, batch.streams()});
    }
}
