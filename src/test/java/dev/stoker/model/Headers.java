package dev.stoker.model;

import dev.stoker.base.Reading;
import dev.stoker.gguf.GgufWriter;

/** Models that are made of a header alone. */
final class Headers {
    private final String architecture;
    private final GgufWriter writer = GgufWriter.plain();

    private Headers(String architecture) {
        this.architecture = architecture;
        writer.text("general.architecture", architecture);
    }

    /** A model with as many heads that keep keys as it has query heads. */
    static Headers of(String architecture, int blocks, int embedding, int heads) {
        return new Headers(architecture)
                .with("block_count", blocks)
                .with("embedding_length", embedding)
                .with("attention.head_count", heads);
    }

    Headers with(String key, long value) {
        writer.whole(architecture + "." + key, value);
        return this;
    }

    Headers with(String key, long... values) {
        writer.wholes(architecture + "." + key, values);
        return this;
    }

    Headers with(String key, boolean... values) {
        writer.flags(architecture + "." + key, values);
        return this;
    }

    GgufWriter writer() {
        return writer;
    }

    ModelDescription description() {
        return described(writer.bytes());
    }

    ModelShape shape() {
        Reading<ModelShape> shape = description().shape();
        return shape.value();
    }

    static ModelDescription described(byte[] bytes) {
        return GgufModels.read(
                "test", "test.gguf", _ -> GgufWriter.source(bytes, bytes.length, bytes.length));
    }
}
