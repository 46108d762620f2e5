package dev.stoker.cli;

import dev.stoker.load.LoadProgress;

import java.io.PrintWriter;

/** The line that tells a person how a load test is going; on a terminal only. One thread. */
final class LoadProgressLine implements AutoCloseable {
    private final PrintWriter err;
    private final Terminal terminal;
    private final boolean shown;
    private String label = "";
    private boolean drawn;

    LoadProgressLine(PrintWriter err, Terminal terminal, boolean quiet) {
        this.err = err;
        this.terminal = terminal;
        this.shown = !quiet && terminal.errIsTerminal();
    }

    /** Says what comes now. */
    void step(String text) {
        label = text;
        draw(text);
    }

    void progress(LoadProgress p) {
        if (!shown) {
            return;
        }
        String phase = p.leading() ? "warming up" : p.draining() ? "draining" : "measuring";
        draw(
                "%s · %s %s · %d in flight · %d ok · %d failed"
                        .formatted(
                                label,
                                phase,
                                Numbers.time(p.elapsed()),
                                p.inFlight(),
                                p.ok(),
                                p.failed()));
    }

    private void draw(String text) {
        if (!shown) {
            return;
        }
        int width = Math.min(terminal.columns() == 0 ? 80 : terminal.columns(), 160) - 1;
        err.print("\r\u001b[K" + (text.length() > width ? text.substring(0, width) : text));
        err.flush();
        drawn = true;
    }

    @Override
    public void close() {
        if (drawn) {
            err.print("\r\u001b[K");
            err.flush();
            drawn = false;
        }
    }
}
