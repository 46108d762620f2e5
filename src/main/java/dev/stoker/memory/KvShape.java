package dev.stoker.memory;

import dev.stoker.base.Bytes;
import dev.stoker.base.Reading;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How much key-value cache a token of context takes, from the header fields of a model's file as
 * Ollama's {@code /api/show} gives them in {@code model_info}. For a model whose layers partly look
 * back over a window only, the figure is an upper bound. Pure.
 *
 * <p>Source: llama.cpp, per layer: heads × (key length + value length) × 2 bytes; a head's length
 * is the embedding's length over the number of heads unless given; latent attention (MLA) stores
 * one key and no value; encoders have none.
 *
 * @param bytesPerToken at 16 bits, over all layers
 * @param provenance which kind of figure this is, in words
 */
public record KvShape(Bytes bytesPerToken, String provenance) {
    private static final int BYTES_AN_ELEMENT = 2;
    private static final long MOST = 1L << 32;

    /** Returns the shape, or which fields are missing. */
    public static Reading<KvShape> of(Map<String, Object> modelInfo) {
        if (!(modelInfo.get("general.architecture") instanceof String architecture)) {
            return Reading.unsupported("the model's header lacks general.architecture");
        }
        if (architecture.contains("bert")) {
            return Reading.known(new KvShape(Bytes.ZERO, "modelled: an encoder keeps no cache"));
        }
        Fields fields = new Fields(modelInfo, architecture);
        OptionalLong blocks = fields.number("block_count");
        OptionalLong heads = fields.number("attention.head_count");
        OptionalLong embedding = fields.number("embedding_length");
        OptionalLong perHead =
                heads.isPresent() && embedding.isPresent() && heads.getAsLong() > 0
                        ? OptionalLong.of(embedding.getAsLong() / heads.getAsLong())
                        : OptionalLong.empty();
        OptionalLong key = or(fields.number("attention.key_length"), perHead);
        OptionalLong value = or(fields.number("attention.value_length"), perHead);
        List<String> missing = new ArrayList<>();
        if (blocks.isEmpty()) {
            missing.add(architecture + ".block_count");
        }
        if (key.isEmpty() || value.isEmpty()) {
            missing.add(architecture + ".attention.key_length or head_count with embedding_length");
        }
        boolean latent = fields.number("attention.key_length_mla").isPresent();
        long layers =
                blocks.orElse(0)
                        - fields.number("nextn_predict_layers").orElse(0)
                        - fields.number("attention.shared_kv_layers").orElse(0);
        long interval = fields.number("full_attention_interval").orElse(1);
        long attending = interval > 1 ? layers / interval : layers;
        OptionalLong width =
                latent
                        ? OptionalLong.of(Math.max(0, attending))
                        : cacheHeads(fields, attending, heads);
        if (width.isEmpty()) {
            missing.add(
                    architecture
                            + ".attention.head_count_kv"
                            + (fields.has("attention.head_count_kv")
                                    ? " (one a layer; only told on a verbose request)"
                                    : ""));
        }
        if (!missing.isEmpty()) {
            return Reading.unsupported("the model's header lacks " + String.join(", ", missing));
        }
        long elements = latent ? key.getAsLong() : key.getAsLong() + value.getAsLong();
        long bytes = width.getAsLong() * elements * BYTES_AN_ELEMENT;
        if (bytes > MOST) {
            return Reading.failed(
                    "the model's header gives an impossible cache of "
                            + Bytes.of(bytes)
                            + " a token");
        }
        boolean window = fields.number("attention.sliding_window").orElse(0) > 0;
        return Reading.known(
                new KvShape(
                        Bytes.of(bytes),
                        "modelled: "
                                + (latent ? "latent attention, " : "")
                                + attending
                                + " layers"
                                + (window
                                        ? ", as if all of them looked back over the whole context"
                                        : "")));
    }

    /** Returns the heads that keep keys and values, summed over the layers. */
    private static OptionalLong cacheHeads(Fields fields, long attending, OptionalLong heads) {
        if (fields.value("attention.head_count_kv") instanceof List<?> perLayer) {
            long sum = 0;
            for (Object one : perLayer) {
                OptionalLong number = Fields.number(one);
                if (number.isEmpty()) {
                    return OptionalLong.empty();
                }
                sum += number.getAsLong();
            }
            return perLayer.isEmpty() ? OptionalLong.empty() : OptionalLong.of(sum);
        }
        OptionalLong same = fields.number("attention.head_count_kv");
        if (same.isEmpty() && fields.has("attention.head_count_kv")) {
            return OptionalLong.empty();
        }
        OptionalLong each = or(same, heads);
        return each.isPresent() ? OptionalLong.of(each.getAsLong() * Math.max(0, attending)) : each;
    }

    private static OptionalLong or(OptionalLong first, OptionalLong second) {
        return first.isPresent() ? first : second;
    }

    private record Fields(Map<String, Object> info, String architecture) {
        private static final long LARGEST = 1 << 20;

        boolean has(String name) {
            return info.containsKey(architecture + "." + name);
        }

        @Nullable Object value(String name) {
            return info.get(architecture + "." + name);
        }

        OptionalLong number(String name) {
            return number(value(name));
        }

        /** Numbers of a header are small; anything else is taken for missing. */
        static OptionalLong number(@Nullable Object value) {
            return value instanceof Number n && n.doubleValue() >= 0 && n.doubleValue() <= LARGEST
                    ? OptionalLong.of(n.longValue())
                    : OptionalLong.empty();
        }
    }
}
