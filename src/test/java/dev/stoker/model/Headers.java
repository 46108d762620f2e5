package dev.stoker.model;

import dev.stoker.base.Reading;
import dev.stoker.gguf.ByteSource;
import dev.stoker.gguf.GgufWriter;

import java.nio.ByteBuffer;

/** Models that are made of a header alone. */
final class Headers {
    private final String architecture;
    private final GgufWriter writer = new GgufWriter();

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
        writer.u32(architecture + "." + key, value);
        return this;
    }

    Headers with(String key, long... values) {
        writer.u32s(architecture + "." + key, values);
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
        return GgufModels.read("test", "test.gguf", _ -> source(bytes));
    }

    static ByteSource source(byte[] bytes) {
        return new ByteSource() {
            @Override
            public String name() {
                return "test.gguf";
            }

            @Override
            public long size() {
                return bytes.length;
            }

            @Override
            public ByteBuffer at(long position, int least) {
                int from = (int) position;
                return ByteBuffer.wrap(bytes, from, bytes.length - from).slice();
            }

            @Override
            public void close() {}
        };
    }
}
