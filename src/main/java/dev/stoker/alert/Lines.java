package dev.stoker.alert;

import java.util.List;
import java.util.function.Consumer;

/** Writes a line a message, into the program's own log. */
public final class Lines implements Outlet {
    private final Consumer<String> log;

    public Lines(Consumer<String> log) {
        this.log = log;
    }

    @Override
    public String name() {
        return "log";
    }

    @Override
    public Sent send(List<Message> messages) {
        messages.forEach(m -> log.accept(m.line()));
        return new Sent.Taken();
    }
}
