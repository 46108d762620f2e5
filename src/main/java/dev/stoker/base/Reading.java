package dev.stoker.base;

import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.function.Function;

/**
 * A value that was read from outside, or the reason why there is none. It exists so that "unknown"
 * can never be taken for zero: a caller has to look before it gets a number.
 *
 * <p>Immutable and safe to share between threads. It is looked into without a switch, whose first
 * use takes milliseconds of a start.
 *
 * @param <T> what was read; its unit is part of the type or of the accessor's name
 */
public sealed interface Reading<T> {

    /** A value that the source really gave. */
    record Known<T>(T value) implements Reading<T> {
        public Known {
            Objects.requireNonNull(value, "value is null");
        }
    }

    /** The source can not give this value at all; the reason is a short phrase for a person. */
    record Unsupported<T>(String reason) implements Reading<T> {
        public Unsupported {
            Objects.requireNonNull(reason, "reason is null");
        }
    }

    /**
     * The source should give this value, and did not this time; the reason is a short phrase for a
     * person.
     */
    record Failed<T>(String reason) implements Reading<T> {
        public Failed {
            Objects.requireNonNull(reason, "reason is null");
        }
    }

    static <T> Reading<T> known(T value) {
        return new Known<>(value);
    }

    static <T> Reading<T> unsupported(String reason) {
        return new Unsupported<>(reason);
    }

    static <T> Reading<T> failed(String reason) {
        return new Failed<>(reason);
    }

    default boolean isKnown() {
        return this instanceof Known<T>;
    }

    /** Returns the value, or the given one where there is none. */
    default T orElse(T other) {
        return this instanceof Known<T>(T value) ? value : other;
    }

    /** Returns the value, or throws where there is none: only for callers that have looked. */
    default T value() {
        if (this instanceof Known<T>(T value)) {
            return value;
        }
        throw new NoSuchElementException(reason());
    }

    /** Returns why there is no value, or an empty text where there is one. */
    default String reason() {
        if (this instanceof Unsupported<T>(String reason)) {
            return reason;
        }
        return this instanceof Failed<T>(String reason) ? reason : "";
    }

    /** Returns the reading of a value that is derived from this one. */
    default <R> Reading<R> map(Function<? super T, ? extends R> derive) {
        if (this instanceof Known<T>(T value)) {
            return new Known<>(derive.apply(value));
        }
        return none();
    }

    /** Returns the reading of a value that is derived from this one and may itself be missing. */
    default <R> Reading<R> flatMap(Function<? super T, Reading<R>> derive) {
        if (this instanceof Known<T>(T value)) {
            return derive.apply(value);
        }
        return none();
    }

    private <R> Reading<R> none() {
        return this instanceof Unsupported<T>
                ? new Unsupported<>(reason())
                : new Failed<>(reason());
    }
}
