package dev.stoker.model;

import dev.stoker.gguf.GgufFile;
import dev.stoker.gguf.GgufValue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** The metadata of a file. */
record GgufHeader(GgufFile file) implements Header {

    @Override
    public Set<String> keys() {
        return file.values().keySet();
    }

    @Override
    public Optional<String> text(String key) {
        return file.text(key);
    }

    @Override
    public OptionalLong whole(String key) {
        return file.value(key).map(GgufHeader::number).orElse(OptionalLong.empty());
    }

    @Override
    public OptionalLong count(String key) {
        return file.values().get(key) instanceof GgufValue.Many many
                ? OptionalLong.of(many.count())
                : OptionalLong.empty();
    }

    @Override
    public Optional<List<Long>> wholes(String key) {
        if (!(file.values().get(key) instanceof GgufValue.Many many) || leftOut(key)) {
            return Optional.empty();
        }
        List<Long> all = new ArrayList<>(many.kept().size());
        for (GgufValue value : many.kept()) {
            OptionalLong number = number(value);
            if (number.isEmpty()) {
                return Optional.empty();
            }
            all.add(number.getAsLong());
        }
        return Optional.of(all);
    }

    @Override
    public boolean leftOut(String key) {
        return file.values().get(key) instanceof GgufValue.Many many
                && many.kept().size() != many.count();
    }

    private static OptionalLong number(GgufValue value) {
        if (value instanceof GgufValue.Whole(long number)) {
            return OptionalLong.of(number);
        }
        return value instanceof GgufValue.Flag(boolean flag)
                ? OptionalLong.of(flag ? 1 : 0)
                : OptionalLong.empty();
    }
}
