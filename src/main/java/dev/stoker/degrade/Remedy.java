package dev.stoker.degrade;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What may bring the speed back, from the mildest on. The last one is only advised. */
public enum Remedy {
    DROP_CACHES("drop the page cache", "files are read anew from the disk, nothing else"),
    COMPACT("compact the memory", "the kernel is busy for some seconds"),
    RESPAWN("end the model's process and load it anew", "requests of this model fail meanwhile"),
    RESTART("restart the server", "every model is unloaded, running requests fail"),
    RECREATE("make the container anew", "as a restart, and what is only in the container is lost"),
    REBOOT("restart the machine", "everything ends");

    private final String words;
    private final String harm;

    Remedy(String words, String harm) {
        this.words = words;
        this.harm = harm;
    }

    /** Returns the name in options and JSON: {@code drop-caches}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    public String words() {
        return words;
    }

    /** Returns what it costs. */
    public String harm() {
        return harm;
    }

    public static Optional<Remedy> of(String code) {
        return Stream.of(values()).filter(r -> r.code().equals(code)).findFirst();
    }
}
